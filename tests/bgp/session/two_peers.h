// Two Peers and the wires between them, in memory: every segment takes its own random time, each direction of a
// connection keeps its order, and a seed replays the run.
#pragma once

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <map>

#include "session_support.h"

namespace bgp::session {

class TwoPeers {
 public:
  TwoPeers(PeerConfig a, PeerConfig b, uint64_t seed, Duration latency_max = 50ms)
      : chance_(seed), latency_max_(latency_max), sides_{Side(std::move(a), seed * 2 + 1), Side(std::move(b), seed * 2)} {}

  Peer& peer(int side) { return sides_[side].peer; }
  Instant now() const { return now_; }
  uint64_t ups(int side) const { return sides_[side].ups; }

  void start(int side) { act(side, [&](Environment& env) { return peer(side).start(env); }); }
  void stop(int side, wire::CeaseReason why) {
    act(side, [&](Environment& env) { return peer(side).stop(wire::cease(why), env); });
  }
  // The process dies: its sockets close, and nothing of its state is left.
  void crash(int side) {
    Side& dead = sides_[side];
    for (const auto& [conn, wire] : dead.wires) deliver(other(side), wire, [=, this] { hang_up(other(side), wire); });
    dead.wires.clear();
    ConnIdSource ids = dead.ids;
    dead = Side(dead.peer.config(), chance_.next());
    dead.ids = ids;
  }
  // TCP loses every connection that there is.
  void cut() {
    for (int side : {0, 1}) {
      std::map<ConnId, uint32_t> wires = sides_[side].wires;
      for (const auto& [conn, wire] : wires) hang_up(side, wire);
    }
  }

  void run_for(Duration duration) {
    Instant end = now_ + duration;
    for (Instant next = next_event(); next <= end; next = next_event()) {
      now_ = next;
      auto due = in_flight_.begin();
      if (due != in_flight_.end() && due->first <= now_) {
        std::function<void()> happen = std::move(due->second);
        in_flight_.erase(due);
        happen();
      }
      for (int side : {0, 1}) act(side, [&](Environment& env) { return peer(side).expire(env); });
    }
    now_ = end;
  }

  // Both Established, and on two ends of the same wire.
  bool is_joined() {
    std::optional<ConnId> a = peer(0).connection(), b = peer(1).connection();
    return a && b && sides_[0].wires.at(*a) == sides_[1].wires.at(*b);
  }
  size_t open_connections(int side) const { return sides_[side].wires.size(); }

 private:
  struct Side {
    Side(PeerConfig config, uint64_t seed) : peer(std::move(config)), prng(seed) {}
    Peer peer;
    Prng prng;
    ConnIdSource ids;
    std::map<ConnId, uint32_t> wires;  // what this side believes to be open, dials included
    std::map<uint32_t, Instant> arrives;  // when the last segment of a wire gets here: order is kept
    uint64_t ups = 0;
  };

  static int other(int side) { return 1 - side; }
  Instant next_event() {
    Instant next = std::min(peer(0).next_deadline(), peer(1).next_deadline());
    return in_flight_.empty() ? next : std::min(next, in_flight_.begin()->first);
  }

  void deliver(int side, uint32_t wire, std::function<void()> happen) {
    Duration latency = Duration(static_cast<Duration::rep>(chance_.below(static_cast<uint64_t>(latency_max_.count()))));
    Instant& arrives = sides_[side].arrives[wire];
    arrives = std::max(arrives + 1ns, now_ + latency);
    in_flight_.emplace(arrives, std::move(happen));
  }

  std::optional<ConnId> find(int side, uint32_t wire) {
    for (const auto& [conn, its_wire] : sides_[side].wires) {
      if (its_wire == wire) return conn;
    }
    return std::nullopt;
  }

  template <class F>
  void act(int side, F f) {
    Side& s = sides_[side];
    Environment env{now_, s.prng, s.ids};
    ActionList actions = f(env);
    for (const Action& action : actions) carry_out(side, action);
    REQUIRE(s.wires.size() <= 2);
    REQUIRE(s.peer.next_deadline() > now_);
  }

  void carry_out(int side, const Action& action) {
    Side& s = sides_[side];
    if (const auto* dial = std::get_if<action::Connect>(&action)) {
      uint32_t wire = next_wire_++;
      s.wires[dial->conn] = wire;
      deliver(other(side), wire, [=, this] { syn(other(side), wire); });
    } else if (const auto* send = std::get_if<action::Send>(&action)) {
      uint32_t wire = s.wires.at(send->conn);
      Bytes message = send->message;
      deliver(other(side), wire, [=, this] { receive(other(side), wire, message); });
    } else if (const auto* close = std::get_if<action::Close>(&action)) {
      uint32_t wire = s.wires.at(close->conn);
      s.wires.erase(close->conn);
      deliver(other(side), wire, [=, this] { hang_up(other(side), wire); });
    } else if (std::holds_alternative<action::Up>(action)) {
      ++s.ups;
    }
  }

  void syn(int side, uint32_t wire) {
    Side& s = sides_[side];
    if (!s.peer.is_started()) {
      return deliver(other(side), wire, [=, this] { refuse(other(side), wire); });
    }
    ConnId conn = s.ids.take();
    s.wires[conn] = wire;
    deliver(other(side), wire, [=, this] { syn_ack(other(side), wire); });
    act(side, [&](Environment& env) { return s.peer.accepted(conn, IpAddress(), env); });
  }
  void syn_ack(int side, uint32_t wire) {
    std::optional<ConnId> conn = find(side, wire);
    if (conn) act(side, [&](Environment& env) { return peer(side).connected(*conn, IpAddress(), env); });
  }
  void refuse(int side, uint32_t wire) {
    std::optional<ConnId> conn = find(side, wire);
    if (!conn) return;
    sides_[side].wires.erase(*conn);
    act(side, [&](Environment& env) { return peer(side).connect_failed(*conn, "Connection refused", env); });
  }
  void hang_up(int side, uint32_t wire) {
    std::optional<ConnId> conn = find(side, wire);
    if (!conn) return;
    sides_[side].wires.erase(*conn);
    act(side, [&](Environment& env) { return peer(side).closed(*conn, "Connection closed", env); });
  }
  void receive(int side, uint32_t wire, const Bytes& bytes) {
    std::optional<ConnId> conn = find(side, wire);
    if (!conn) return;
    Message message = KeepaliveMessage{};
    if (message_text(bytes) == "OPEN") message = *wire::decode_open(ByteView(bytes).subspan(19));
    if (message_text(bytes).starts_with("NOTIFICATION")) message = notification_in(bytes);
    act(side, [&](Environment& env) {
      ActionList actions = peer(side).received(*conn, message, env);
      peer(side).wrote(*conn, now_);
      return actions;
    });
  }

  Instant now_ = Instant{} + 1h;
  Prng chance_;
  Duration latency_max_;
  std::array<Side, 2> sides_;
  std::multimap<Instant, std::function<void()>> in_flight_;
  uint32_t next_wire_ = 1;
};

}  // namespace bgp::session
