// One speaker, and neighbours that are nothing but bytes: the tests write what they say and read what they hear.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "../../support/wire_builders.h"
#include "bgp/base/limits.h"
#include "bgp/speaker/speaker.h"

namespace bgp::speaker {

using tests::support::hex;
using tests::support::message;
using tests::support::nlri;
using tests::support::update_body;
using namespace std::chrono_literals;

inline IpAddress ip(std::string_view text) { return *IpAddress::parse(text); }
inline Prefix prefix(std::string_view text) { return *Prefix::parse(text); }

// We are AS 65000 at 192.0.2.254. A passive peer: it is for the test to connect.
inline PeerSettings neighbour(const char* address, uint32_t as) {
  PeerSettings p;
  p.session.address = ip(address);
  p.session.local_as = Asn{65000};
  p.session.peer_as = Asn{as};
  p.session.identifier = BgpIdentifier{99};
  p.session.families = FamilySet::both();
  p.session.passive = true;
  return p;
}

inline SpeakerConfig config_of(const std::vector<PeerSettings>& peers) {
  SpeakerConfig config;
  config.local_as = Asn{65000};
  config.identifier = BgpIdentifier{99};
  config.peers.assign(peers.begin(), peers.end());
  config.export_filter = policy::accept_all();
  return config;
}

// "10.0.0.0/8" as an UPDATE of AS 65001, next hop 192.0.2.1.
inline Bytes announcement(const std::string& prefixes, const std::string& path = "02 01 0000fde9",
                          const std::string& more = "", const std::string& next_hop = "c0000201") {
  Bytes path_bytes = hex(path);
  Bytes attributes = hex("40 01 01 00 40 02");
  attributes.push_back(static_cast<uint8_t>(path_bytes.size()));
  attributes = tests::support::operator+(attributes, path_bytes);
  attributes = tests::support::operator+(attributes, hex("40 03 04 " + next_hop + more));
  return message(wire::MessageType::Update, update_body({}, attributes, nlri(prefixes)));
}
inline Bytes withdrawal(const std::string& prefixes) {
  return message(wire::MessageType::Update, update_body(nlri(prefixes), {}, {}));
}

struct OneSpeaker {
  Instant now = Instant{} + 1h;
  Speaker speaker;
  std::vector<Output> outputs;  // those that came
  uint32_t next_conn = input::kFirstAcceptedConn;
  std::set<uint32_t> deaf;                // connections whose other end reads nothing
  std::map<uint32_t, std::string> heard;  // by connection: "OPEN KEEPALIVE UPDATE NOTIFICATION 3/1 ..."

  explicit OneSpeaker(SpeakerConfig config, bool has_fib = false, FamilySet forwarding_kept = {})
      : speaker(std::make_shared<SpeakerConfig>(std::move(config)),
                {.seed = 1, .has_fib = has_fib, .forwarding_kept = forwarding_kept}, now) {
    settle();
  }

  void handle(const Input& input) {
    speaker.handle(input, now);
    settle();
  }
  void reconfigure(SpeakerConfig config) { handle(input::Reconfigure{std::make_shared<SpeakerConfig>(std::move(config))}); }
  void wait(Duration duration) {
    Instant end = now + duration;
    for (; speaker.next_deadline() <= end; settle()) {
      now = std::max(now, speaker.next_deadline());
      speaker.expire(now);
      REQUIRE(speaker.next_deadline() > now);
    }
    now = end;
  }
  void settle() {
    while (speaker.run(now)) {}
    for (ConnId conn : speaker.take_writable()) read(conn);
    for (Output& output : speaker.take_output()) {
      if (const auto* close = std::get_if<output::Close>(&output)) listen(close->conn, close->last_words);
      outputs.push_back(std::move(output));
    }
  }

  ConnId connect(const char* from) {
    ConnId conn{next_conn++};
    handle(input::Accepted{conn, ip(from), ip("192.0.2.254")});
    return conn;
  }
  void say(ConnId conn, const Bytes& bytes) { handle(input::Received{conn, bytes}); }
  // Up to Established; the identifier is the last octet of the address. `edit` changes the OPEN.
  ConnId establish(const char* from, uint32_t as, const std::function<void(wire::Capabilities&)>& edit = {}) {
    ConnId conn = connect(from);
    wire::Open open;
    open.my_as = Asn{as};
    open.identifier = BgpIdentifier{ip(from).bytes()[3]};
    open.capabilities.multiprotocol = FamilySet::both();
    open.capabilities.route_refresh = true;
    open.capabilities.four_octet_as = Asn{as};
    if (edit) edit(open.capabilities);
    say(conn, wire::encode(open));
    say(conn, wire::encode_keepalive());
    REQUIRE(peer(from).state == session::State::Established);
    return conn;
  }

  PeerSnapshot peer(const char* address) const { return speaker.peer_detail(ip(address))->peer; }
  // "10.0.0.0/8 best 192.0.2.1; 11.0.0.0/8 our own AS is in the path"
  std::string routes(size_t max = 1000, const char* from = nullptr) const {
    RoutePage page = speaker.routes(from ? std::optional(prefix(from)) : std::nullopt, max,
                                    [](const Prefix&) { return true; });
    std::string out;
    for (const RouteSnapshot& route : page.routes) {
      out += (out.empty() ? "" : "; ") + route.view.prefix.to_string() + (route.view.is_best ? " best " : " ") +
             (route.peer ? route.peer->to_string() : "local");
      if (route.view.rejection != rib::Rejection::None) out += std::string(", ") + to_string(route.view.rejection);
    }
    if (page.next) out += "; next " + page.next->to_string();
    return out;
  }
  template <class T>
  int count() const {
    int n = 0;
    for (const Output& output : outputs) n += std::holds_alternative<T>(output);
    return n;
  }
  int logged(const std::string& event) const {
    int n = 0;
    for (const Output& output : outputs)
      if (const auto* log = std::get_if<output::Log>(&output)) n += log->record.event == event;
    return n;
  }

 private:
  void read(ConnId conn) {
    if (deaf.contains(conn.value)) return;
    for (ByteView view = speaker.bytes_to_send(conn, 65536); !view.empty(); view = speaker.bytes_to_send(conn, 65536)) {
      Bytes bytes(view.begin(), view.end());
      speaker.sent(conn, bytes.size(), now);
      listen(conn, bytes);
    }
  }
  void listen(ConnId conn, const Bytes& bytes) {
    static const char* const kNames[] = {"?", "OPEN", "UPDATE", "NOTIFICATION", "KEEPALIVE", "ROUTE-REFRESH"};
    for (size_t at = 0; at < bytes.size(); at += static_cast<size_t>(bytes[at + 16]) << 8 | bytes[at + 17]) {
      std::string& words = heard[conn.value];
      words += (words.empty() ? "" : " ") + std::string(kNames[bytes[at + 18]]);
      if (bytes[at + 18] == 3) words += " " + std::to_string(bytes[at + 19]) + "/" + std::to_string(bytes[at + 20]);
    }
  }
};

}  // namespace bgp::speaker
