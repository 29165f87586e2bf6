// Maximum prefixes: RFC 4486 §4.
#include "one_speaker.h"

namespace bgp::speaker {
namespace {

const char* const kPeer = "192.0.2.1";
using Action = session::MaxPrefixConfig::Action;

SpeakerConfig limited(uint32_t limit, Action action) {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001)});
  config.peers[0].change().session.max_prefix = {limit, 75, action, 60};
  return config;
}

TEST_CASE("fault 16: the limit may be reached, not crossed: 6/1, and again only after the restart time, however it flaps") {
  OneSpeaker one(limited(2, Action::Restart));
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
  CHECK(one.peer(kPeer).state == session::State::Established);
  one.say(conn, announcement("12.0.0.0/8"));
  CHECK(one.heard[conn.value].ends_with("NOTIFICATION 6/1"));
  CHECK(one.routes() == "");
  for (int i = 0; i < 5; ++i) {
    ConnId again = one.connect(kPeer);
    CHECK(one.heard[again.value] == "");
    one.wait(11s);
  }
  one.wait(5s);
  conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8 11.0.0.0/8 12.0.0.0/8"));
  CHECK(one.heard[conn.value].ends_with("NOTIFICATION 6/1"));
}

TEST_CASE("stop: the peer stays out until its configuration changes") {
  OneSpeaker one(limited(1, Action::Stop));
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
  CHECK(one.heard[conn.value].ends_with("NOTIFICATION 6/1"));
  one.wait(24h);
  CHECK(one.heard[one.connect(kPeer).value] == "");
  one.reconfigure(limited(5, Action::Stop));
  one.wait(1ms);
  conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
  CHECK(one.peer(kPeer).state == session::State::Established);
}

TEST_CASE("warn: one line near the limit, one beyond it, and nothing else happens") {
  OneSpeaker one(limited(4, Action::Warn));
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
  CHECK(one.logged("max_prefixes_near") == 0);
  for (const char* more : {"12.0.0.0/8", "13.0.0.0/8", "14.0.0.0/8", "15.0.0.0/8"}) one.say(conn, announcement(more));
  CHECK(one.logged("max_prefixes_near") == 1);
  CHECK(one.logged("max_prefixes_exceeded") == 1);
  CHECK(one.peer(kPeer).ipv4.received == 6);
}

TEST_CASE("rejected routes count, a repeated one does not, and a withdrawn one no more") {
  SpeakerConfig config = limited(2, Action::Restart);
  config.peers[0].change().import = std::make_shared<policy::Filter>();  // accepts nothing
  OneSpeaker one(config);
  ConnId conn = one.establish(kPeer, 65001);
  for (int i = 0; i < 3; ++i) one.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
  one.say(conn, withdrawal("10.0.0.0/8"));
  one.say(conn, announcement("12.0.0.0/8"));
  CHECK(one.peer(kPeer).state == session::State::Established);
  one.say(conn, announcement("13.0.0.0/8"));
  CHECK(one.heard[conn.value].ends_with("NOTIFICATION 6/1"));
}

TEST_CASE("a limit of 2^32 - 1 neither overflows nor is ever near") {
  OneSpeaker one(limited(0xffffffff, Action::Stop));
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8"));
  CHECK(one.logged("max_prefixes_near") == 0);
  CHECK(one.peer(kPeer).state == session::State::Established);
}

TEST_CASE("a limit that is lowered below what is there counts at once, one that is raised asks nobody") {
  OneSpeaker one(limited(5, Action::Restart));
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8 11.0.0.0/8 12.0.0.0/8"));
  one.reconfigure(limited(9, Action::Restart));
  CHECK(one.peer(kPeer).state == session::State::Established);
  one.reconfigure(limited(2, Action::Restart));
  CHECK(one.heard[conn.value].ends_with("NOTIFICATION 6/1"));
}

TEST_CASE("a message that crosses the limit in its middle: nothing of it is told to others or to the kernel") {
  SpeakerConfig config = limited(2, Action::Restart);
  config.peers.push_back(neighbour("192.0.2.9", 65009));
  OneSpeaker one(config, true);
  ConnId observer = one.establish("192.0.2.9", 65009);
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8"));
  one.handle(input::NextHopStates{{{ip("192.0.2.1"), true, 0}}});
  REQUIRE(one.routes() == "10.0.0.0/8 best 192.0.2.1");
  std::string before = one.heard[observer.value];
  one.outputs.clear();
  // Two messages in one segment: the first reaches the limit, the second is beyond it from its second prefix on.
  Bytes both = announcement("10.0.0.0/8");
  Bytes second = announcement("11.0.0.0/8 12.0.0.0/8 13.0.0.0/8");
  both.insert(both.end(), second.begin(), second.end());
  one.say(conn, both);
  CHECK(one.heard[conn.value].ends_with("NOTIFICATION 6/1"));
  std::string kernel;
  for (const Output& output : one.outputs)
    if (const auto* routes = std::get_if<output::Routes>(&output))
      for (const rib::RouteChange& change : routes->changes)
        kernel += (change.kind == rib::RouteChange::Kind::None ? "-" : "+") + change.prefix.to_string() + " ";
  CHECK(kernel == "-10.0.0.0/8 ");
  CHECK(one.heard[observer.value] == before + " UPDATE");  // the withdrawal of 10/8
  CHECK(one.routes() == "");
}

}  // namespace
}  // namespace bgp::speaker
