// A peer with a clock in the hand of the test, and actions as text: "send 1 OPEN; close 1".
#pragma once

#include <string>
#include <vector>

#include "bgp/session/peer.h"

namespace bgp::session {

inline PeerConfig config_towards(std::string_view address = "192.0.2.2") {
  PeerConfig config;
  config.address = *IpAddress::parse(address);
  config.local_as = Asn{64512};
  config.peer_as = Asn{64513};
  config.identifier = BgpIdentifier{1};
  config.families = FamilySet::both();
  return config;
}

// The OPEN that the neighbour of config_towards() sends.
inline wire::Open neighbours_open(BgpIdentifier identifier = BgpIdentifier{2}) {
  wire::Open open;
  open.my_as = Asn{64513};
  open.hold_time_s = 90;
  open.identifier = identifier;
  open.capabilities.multiprotocol = FamilySet::both();
  open.capabilities.route_refresh = true;
  open.capabilities.four_octet_as = Asn{64513};
  return open;
}

inline wire::Notification notification_in(const Bytes& message) {
  return wire::decode_notification(ByteView(message).subspan(19));
}

inline std::string code_text(const wire::Notification& n) {
  return std::to_string(n.code) + "/" + std::to_string(n.subcode);
}

inline std::string message_text(const Bytes& message) {
  switch (static_cast<wire::MessageType>(message[18])) {
    case wire::MessageType::Open: return "OPEN";
    case wire::MessageType::Update: return "UPDATE";
    case wire::MessageType::Notification: return "NOTIFICATION " + code_text(notification_in(message));
    case wire::MessageType::Keepalive: return "KEEPALIVE";
    case wire::MessageType::RouteRefresh: return "ROUTE-REFRESH";
  }
  return "?";
}

struct ActionText {
  std::string operator()(const action::Connect& a) const { return "connect " + id(a.conn); }
  std::string operator()(const action::Send& a) const { return "send " + id(a.conn) + " " + message_text(a.message); }
  std::string operator()(const action::Close& a) const { return "close " + id(a.conn); }
  std::string operator()(const action::Up& a) const { return "up " + id(a.conn); }
  std::string operator()(const action::Down& a) const { return "down " + id(a.conn) + " (" + a.fault.to_string() + (a.keeps_routes ? ", routes kept)" : ")"); }
  std::string operator()(const action::RefreshRequested& a) const {
    return a.family == Family::IPv4 ? "refresh ipv4" : "refresh ipv6";
  }
  std::string operator()(const action::RefreshMarked& a) const {
    return std::string(a.is_end ? "end" : "begin") + (a.family == Family::IPv4 ? " of refresh ipv4" : " of refresh ipv6");
  }
  std::string operator()(const action::Log&) const { return ""; }
  static std::string id(ConnId conn) { return std::to_string(conn.value); }
};

// Everything but the log records.
inline std::string text(const ActionList& actions) {
  std::string all;
  for (const Action& action : actions) {
    std::string one = std::visit(ActionText{}, action);
    if (one.empty()) continue;
    if (!all.empty()) all += "; ";
    all += one;
  }
  return all;
}

// The log records above debug, one line each.
inline std::vector<std::string> logged(const ActionList& actions) {
  std::vector<std::string> lines;
  for (const Action& action : actions) {
    const auto* log = std::get_if<action::Log>(&action);
    if (log && log->record.level != LogLevel::Debug) lines.push_back(to_text(log->record));
  }
  return lines;
}

// One Peer and its world. Connections that it asks for are numbered from 1, accepted ones by the test from 101.
struct World {
  explicit World(PeerConfig config = config_towards()) : peer(std::move(config)) {}

  Environment env() { return Environment{now, prng, ids}; }
  std::string keep(ActionList actions) {
    last = std::move(actions);
    return text(last);
  }

  std::string start() { Environment e = env(); return keep(peer.start(e)); }
  std::string stop(std::string_view why = {}) {
    Environment e = env();
    return keep(peer.stop(wire::cease(wire::CeaseReason::AdministrativeShutdown, why), e));
  }
  std::string reset(const wire::Notification& n) { Environment e = env(); return keep(peer.reset(n, e)); }
  std::string connected(uint32_t conn) { Environment e = env(); return keep(peer.connected(ConnId{conn}, local, e)); }
  std::string refused(uint32_t conn) {
    Environment e = env();
    return keep(peer.connect_failed(ConnId{conn}, "Connection refused", e));
  }
  std::string accepted(uint32_t conn) { Environment e = env(); return keep(peer.accepted(ConnId{conn}, local, e)); }
  std::string closed(uint32_t conn) {
    Environment e = env();
    return keep(peer.closed(ConnId{conn}, "Connection closed", e));
  }
  std::string received(uint32_t conn, const Message& message) {
    Environment e = env();
    return keep(peer.received(ConnId{conn}, message, e));
  }
  std::string bad_message(uint32_t conn, const wire::Notification& n) {
    Environment e = env();
    return keep(peer.bad_message(ConnId{conn}, n, e));
  }
  // Time passes; what was due is carried out at the end of it.
  std::string pass(Duration duration) {
    now += duration;
    Environment e = env();
    return keep(peer.expire(e));
  }
  // Time passes up to the next deadline.
  std::string pass_to_deadline() { return pass(peer.next_deadline() - now); }

  Duration until_deadline() const { return peer.next_deadline() - now; }

  World& dial_to_open_sent() { start(); connected(1); return *this; }
  World& dial_to_open_confirm() { dial_to_open_sent(); received(1, neighbours_open()); return *this; }
  World& dial_to_established() { dial_to_open_confirm(); received(1, KeepaliveMessage{}); return *this; }

  Instant now = Instant{} + 1h;
  Prng prng{42};
  ConnIdSource ids;
  IpAddress local = *IpAddress::parse("192.0.2.1");
  Peer peer;
  ActionList last;
};

}  // namespace bgp::session
