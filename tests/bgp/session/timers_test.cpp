// RFC 4271 §8 and §10: what runs, for how long, and how patience grows. Time is passed in; nothing sleeps.
#include <doctest/doctest.h>

#include <set>

#include "bgp/base/limits.h"
#include "session_support.h"

namespace bgp::session {
namespace {

bool is_within(Duration value, Duration low, Duration high) { return value >= low && value <= high; }

World established(uint16_t hold_time_s = 90) {
  PeerConfig config = config_towards();
  config.hold_time_s = hold_time_s;
  World world(config);
  world.dial_to_established();
  return world;
}

// An error after OPEN; returns how long the peer then stays Idle.
Duration idle_after_error(World& world, uint32_t conn) {
  world.connected(conn);
  world.received(conn, wire::malformed_attribute_list());
  REQUIRE(world.peer.state() == State::Idle);
  return world.until_deadline();
}

}  // namespace

TEST_CASE("a started peer dials in the same step; a passive one never does") {
  World active;
  CHECK(active.start() == "connect 1");
  PeerConfig config = config_towards();
  config.passive = true;
  World passive(config);
  CHECK(passive.start() == "");
  CHECK(passive.peer.next_deadline() == kNever);
}

TEST_CASE("connect-retry waits 0.75 to 1.0 of 5, 10, 20, 40 and then 60 s") {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    World world;
    world.prng = Prng(seed);
    world.start();
    uint32_t conn = 1;
    for (Duration whole : {5s, 10s, 20s, 40s, 60s, 60s}) {
      world.refused(conn);
      CHECK(world.peer.state() == State::Active);
      CHECK(is_within(world.until_deadline(), whole * 3 / 4, whole));
      CHECK(world.pass_to_deadline() == "connect " + std::to_string(++conn));
    }
  }
}

