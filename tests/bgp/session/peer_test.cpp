// What the speaker and the operator see of a peer: status, history, log records, counters, live changes.
#include <doctest/doctest.h>

#include <functional>

#include "bgp/base/limits.h"
#include "session_support.h"

namespace bgp::session {

TEST_CASE("a session comes up: OPEN, KEEPALIVE, Established, and one log record that says so") {
  World world;
  CHECK(world.start() == "connect 1");
  CHECK(world.connected(1) == "send 1 OPEN");
  CHECK(world.received(1, neighbours_open()) == "send 1 KEEPALIVE");
  CHECK(world.received(1, KeepaliveMessage{}) == "up 1");
  CHECK(logged(world.last) == std::vector<std::string>{"event=session_up peer=192.0.2.2 as=64513 id=0.0.0.2 "
                                                       "local=192.0.2.1 hold=90 families=ipv4,ipv6"});
  CHECK(world.peer.connection() == ConnId{1});
  CHECK(world.peer.state_since() == world.now);
  CHECK(world.peer.negotiated().local_address == world.local);
  CHECK(world.peer.negotiated().peer_open == neighbours_open());
}

TEST_CASE("no family in common: the session comes up, and somebody should look") {
  PeerConfig config = config_towards();
  config.families = FamilySet::of(Family::IPv6);
  World world(config);
  world.dial_to_open_sent();
  wire::Open open = neighbours_open();
  open.capabilities.multiprotocol = FamilySet::of(Family::IPv4);
  world.received(1, open);
  CHECK(world.received(1, KeepaliveMessage{}) == "up 1");
  REQUIRE(logged(world.last).size() == 2);
  CHECK(logged(world.last)[1] == "event=no_common_family peer=192.0.2.2 peer_offers=ipv4 "
                                 "effect=\"the session carries no routes\"");
}

TEST_CASE("a session goes down: the log says what was said, why, and how long it was up") {
  World world;
  world.dial_to_established();
  world.now += 17s;
  world.received(1, wire::malformed_attribute_list());
  CHECK(logged(world.last) ==
        std::vector<std::string>{
            "event=notification_received peer=192.0.2.2 code=3 subcode=1 text=\"Malformed attribute list\"",
            "event=session_down peer=192.0.2.2 reason=\"Received: Malformed attribute list\" up_s=17"});
}

TEST_CASE("a peer that is held stays Idle, says why, and takes no connection") {
  PeerConfig config = config_towards();
  config.held = "password secret bgp/rack: no such file";
  World world(config);
  CHECK(world.start() == "");
  CHECK(world.peer.state() == State::Idle);
  CHECK_FALSE(world.peer.is_started());
  CHECK(world.peer.next_deadline() == kNever);
  CHECK_MESSAGE(world.peer.state_since() == world.now, "not since the clock began");
  CHECK(world.peer.last_fault().to_string() == "Error: password secret bgp/rack: no such file");
  CHECK(world.accepted(1) == "close 1");
  PeerConfig mended = config_towards();
  CHECK(needs_reset(config, mended));
}

TEST_CASE("stopping is logged with the time that the session was up") {
  World world;
  world.dial_to_established();
  world.now += 5s;
  world.stop();
  CHECK(logged(world.last) ==
        std::vector<std::string>{
            "event=notification_sent peer=192.0.2.2 code=6 subcode=2 text=\"Administrative shutdown\"",
            "event=session_down peer=192.0.2.2 reason=\"Administrative shutdown\" up_s=5"});
}

TEST_CASE("RFC 9003: a peer's shutdown communication reaches the log, and cannot steer the terminal") {
  World world;
  world.dial_to_established();
  world.received(1, wire::cease(wire::CeaseReason::AdministrativeShutdown, "back at 9\x1b[2J\nevent=session_up"));
  std::vector<std::string> lines = logged(world.last);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].find("communication=\"back at 9") != std::string::npos);
  CHECK(lines[0].find('\x1b') == std::string::npos);
  CHECK(lines[0].find('\n') == std::string::npos);
}

