// Two BFD machines and the wire between them, in virtual time.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>

#include "bgp/bfd/sessions.h"

namespace bgp::bfd {

inline IpAddress ip(std::string_view text) { return *IpAddress::parse(text); }

inline Config fast() { return {.min_tx = 100ms, .min_rx = 100ms, .multiplier = 3, .multihop = false, .minimum_ttl = 0}; }

// What a neighbour may say to us; edit one field at a time.
inline Packet heard(State state, uint32_t your_discriminator = 7) {
  Packet packet;
  packet.state = state;
  packet.my_discriminator = 99;
  packet.your_discriminator = your_discriminator;
  packet.desired_min_tx_us = 100'000;
  packet.required_min_rx_us = 100'000;
  return packet;
}

// One session and a neighbour that the test plays.
struct OneSession {
  Instant now = Instant{} + 1h;
  Prng prng{1};
  Session session;

  explicit OneSession(Config config = fast()) : session(config, 7, now) {}
  std::optional<Packet> hear(Packet packet) { return session.receive(packet, now, prng); }
  // Up, its Poll Sequence answered, its first packets sent.
  void bring_up() {
    hear(heard(State::Down, 0));
    hear(heard(State::Up));
    Packet final = heard(State::Up);
    final.final = true;
    hear(final);
    REQUIRE(session.state() == State::Up);
    REQUIRE_FALSE(session.is_polling());
  }
  // Everything sent within the time.
  std::vector<Packet> wait(Duration duration) {
    std::vector<Packet> sent;
    Instant end = now + duration;
    while (session.next_deadline() <= end) {
      now = session.next_deadline();
      if (auto packet = session.expire(now, prng)) sent.push_back(*packet);
      REQUIRE(session.next_deadline() > now);
    }
    now = end;
    return sent;
  }
};

// Two whole machines, 192.0.2.1 and 192.0.2.2, and a wire that delays and loses by its seed.
struct TwoMachines {
  struct InFlight { int to; bool multihop; Bytes payload; };
  Instant now = Instant{} + 1h;
  Prng chance;
  Sessions machine[2];
  std::multimap<Instant, InFlight> wire;
  Instant arrives[2];  // the last packet of machine i
  double loss = 0;
  bool is_cut[2] = {false, false};  // what machine i sends is lost
  std::vector<std::string> events;  // "1 up", "2 down: neighbor signaled session down"

  explicit TwoMachines(uint64_t seed) : chance(seed), machine{Sessions(seed * 2 + 1), Sessions(seed * 2 + 2)} {}

  static IpAddress address(int i) { return ip(i == 0 ? "192.0.2.1" : "192.0.2.2"); }
  void start(int i, Config config = fast()) { act(i, [&](Sessions& m) { m.start({address(1 - i), {}, config}, now); }); }
  void stop(int i) { act(i, [&](Sessions& m) { m.stop(address(1 - i), now); }); }
  Status status(int i) const { return *machine[i].status(address(1 - i)); }
  bool is_up(int i) const { return status(i).state == State::Up; }
  bool are_up() const { return is_up(0) && is_up(1); }

  template <class F>
  void act(int i, F what) {
    what(machine[i]);
    for (Output& output : machine[i].take_output()) {
      if (auto* send = std::get_if<Send>(&output)) post(i, *send);
      if (auto* changed = std::get_if<Changed>(&output))
        events.push_back(std::to_string(i + 1) + (changed->is_up ? " up" : std::string(" down: ") + to_string(changed->diagnostic)) +
                         (changed->is_administrative ? " (administrative)" : ""));
    }
  }
  void post(int from, Send& send) {
    if (is_cut[from] || chance.between(0, 1) < loss) return;
    // In order, as a link delivers: BFD numbers nothing, so that an older Down that overtakes an Up is a Down.
    Instant at = std::max(arrives[from], now + 100us + Duration(chance.below(2'000'000)));
    arrives[from] = at + 1ns;
    wire.emplace(at, InFlight{1 - from, send.multihop, std::move(send.payload)});
  }
  void run(Duration duration) {
    Instant end = now + duration;
    for (;;) {
      Instant next = std::min(machine[0].next_deadline(), machine[1].next_deadline());
      if (!wire.empty()) next = std::min(next, wire.begin()->first);
      if (next > end) break;
      now = next;
      step();
    }
    now = end;
  }
  void step() {
    if (!wire.empty() && wire.begin()->first <= now) {
      InFlight packet = std::move(wire.begin()->second);
      wire.erase(wire.begin());
      return act(packet.to, [&](Sessions& m) {
        m.receive({address(1 - packet.to), address(packet.to), kTtl, packet.multihop, packet.payload}, now);
      });
    }
    for (int i : {0, 1})
      if (machine[i].next_deadline() <= now) act(i, [&](Sessions& m) { m.expire(now); });
  }
};

}  // namespace bgp::bfd