TEST_CASE("the jitter uses its whole range") {
  Duration least = 1h, most = 0s;
  Prng prng(1);
  for (int i = 0; i < 1000; ++i) {
    Duration wait = jittered(100s, prng);
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  CHECK(is_within(least, 75s, 76s));
  CHECK(is_within(most, 99s, 100s));
}

TEST_CASE("a dial that is not answered is given up after connect-retry and made again") {
  World world;
  world.start();
  CHECK(is_within(world.until_deadline(), 3750ms, 5s));
  CHECK(world.pass_to_deadline() == "close 1; connect 2");
  CHECK(world.peer.state() == State::Connect);
}

TEST_CASE("a session that came up forgets the failed dials before it") {
  World world;
  world.start();
  world.refused(1);
  world.pass_to_deadline();
  world.refused(2);
  world.pass_to_deadline();
  world.connected(3);
  world.received(3, neighbours_open());
  world.received(3, KeepaliveMessage{});
  world.closed(3);
  CHECK(is_within(world.until_deadline(), 3750ms, 5s));
}

TEST_CASE("idle hold doubles per session error: 5, 10, 20 and then 30 s") {
  World world;
  world.start();
  uint32_t conn = 1;
  for (Duration hold : {5s, 10s, 20s, 30s, 30s}) {
    CHECK(idle_after_error(world, conn) == hold);
    CHECK(world.pass_to_deadline() == "connect " + std::to_string(++conn));
  }
}

TEST_CASE("errors are forgotten by a session that was up for 300 s, not by a shorter one") {
  auto idle_after = [](Duration up) {
    World world;
    world.start();
    idle_after_error(world, 1);
    world.pass_to_deadline();
    idle_after_error(world, 2);
    world.pass_to_deadline();
    world.connected(3);
    world.received(3, neighbours_open());
    world.received(3, KeepaliveMessage{});
    for (Duration passed = 0s; passed < up; passed += 10s) {
      world.pass(10s);
      world.peer.heard(ConnId{3}, world.now);
    }
    world.received(3, wire::malformed_attribute_list());
    return world.until_deadline();
  };
  CHECK(idle_after(300s) == 5s);
  CHECK(idle_after(290s) == 20s);
}

TEST_CASE("an administrative reset waits the least idle hold, however often it is done") {
  World world;
  world.start();
  for (uint32_t conn = 1; conn < 5; ++conn) {
    world.connected(conn);
    world.reset(wire::cease(wire::CeaseReason::AdministrativeReset));
    CHECK(world.until_deadline() == 5s);
    world.pass_to_deadline();
  }
}

TEST_CASE("a peer that left in good order may come back at once") {
  World world = established();
  CHECK(world.received(1, wire::cease(wire::CeaseReason::AdministrativeShutdown)) ==
        "down 1 (Received: Administrative shutdown); close 1");
  CHECK(world.peer.state() == State::Active);
  CHECK(is_within(world.until_deadline(), 3750ms, 5s));
  CHECK(world.accepted(101) == "send 101 OPEN");
}

TEST_CASE("the wait for an OPEN is 240 s on our connection and 15 s on the peer's") {
  World ours;
  ours.dial_to_open_sent();
  CHECK(ours.until_deadline() == limits::kOpenWait);
  CHECK(ours.pass_to_deadline() == "send 1 NOTIFICATION 4/0; close 1");

  PeerConfig config = config_towards();
  config.passive = true;
  World theirs(config);
  theirs.start();
  theirs.accepted(101);
  CHECK(theirs.until_deadline() == limits::kInboundOpenWait);
  CHECK(theirs.pass_to_deadline() == "send 101 NOTIFICATION 4/0; close 101");
  CHECK(theirs.peer.last_fault().to_string() == "BGP Error: Hold timer expired");
}

TEST_CASE("the hold time is the smaller of both offers") {
  CHECK(established(90).peer.negotiated().hold_time_s == 90);
  CHECK(established(30).peer.negotiated().hold_time_s == 30);
  CHECK(established(180).peer.negotiated().hold_time_s == 90);
  CHECK(established(0).peer.negotiated().hold_time_s == 0);
}

TEST_CASE("keepalives go out every third of the hold time, jittered 0.75 to 1.0") {
  World world = established(90);
  for (int i = 0; i < 50; ++i) {
    CHECK(is_within(world.until_deadline(), 22500ms, 30s));
    CHECK(world.pass_to_deadline() == "send 1 KEEPALIVE");
    world.peer.heard(ConnId{1}, world.now);
    world.peer.wrote(ConnId{1}, world.now);
  }
  CHECK(world.peer.counters().keepalives_out == 51);
}

TEST_CASE("silence for the hold time ends the session; a keepalive or an UPDATE is no silence") {
  World world = established(90);
  world.pass(80s);
  world.received(1, KeepaliveMessage{});
  world.pass(80s);
  world.peer.heard(ConnId{1}, world.now);
  world.pass(89s);
  CHECK(world.peer.state() == State::Established);
  CHECK(world.pass(1s) == "send 1 NOTIFICATION 4/0; down 1 (BGP Error: Hold timer expired); close 1");
  CHECK(world.peer.last_fault().kind == Fault::Kind::HoldExpired);
  CHECK(world.peer.counters().flaps == 1);
}

TEST_CASE("hold time 0: no keepalive, no hold, no send hold") {
  World world = established(0);
  CHECK(world.peer.next_deadline() == kNever);
  world.peer.heard(ConnId{1}, world.now);
  world.peer.wrote(ConnId{1}, world.now);
  CHECK(world.peer.next_deadline() == kNever);
}

TEST_CASE("RFC 9687: a socket that takes nothing for 8 minutes ends the session with 8/0") {
  World world = established(90);
  std::string all;
  for (int i = 0; i < 479; ++i) {
    world.peer.heard(ConnId{1}, world.now);
    all += world.pass(1s);
  }
  CHECK(all.find("NOTIFICATION") == std::string::npos);
  world.peer.heard(ConnId{1}, world.now);
  CHECK(world.pass(1s).find("send 1 NOTIFICATION 8/0; down 1 (BGP Error: Send hold timer expired); close 1") !=
        std::string::npos);
}

TEST_CASE("RFC 9687: each write restarts the send hold, which is 2 x hold where that is longer") {
  CHECK(send_hold_time(90, config_towards()) == 480s);
  CHECK(send_hold_time(300, config_towards()) == 600s);
  World world = established(90);
  for (int i = 0; i < 600; ++i) {
    world.peer.heard(ConnId{1}, world.now);
    world.peer.wrote(ConnId{1}, world.now);
    world.pass(1s);
  }
  CHECK(world.peer.state() == State::Established);
}

TEST_CASE("a late expire carries out the expiry once and then what follows from it") {
  World world;
  world.start();
  world.refused(1);
  CHECK(world.pass(1h) == "connect 2");
  World dead = established(90);
  CHECK(dead.pass(1h) == "send 1 KEEPALIVE; send 1 NOTIFICATION 4/0; down 1 (BGP Error: Hold timer expired); close 1");
}

TEST_CASE("a retry time of zero is no busy loop") {
  PeerConfig config = config_towards();
  config.connect_retry = 0s;
  World world(config);
  world.start();
  world.refused(1);
  CHECK(world.until_deadline() >= 75ms);
}

TEST_CASE("a configured send hold counts, but never less than the hold time; 0 turns it off") {
  PeerConfig config = config_towards();
  config.send_hold_time_s = 10;
  CHECK(send_hold_time(9, config) == 10s);
  CHECK(send_hold_time(90, config) == 90s);
  config.send_hold_time_s = 0;
  CHECK(send_hold_time(9, config) == kForever);
  config.hold_time_s = 9;
  World world(config);
  world.dial_to_established();
  for (int i = 0; i < 1000; ++i) {
    world.peer.heard(ConnId{1}, world.now);
    world.pass(1s);
  }
  CHECK(world.peer.state() == State::Established);
}

TEST_CASE("a configured keepalive time counts, but never more than a third of the hold time") {
  Prng prng(1);
  PeerConfig config = config_towards();
  Instant now = Instant{} + 1234567us;
  config.keepalive_time_s = 10;
  CHECK(is_within(keepalive_due(90, config, now, prng) - now, 7500ms, 10s));
  config.keepalive_time_s = 60;
  CHECK(is_within(keepalive_due(90, config, now, prng) - now, 22500ms, 30s));
}

// When those of a thousand peers are due that were sent at random within the last interval.
std::set<Instant> ticks_of_a_thousand(uint16_t hold_time_s) {
  Prng prng(1);
  Duration interval = Duration(std::chrono::seconds(hold_time_s)) / 3;
  std::set<Instant> ticks;
  for (int i = 0; i < 1000; ++i) {
    Instant sent = Instant{} + 1h + Duration(static_cast<Duration::rep>(prng.between(0, static_cast<double>(interval.count()))));
    Instant due = keepalive_due(hold_time_s, config_towards(), sent, prng);
    CHECK(is_within(due - sent, interval * 3 / 4, interval));
    ticks.insert(due);
  }
  return ticks;
}

TEST_CASE("RFC 4271 §10: the keepalives of a thousand peers share ticks of a tenth of the interval, at most 500 ms") {
  for (auto [hold_time_s, tick] : {std::pair<uint16_t, Duration>{3, 100ms}, {9, 300ms}, {30, limits::kKeepaliveTickMax},
                                   {90, limits::kKeepaliveTickMax}, {65535, limits::kKeepaliveTickMax}}) {
    for (Instant due : ticks_of_a_thousand(hold_time_s)) CHECK(due.time_since_epoch() % tick == 0s);
  }
  CHECK(ticks_of_a_thousand(30).size() <= 26);  // 7.5 to 20 s from the first, in steps of 0.5 s
}

TEST_CASE("a reset may say itself when the next attempt is due, or that there is none before a new configuration") {
  wire::Notification too_many = wire::maximum_prefixes_reached(Family::IPv4, 100);
  World world = established();
  Environment env = world.env();
  world.peer.reset(too_many, env, 60s);
  CHECK(world.until_deadline() == 60s);
  CHECK(world.pass_to_deadline() == "connect 2");

  World held = established();
  Environment held_env = held.env();
  held.peer.reset(too_many, held_env, kForever);
  CHECK(held.peer.next_deadline() == kNever);
  CHECK(held.accepted(101) == "close 101");
  PeerConfig raised = held.peer.config();
  raised.max_prefix.limit = 200;
  REQUIRE_FALSE(needs_reset(held.peer.config(), raised));
  held.peer.reconfigure_live(raised);
  CHECK(held.pass(0s) == "connect 2");
}

}  // namespace bgp::session
