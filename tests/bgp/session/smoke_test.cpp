#include <doctest/doctest.h>

#include "bgp/session/peer.h"

using namespace bgp;
using namespace bgp::session;

TEST_CASE("a started peer dials at once") {
  Prng prng(1);
  ConnIdSource ids;
  Environment env{Instant{}, prng, ids};
  PeerConfig config;
  config.address = *IpAddress::parse("192.0.2.2");
  Peer peer(config);
  ActionList actions = peer.start(env);
  REQUIRE(actions.size() == 1);
  CHECK(std::holds_alternative<action::Connect>(actions[0]));
  CHECK(peer.state() == State::Connect);
}
