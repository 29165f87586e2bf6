// Which ends of a session keep its routes (RFC 4724 §4.2, RFC 8538), and the peer that is back before it was missed.
#include <doctest/doctest.h>

#include "session_support.h"

namespace bgp::session {
namespace {

wire::Open restarting_neighbour(bool notification = true) {
  wire::Open open = neighbours_open();
  open.capabilities.graceful_restart = wire::GracefulRestart{false, notification, 120, FamilySet::both(), {}};
  return open;
}

World established_with(const wire::Open& open) {
  World world;
  world.dial_to_open_sent();
  world.received(1, open);
  world.received(1, KeepaliveMessage{});
  REQUIRE(world.peer.state() == State::Established);
  return world;
}

const action::Down& down_of(const World& world) {
  for (const Action& action : world.last)
    if (const auto* down = std::get_if<action::Down>(&action)) return *down;
  FAIL("no Down");
  std::abort();
}

}  // namespace

TEST_CASE("a lost connection keeps the routes when graceful restart was negotiated, else it does not") {
  World graceful = established_with(restarting_neighbour(false));
  CHECK(graceful.closed(1) == "down 1 (Socket: Connection closed, routes kept)");
  CHECK(down_of(graceful).graceful.families == FamilySet::both());
  CHECK(down_of(graceful).graceful.restart_time_s == 120);
  World plain = established_with(neighbours_open());
  CHECK(plain.closed(1) == "down 1 (Socket: Connection closed)");
}

TEST_CASE("RFC 8538: with both N-bits a NOTIFICATION keeps them as well, without it does not") {
  const wire::Notification fault = wire::malformed_attribute_list();
  for (bool notification : {true, false}) {
    CAPTURE(notification);
    World received = established_with(restarting_neighbour(notification));
    received.received(1, fault);
    CHECK(down_of(received).keeps_routes == notification);
    World sent = established_with(restarting_neighbour(notification));
    sent.bad_message(1, fault);
    CHECK(down_of(sent).keeps_routes == notification);
    World silent = established_with(restarting_neighbour(notification));
    silent.pass(90s);
    CHECK(down_of(silent).fault.kind == Fault::Kind::HoldExpired);
    CHECK(down_of(silent).keeps_routes == notification);
    World reset = established_with(restarting_neighbour(notification));
    CHECK(reset.reset(wire::cease(wire::CeaseReason::AdministrativeReset)).starts_with("send 1 NOTIFICATION 6/4"));
    CHECK(down_of(reset).keeps_routes == notification);
  }
}

TEST_CASE("RFC 8538 §3: a hard reset keeps nothing, and a clean cause in it lets the peer back in at once") {
  World world = established_with(restarting_neighbour());
  world.received(1, wire::hard_reset(wire::cease(wire::CeaseReason::AdministrativeShutdown)));
  CHECK_FALSE(down_of(world).keeps_routes);
  CHECK(world.peer.state() == State::Active);
}

TEST_CASE("RFC 8538 §5.1: shutdown, removal, too many prefixes and too little memory leave as a hard reset, if the peer knows it") {
  using wire::CeaseReason;
  for (CeaseReason why : {CeaseReason::AdministrativeShutdown, CeaseReason::PeerDeconfigured,
                          CeaseReason::MaximumPrefixesReached, CeaseReason::OutOfResources, CeaseReason::BfdDown}) {
    World knows = established_with(restarting_neighbour());
    CHECK(knows.reset(wire::cease(why)).starts_with("send 1 NOTIFICATION 6/9; down 1"));
    CHECK_FALSE(down_of(knows).keeps_routes);
    CHECK(down_of(knows).fault.notification == wire::cease(why));
    CHECK(knows.peer.last_notification_sent() == wire::hard_reset(wire::cease(why)));
    World plain = established_with(restarting_neighbour(false));
    CHECK(plain.reset(wire::cease(why)).starts_with("send 1 NOTIFICATION 6/" + std::to_string(static_cast<int>(why))));
    CHECK_FALSE(down_of(plain).keeps_routes);
  }
  World stopped = established_with(restarting_neighbour());
  CHECK(stopped.stop("bye").starts_with("send 1 NOTIFICATION 6/9"));
  CHECK(wire::shutdown_communication(*stopped.peer.last_notification_sent()) == "bye");
}

TEST_CASE("RFC 4724 §4.2: a peer that restarted takes the place of its old session, whose routes are kept") {
  World world = established_with(restarting_neighbour());
  world.pass(10s);
  CHECK(world.accepted(101) == "send 101 OPEN");
  CHECK(world.peer.state() == State::Established);
  CHECK(world.received(101, restarting_neighbour()) ==
        "down 1 (Socket: Replaced by a new connection of the peer, routes kept); close 1; send 101 KEEPALIVE");
  CHECK(world.received(101, KeepaliveMessage{}) == "up 101");
  CHECK(world.peer.connection() == ConnId{101});
}

TEST_CASE("beside an Established session a newcomer that says nothing, or nonsense, changes nothing") {
  World world = established_with(restarting_neighbour());
  world.pass(10s);
  world.accepted(101);
  wire::Open stranger = restarting_neighbour();
  stranger.my_as = Asn{1};
  CHECK(world.received(101, stranger) == "send 101 NOTIFICATION 2/2; close 101");
  world.accepted(102);
  CHECK(world.accepted(103) == "send 103 NOTIFICATION 6/7; close 103");
  world.peer.heard(ConnId{1}, world.now);
  CHECK(world.pass(15s).find("send 102 NOTIFICATION 4/0; close 102") != std::string::npos);
  CHECK(world.peer.is_established(ConnId{1}));
}

TEST_CASE("within seconds of Established a second connection is a collision, not a restart") {
  World world = established_with(restarting_neighbour());
  world.pass(1s);
  world.accepted(101);
  CHECK(world.received(101, restarting_neighbour()) == "send 101 NOTIFICATION 6/7; close 101");
  CHECK(world.peer.is_established(ConnId{1}));
}

TEST_CASE("without graceful restart a newcomer beside an Established session is refused before any OPEN") {
  World world = established_with(neighbours_open());
  world.pass(10s);
  CHECK(world.accepted(101) == "send 101 NOTIFICATION 6/7; close 101");
}

}  // namespace bgp::session