TEST_CASE("the fault is said in BIRD's words, stays while retrying, and goes when the session is up") {
  World world;
  CHECK(world.peer.last_fault().to_string() == "");
  world.start();
  world.refused(1);
  CHECK(world.peer.last_fault().to_string() == "Socket: Connection refused");
  world.pass_to_deadline();
  CHECK(world.peer.last_fault().to_string() == "Socket: Connection refused");
  world.connected(2);
  world.received(2, neighbours_open());
  CHECK(world.peer.last_fault().to_string() == "Socket: Connection refused");
  world.received(2, KeepaliveMessage{});
  CHECK(world.peer.last_fault() == Fault{});
  CHECK(world.closed(2) == "down 2 (Socket: Connection closed)");
  CHECK(world.peer.last_fault().to_string() == "Socket: Connection closed");
}

TEST_CASE("a stopped peer does nothing until it is started again") {
  World world;
  world.dial_to_established();
  world.stop();
  CHECK_FALSE(world.peer.is_started());
  CHECK(world.peer.state() == State::Idle);
  CHECK(world.peer.next_deadline() == kNever);
  CHECK(world.accepted(101) == "close 101");
  CHECK(world.received(1, KeepaliveMessage{}) == "");
  CHECK(world.pass(1h) == "");
  CHECK(world.start() == "connect 2");
  CHECK(world.start() == "");
}

TEST_CASE("stop ends both connections, each with the Cease") {
  World world;
  world.dial_to_open_sent();
  world.accepted(101);
  CHECK(world.stop() == "send 101 NOTIFICATION 6/2; close 101; send 1 NOTIFICATION 6/2; close 1");
  CHECK(world.peer.next_deadline() == kNever);
}

TEST_CASE("reset ends both connections and tries again after the idle hold") {
  World world;
  world.dial_to_open_sent();
  world.accepted(101);
  CHECK(world.reset(wire::cease(wire::CeaseReason::AdministrativeReset)) ==
        "send 101 NOTIFICATION 6/4; close 101; send 1 NOTIFICATION 6/4; close 1");
  CHECK(world.peer.state() == State::Idle);
  CHECK(world.peer.is_started());
  CHECK(world.pass_to_deadline() == "connect 2");
}

TEST_CASE("a connection that is not this peer's does nothing") {
  World world;
  world.dial_to_established();
  Peer& peer = world.peer;
  Counters before = peer.counters();
  CHECK(world.connected(7) == "");
  CHECK(world.refused(7) == "");
  CHECK(world.closed(7) == "");
  CHECK(world.received(7, neighbours_open()) == "");
  CHECK(world.bad_message(7, wire::bad_marker()) == "");
  CHECK(world.last.empty());
  peer.heard(ConnId{7}, world.now + 1h);
  CHECK(peer.is_established(ConnId{1}));
  CHECK_FALSE(peer.is_established(ConnId{7}));
  CHECK(peer.counters() == before);
}

TEST_CASE("the history tells what happened, newest last") {
  World world;
  world.dial_to_established();
  world.received(1, wire::cease(wire::CeaseReason::OutOfResources));
  std::vector<std::string> lines;
  for (const StateChange& change : world.peer.history()) {
    lines.push_back(std::string(to_string(change.from)) + " -> " + to_string(change.to) + ": " + change.reason);
  }
  CHECK(lines == std::vector<std::string>{
                     "Idle -> Connect: started", "Connect -> OpenSent: connected",
                     "OpenSent -> OpenConfirm: OPEN received", "OpenConfirm -> Established: KEEPALIVE received",
                     "Established -> Idle: NOTIFICATION received: Out of Resources"});
}

TEST_CASE("the history is bounded: the oldest is forgotten") {
  World world;
  world.start();
  for (uint32_t conn = 1; conn <= 100; ++conn) {
    world.refused(conn);
    world.pass_to_deadline();
  }
  CHECK(world.peer.history().size() == limits::kStateHistoryMax);
  CHECK(world.peer.history().back().at == world.now);
}

