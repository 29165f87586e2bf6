// What a peer gets to hear for what it did wrong: the rows that depend on configuration or state.
#include <doctest/doctest.h>

#include "session_support.h"

namespace bgp::session {
namespace {

// The NOTIFICATION among the actions; requires that there is exactly one.
wire::Notification sent(const ActionList& actions) {
  std::vector<wire::Notification> all;
  for (const Action& action : actions) {
    const auto* send = std::get_if<action::Send>(&action);
    if (send && message_text(send->message).starts_with("NOTIFICATION")) all.push_back(notification_in(send->message));
  }
  REQUIRE(all.size() == 1);
  return all[0];
}

wire::Notification answer_to(const wire::Open& open, PeerConfig config = config_towards()) {
  World world(std::move(config));
  world.dial_to_open_sent();
  world.received(1, open);
  CHECK(world.peer.state() == State::Idle);
  return sent(world.last);
}

PeerConfig ibgp_config() {
  PeerConfig config = config_towards();
  config.peer_as = config.local_as;
  return config;
}

wire::Open ibgp_open(BgpIdentifier identifier) {
  wire::Open open = neighbours_open(identifier);
  open.my_as = Asn{64512};
  return open;
}

}  // namespace

TEST_CASE("an OPEN from another AS than configured: 2/2") {
  wire::Open open = neighbours_open();
  open.my_as = Asn{64514};
  CHECK(answer_to(open) == wire::bad_peer_as());
}

TEST_CASE("RFC 6286: our own identifier is an error from inside our AS, and fine from outside") {
  CHECK(answer_to(ibgp_open(BgpIdentifier{1}), ibgp_config()) == wire::bad_bgp_identifier());
  World outside;
  outside.dial_to_open_sent();
  CHECK(outside.received(1, neighbours_open(BgpIdentifier{1})) == "send 1 KEEPALIVE");
}

TEST_CASE("identifier 0: 2/3") { CHECK(answer_to(neighbours_open(BgpIdentifier{0})) == wire::bad_bgp_identifier()); }

TEST_CASE("hold time 1 or 2: 2/6; 0 and 3 are fine") {
  wire::Open open = neighbours_open();
  for (uint16_t bad : {uint16_t{1}, uint16_t{2}}) {
    open.hold_time_s = bad;
    CHECK(answer_to(open) == wire::unacceptable_hold_time());
  }
  for (uint16_t good : {uint16_t{0}, uint16_t{3}}) {
    open.hold_time_s = good;
    World world;
    world.dial_to_open_sent();
    CHECK(world.received(1, open) == "send 1 KEEPALIVE");
  }
}

TEST_CASE("RFC 6608: a message that the state does not expect: 5/1, 5/2, 5/3 with its type") {
  struct Row {
    State state;
    Message message;
    wire::Notification answer;
  };
  auto fsm_error = [](uint8_t subcode, uint8_t type) { return wire::Notification{5, subcode, {type}}; };
  const Row rows[] = {
      {State::OpenSent, UpdateMessage{}, fsm_error(1, 2)},
      {State::OpenSent, KeepaliveMessage{}, fsm_error(1, 4)},
      {State::OpenSent, wire::RouteRefresh{}, fsm_error(1, 5)},
      {State::OpenConfirm, neighbours_open(), fsm_error(2, 1)},
      {State::OpenConfirm, UpdateMessage{}, fsm_error(2, 2)},
      {State::OpenConfirm, wire::RouteRefresh{}, fsm_error(2, 5)},
      {State::Established, neighbours_open(), fsm_error(3, 1)},
  };
  for (const Row& row : rows) {
    World world;
    world.dial_to_open_sent();
    if (row.state != State::OpenSent) world.received(1, neighbours_open());
    if (row.state == State::Established) world.received(1, KeepaliveMessage{});
    REQUIRE(world.peer.state() == row.state);
    world.received(1, row.message);
    CHECK(sent(world.last) == row.answer);
    CHECK(world.peer.state() == State::Idle);
  }
}

TEST_CASE("a route refresh that was not agreed on: 1/3 with the type octet") {
  World world;
  world.dial_to_open_sent();
  wire::Open open = neighbours_open();
  open.capabilities.route_refresh = false;
  world.received(1, open);
  world.received(1, KeepaliveMessage{});
  world.received(1, wire::RouteRefresh{});
  CHECK(sent(world.last) == wire::Notification{1, 3, {5}});
}

TEST_CASE("RFC 2918 §4: a refresh is passed on for our families, and ignored for others and for other subtypes") {
  World world;
  world.dial_to_established();
  CHECK(world.received(1, wire::RouteRefresh{.afi = 1, .subtype = 0, .safi = 1}) == "refresh ipv4");
  CHECK(world.received(1, wire::RouteRefresh{.afi = 2, .subtype = 0, .safi = 1}) == "refresh ipv6");
  CHECK(world.received(1, wire::RouteRefresh{.afi = 1, .subtype = 0, .safi = 128}) == "");
  CHECK(world.received(1, wire::RouteRefresh{.afi = 25, .subtype = 0, .safi = 1}) == "");
  CHECK(world.received(1, wire::RouteRefresh{.afi = 1, .subtype = 1, .safi = 1}) == "");
  CHECK(world.peer.counters().refreshes_in == 5);
}

TEST_CASE("RFC 7313: BoRR and EoRR are passed on when both sides know them") {
  for (bool enhanced : {false, true}) {
    World world;
    world.dial_to_open_sent();
    wire::Open open = neighbours_open();
    open.capabilities.enhanced_route_refresh = enhanced;
    world.received(1, open);
    world.received(1, KeepaliveMessage{});
    CHECK(world.received(1, wire::begin_of_refresh(Family::IPv4)) == (enhanced ? "begin of refresh ipv4" : ""));
    CHECK(world.received(1, wire::end_of_refresh(Family::IPv6)) == (enhanced ? "end of refresh ipv6" : ""));
  }
}

TEST_CASE("a refresh for a family that was not agreed on is ignored") {
  PeerConfig config = config_towards();
  config.families = FamilySet::of(Family::IPv4);
  World world(config);
  world.dial_to_established();
  CHECK(world.received(1, wire::RouteRefresh{.afi = 2, .subtype = 0, .safi = 1}) == "");
}

TEST_CASE("what the decoder found goes out as it is, in every state that has a connection") {
  for (int messages : {0, 1, 2}) {
    World world;
    world.dial_to_open_sent();
    if (messages > 0) world.received(1, neighbours_open());
    if (messages > 1) world.received(1, KeepaliveMessage{});
    world.bad_message(1, wire::bad_message_length(5000));
    CHECK(sent(world.last) == wire::bad_message_length(5000));
    CHECK(world.peer.last_notification_sent() == wire::bad_message_length(5000));
    CHECK(world.peer.last_fault().to_string() == "BGP Error: Bad message length");
  }
}

TEST_CASE("RFC 4271 §6.4: a NOTIFICATION is never answered") {
  for (int messages : {0, 1, 2}) {
    World world;
    world.dial_to_open_sent();
    if (messages > 0) world.received(1, neighbours_open());
    if (messages > 1) world.received(1, KeepaliveMessage{});
    std::string actions = world.received(1, wire::bad_peer_as());
    CHECK(actions.find("send") == std::string::npos);
    CHECK(actions.ends_with("close 1"));
    CHECK(world.peer.last_fault().to_string() == "Received: Bad peer AS");
    CHECK(world.peer.last_notification_received() == wire::bad_peer_as());
  }
}

TEST_CASE("stop says why: Cease 6/2 with its text") {
  World world;
  world.dial_to_established();
  CHECK(world.stop("kernel upgrade") == "send 1 NOTIFICATION 6/2; down 1 (Administrative shutdown); close 1");
  CHECK(wire::shutdown_communication(sent(world.last)) == "kernel upgrade");
}

}  // namespace bgp::session
