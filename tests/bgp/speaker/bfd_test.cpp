// What BFD means for BGP (RFC 5882, 9384).
#include "one_speaker.h"

namespace bgp::speaker {
namespace {

SpeakerConfig with_bfd(std::optional<BfdConfig> bfd, std::optional<IpAddress> local = std::nullopt) {
  PeerSettings peer = neighbour("192.0.2.1", 65001);
  peer.bfd = bfd;
  peer.session.local_address = local;
  return config_of({peer});
}
BfdConfig fast() { return {.min_tx = 100ms, .min_rx = 100ms, .multiplier = 3, .multihop = false, .minimum_ttl = 0}; }

// "start 192.0.2.1 from any every 100 ms; stop 192.0.2.1"
std::string asked(const OneSpeaker& one) {
  std::string out;
  for (const Output& output : one.outputs) {
    if (const auto* start = std::get_if<output::BfdStart>(&output))
      out += "start " + start->wish.remote.to_string() + " from " +
             (start->wish.local ? start->wish.local->to_string() : "any") + " every " +
             std::to_string(start->wish.config.min_tx / 1ms) + " ms; ";
    if (const auto* stop = std::get_if<output::BfdStop>(&output)) out += "stop " + stop->remote.to_string() + "; ";
  }
  return out;
}

input::BfdState fell() {
  return {ip("192.0.2.1"), false, bfd::Diagnostic::ControlDetectionTimeExpired, false, false};
}

TEST_CASE("BFD is asked for with the peer, whatever BGP does, and no more when it is taken out") {
  OneSpeaker one(with_bfd(fast()));
  CHECK(asked(one) == "start 192.0.2.1 from any every 100 ms; ");
  one.reconfigure(with_bfd(std::nullopt));
  CHECK(asked(one) == "start 192.0.2.1 from any every 100 ms; stop 192.0.2.1; ");
}

TEST_CASE("a peer that goes takes its BFD session along; one without BFD never had one") {
  OneSpeaker one(config_of({[] { PeerSettings p = neighbour("192.0.2.1", 65001); p.bfd = fast(); return p; }(),
                            neighbour("192.0.2.2", 65002)}));
  one.reconfigure(config_of({}));
  CHECK(asked(one) == "start 192.0.2.1 from any every 100 ms; stop 192.0.2.1; ");
}

TEST_CASE("its source is the configured address, else that of the BGP session") {
  OneSpeaker configured(with_bfd(fast(), ip("192.0.2.254")));
  CHECK(asked(configured) == "start 192.0.2.1 from 192.0.2.254 every 100 ms; ");
  OneSpeaker one(with_bfd(fast()));
  one.establish("192.0.2.1", 65001);
  CHECK(asked(one) == "start 192.0.2.1 from any every 100 ms; start 192.0.2.1 from 192.0.2.254 every 100 ms; ");
}

TEST_CASE("other BFD intervals keep the BGP session") {
  OneSpeaker one(with_bfd(fast(), ip("192.0.2.254")));
  one.establish("192.0.2.1", 65001);
  BfdConfig slow = fast();
  slow.min_tx = 700ms;
  one.reconfigure(with_bfd(slow, ip("192.0.2.254")));
  CHECK(asked(one).ends_with("start 192.0.2.1 from 192.0.2.254 every 700 ms; "));
  CHECK(one.peer("192.0.2.1").state == session::State::Established);
}

TEST_CASE("BFD that falls ends the session with Cease 6/10 and its routes are gone (RFC 9384)") {
  OneSpeaker one(with_bfd(fast()));
  ConnId conn = one.establish("192.0.2.1", 65001);
  one.say(conn, announcement("10.0.0.0/8"));
  REQUIRE(one.routes() == "10.0.0.0/8 best 192.0.2.1");
  one.handle(fell());
  CHECK(one.peer("192.0.2.1").state == session::State::Idle);
  CHECK(one.heard[conn.value].ends_with("NOTIFICATION 6/10"));
  CHECK(one.routes() == "");
}

TEST_CASE("the session comes back without BFD: it does not hold down what it brought down") {
  OneSpeaker one(with_bfd(fast()));
  one.establish("192.0.2.1", 65001);
  one.handle(fell());
  one.wait(6s);
  one.establish("192.0.2.1", 65001);
}

TEST_CASE("what BFD says otherwise touches nothing: coming up, a neighbour's AdminDown, a peer that has none") {
  OneSpeaker one(with_bfd(fast()));
  one.establish("192.0.2.1", 65001);
  input::BfdState up = fell(), administrative = fell(), stranger = fell();
  up.is_up = true;
  administrative.is_administrative = true;
  stranger.remote = ip("192.0.2.77");
  for (const input::BfdState& state : {up, administrative, stranger}) one.handle(state);
  CHECK(one.peer("192.0.2.1").state == session::State::Established);
  one.reconfigure(with_bfd(std::nullopt));
  one.handle(fell());  // was on its way
  CHECK(one.peer("192.0.2.1").state == session::State::Established);
}

TEST_CASE("BFD that falls while BGP is not Established changes nothing (RFC 5882 §4.3.2)") {
  OneSpeaker one(with_bfd(fast()));
  session::State before = one.peer("192.0.2.1").state;
  one.handle(fell());
  CHECK(one.peer("192.0.2.1").state == before);
}

}  // namespace
}  // namespace bgp::speaker