TEST_CASE("messages are counted both ways") {
  World world;
  world.dial_to_established();
  world.received(1, KeepaliveMessage{});
  world.received(1, wire::RouteRefresh{});
  world.bad_message(1, wire::bad_marker());
  const Counters& counters = world.peer.counters();
  CHECK(counters.opens_in == 1);
  CHECK(counters.opens_out == 1);
  CHECK(counters.keepalives_in == 2);
  CHECK(counters.keepalives_out == 1);
  CHECK(counters.refreshes_in == 1);
  CHECK(counters.notifications_out == 1);
  CHECK(counters.flaps == 1);
}

// ---- configuration ----------------------------------------------------------------------------------------------

TEST_CASE("which change of configuration needs a new session") {
  struct Row {
    const char* field;
    bool resets;
    std::function<void(PeerConfig&)> change;
  };
  const Row rows[] = {
      {"address", true, [](PeerConfig& c) { c.address = *IpAddress::parse("192.0.2.9"); }},
      {"port", true, [](PeerConfig& c) { c.port = 1790; }},
      {"peer_as", true, [](PeerConfig& c) { c.peer_as = Asn{1}; }},
      {"local_as", true, [](PeerConfig& c) { c.local_as = Asn{1}; }},
      {"identifier", true, [](PeerConfig& c) { c.identifier = BgpIdentifier{77}; }},
      {"local_address", true, [](PeerConfig& c) { c.local_address = *IpAddress::parse("192.0.2.7"); }},
      {"families", true, [](PeerConfig& c) { c.families = FamilySet::of(Family::IPv4); }},
      {"hold_time_s", true, [](PeerConfig& c) { c.hold_time_s = 30; }},
      {"password", true, [](PeerConfig& c) { c.password = Secret("x"); }},
      {"tcp_ao", true, [](PeerConfig& c) { c.tcp_ao = {{1, 1, AoAlgorithm::HmacSha1_96, Secret("x")}}; }},
      {"ttl_security_hops", true, [](PeerConfig& c) { c.ttl_security_hops = uint8_t{1}; }},
      {"passive", false, [](PeerConfig& c) { c.passive = true; }},
      {"connect_retry", false, [](PeerConfig& c) { c.connect_retry = 1s; }},
      {"idle_hold_min", false, [](PeerConfig& c) { c.idle_hold_min = 1s; }},
      {"idle_hold_max", false, [](PeerConfig& c) { c.idle_hold_max = 99s; }},
  };
  PeerConfig from = config_towards();
  CHECK_FALSE(needs_reset(from, from));
  for (const Row& row : rows) {
    CAPTURE(row.field);
    PeerConfig to = from;
    row.change(to);
    REQUIRE_FALSE(to == from);
    CHECK(needs_reset(from, to) == row.resets);
    CHECK(needs_reset(to, from) == row.resets);
  }
}

TEST_CASE("TCP-AO keys roll over without a new session while a key is in both chains, else the reason is said") {
  const AoKey first{1, 1, AoAlgorithm::HmacSha1_96, Secret("x")}, second{2, 2, AoAlgorithm::HmacSha1_96, Secret("y")};
  PeerConfig from = config_towards(), to = from;
  from.tcp_ao = {first};
  to.tcp_ao = {second, first};
  CHECK_FALSE(needs_reset(from, to));
  CHECK_FALSE(needs_reset(to, from));
  to.tcp_ao = {second};
  CHECK(reset_reason(from, to) == std::string("TCP-AO keys"));
}

TEST_CASE("a waiting peer that is no longer passive dials; one that becomes passive stops") {
  PeerConfig passive = config_towards();
  passive.passive = true;
  World world(passive);
  world.start();
  world.peer.reconfigure_live(config_towards());
  CHECK(world.peer.next_deadline() <= world.now);
  CHECK(world.pass(0s) == "connect 1");
  world.refused(1);
  world.peer.reconfigure_live(passive);
  CHECK(world.peer.next_deadline() == kNever);
}

TEST_CASE("a live change of patience leaves the session alone and holds from the next wait on") {
  World world;
  world.dial_to_established();
  PeerConfig config = config_towards();
  config.connect_retry = 1s;
  world.peer.reconfigure_live(config);
  CHECK(world.peer.is_established(ConnId{1}));
  world.closed(1);
  CHECK(world.until_deadline() <= 1s);
}

}  // namespace bgp::session
