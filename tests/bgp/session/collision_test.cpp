// Two connections to one peer: RFC 4271 §6.8, RFC 6286 §2.3. Our dial is connection 1, the peer's are 101, 102, ...
#include <doctest/doctest.h>

#include "bgp/base/limits.h"
#include "session_support.h"

namespace bgp::session {
namespace {

constexpr BgpIdentifier kHigher{2};  // config_towards() says that we are 1

World both_open_sent(PeerConfig config = config_towards()) {
  World world(std::move(config));
  world.dial_to_open_sent();
  REQUIRE(world.accepted(101) == "send 101 OPEN");
  return world;
}

PeerConfig config_with_identifier(uint32_t identifier) {
  PeerConfig config = config_towards();
  config.identifier = BgpIdentifier{identifier};
  return config;
}

}  // namespace

TEST_CASE("RFC 4271 §6.8: the connection that the higher identifier opened survives") {
  SUBCASE("the peer is higher, its connection speaks first: ours goes") {
    World world = both_open_sent();
    CHECK(world.received(101, neighbours_open(kHigher)) == "send 1 NOTIFICATION 6/7; close 1; send 101 KEEPALIVE");
    CHECK(world.received(101, KeepaliveMessage{}) == "up 101");
  }
  SUBCASE("the peer is higher, our connection speaks first: both stay until the peer has spoken on its own") {
    World world = both_open_sent();
    CHECK(world.received(1, neighbours_open(kHigher)) == "send 1 KEEPALIVE");
    CHECK(world.received(101, neighbours_open(kHigher)) == "send 1 NOTIFICATION 6/7; close 1; send 101 KEEPALIVE");
    CHECK(world.received(101, KeepaliveMessage{}) == "up 101");
  }
  SUBCASE("we are higher, our connection speaks first: the peer's goes") {
    World world = both_open_sent(config_with_identifier(9));
    CHECK(world.received(1, neighbours_open()) == "send 101 NOTIFICATION 6/7; close 101; send 1 KEEPALIVE");
    CHECK(world.received(1, KeepaliveMessage{}) == "up 1");
  }
  SUBCASE("we are higher, the peer's connection speaks first: it goes without a KEEPALIVE") {
    World world = both_open_sent(config_with_identifier(9));
    CHECK(world.received(101, neighbours_open()) == "send 101 NOTIFICATION 6/7; close 101");
    CHECK(world.received(1, neighbours_open()) == "send 1 KEEPALIVE");
    CHECK(world.received(1, KeepaliveMessage{}) == "up 1");
  }
}

TEST_CASE("our dial wins and is not answered: what died with the peer's last life keeps its next one out for 15 s only") {
  World world = both_open_sent(config_with_identifier(9));
  CHECK(world.received(101, neighbours_open()) == "send 101 NOTIFICATION 6/7; close 101");
  CHECK(world.until_deadline() == limits::kInboundOpenWait);
  CHECK(world.pass_to_deadline() == "send 1 NOTIFICATION 4/0; close 1");
}

TEST_CASE("RFC 6286 §2.3: equal identifiers are told apart by AS, the larger is dominant") {
  auto survivor = [](uint32_t local_as, uint32_t peer_as) {
    PeerConfig config = config_with_identifier(5);
    config.local_as = Asn{local_as};
    config.peer_as = Asn{peer_as};
    World world = both_open_sent(config);
    wire::Open open = neighbours_open(BgpIdentifier{5});
    open.my_as = Asn{peer_as};
    world.received(101, open);
    world.received(1, open);
    world.received(1, KeepaliveMessage{});
    world.received(101, KeepaliveMessage{});
    return world.peer.connection();
  };
  CHECK(survivor(64513, 64512) == ConnId{1});
  CHECK(survivor(64512, 64513) == ConnId{101});
  CHECK(survivor(64512, 4200000000) == ConnId{101});
}

TEST_CASE("one connection in OpenConfirm, the other still dialling: the dial is given up") {
  World world;
  world.start();
  CHECK(world.accepted(101) == "send 101 OPEN");
  CHECK(world.received(101, neighbours_open(kHigher)) == "close 1; send 101 KEEPALIVE");
  CHECK(world.received(101, KeepaliveMessage{}) == "up 101");
  CHECK(world.connected(1) == "");
}

TEST_CASE("a dial that fails beside an accepted connection leaves that one alone") {
  World world;
  world.start();
  world.accepted(101);
  CHECK(world.refused(1) == "");
  CHECK(world.peer.state() == State::OpenSent);
  CHECK(world.received(101, neighbours_open()) == "send 101 KEEPALIVE");
  CHECK(world.received(101, KeepaliveMessage{}) == "up 101");
}

TEST_CASE("an Established session keeps its place: the newcomer gets Cease 6/7") {
  World world;
  world.dial_to_established();
  CHECK(world.accepted(101) == "send 101 NOTIFICATION 6/7; close 101");
  CHECK(world.peer.is_established(ConnId{1}));
  CHECK(world.peer.counters().connections_refused == 1);
  CHECK(world.peer.last_fault().kind == Fault::Kind::None);
}

TEST_CASE("one comes up while the other never spoke: the silent one gets Cease 6/7") {
  World world = both_open_sent();
  world.received(1, neighbours_open(kHigher));
  CHECK(world.received(1, KeepaliveMessage{}) == "up 1; send 101 NOTIFICATION 6/7; close 101");
  CHECK(world.received(101, neighbours_open(kHigher)) == "");
  CHECK(world.peer.is_established(ConnId{1}));
}

TEST_CASE("the accepted one comes up while ours never spoke: it is the Established one") {
  World world;
  world.start();
  world.accepted(101);
  world.received(101, neighbours_open(kHigher));
  CHECK(world.received(101, KeepaliveMessage{}) == "up 101");
  CHECK(world.peer.connection() == ConnId{101});
}

TEST_CASE("a peer that dials again while its first connection hangs is heard on the second") {
  PeerConfig config = config_towards();
  config.passive = true;
  World world(config);
  world.start();
  world.accepted(101);
  CHECK(world.accepted(102) == "send 102 OPEN");
  CHECK(world.received(102, neighbours_open()) == "send 102 KEEPALIVE");
  CHECK(world.received(102, KeepaliveMessage{}) == "up 102; send 101 NOTIFICATION 6/7; close 101");
}

TEST_CASE("a peer that dials again after it spoke has restarted: the newer connection wins") {
  PeerConfig config = config_towards();
  config.passive = true;
  World world(config);
  world.start();
  world.accepted(101);
  world.received(101, neighbours_open());
  world.accepted(102);
  CHECK(world.received(102, neighbours_open()) == "send 101 NOTIFICATION 6/7; close 101; send 102 KEEPALIVE");
}

TEST_CASE("three connections at once: the third is closed without a word, the two go on") {
  World world = both_open_sent();
  CHECK(world.accepted(102) == "close 102");
  CHECK(world.received(102, neighbours_open()) == "");
  CHECK(world.received(101, neighbours_open(kHigher)) == "send 1 NOTIFICATION 6/7; close 1; send 101 KEEPALIVE");
}

TEST_CASE("a passive side has one connection, and no collision") {
  PeerConfig config = config_towards();
  config.passive = true;
  World world(config);
  CHECK(world.start() == "");
  CHECK(world.peer.state() == State::Active);
  CHECK(world.accepted(101) == "send 101 OPEN");
  CHECK(world.received(101, neighbours_open()) == "send 101 KEEPALIVE");
  CHECK(world.received(101, KeepaliveMessage{}) == "up 101");
}

TEST_CASE("a connection during the idle hold is closed without a word, counted, and logged for debugging") {
  World world;
  world.dial_to_open_sent();
  world.received(1, wire::bad_peer_as());
  REQUIRE(world.peer.state() == State::Idle);
  CHECK(world.accepted(101) == "close 101");
  CHECK(world.peer.counters().connections_refused == 1);
  REQUIRE(world.last.size() == 2);
  const LogRecord& record = std::get<action::Log>(world.last[1]).record;
  CHECK(record.level == LogLevel::Debug);
  CHECK(to_text(record) == "event=connection_refused peer=192.0.2.2 state=Idle");
}

TEST_CASE("MD5 on one side only: the dial never connects, is given up and tried again") {
  World world;
  world.start();
  CHECK(world.pass(6s) == "close 1; connect 2");
  CHECK(world.peer.last_fault().to_string() == "Socket: Connection timed out");
}

TEST_CASE("an OPEN that is refused anyway decides no collision") {
  World world = both_open_sent();
  wire::Open wrong = neighbours_open(kHigher);
  wrong.my_as = Asn{65000};
  CHECK(world.received(101, wrong) == "send 101 NOTIFICATION 2/2; close 101");
  CHECK(world.received(1, neighbours_open(kHigher)) == "send 1 KEEPALIVE");
}

}  // namespace bgp::session
