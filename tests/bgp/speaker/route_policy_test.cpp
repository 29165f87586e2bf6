// What the fixed rules of BGP make of a peer's routes: loops, leaks, graceful shutdown, blackholes.
#include "one_speaker.h"

namespace bgp::speaker {
namespace {

const char* const kPeer = "192.0.2.1";
const char* const kOther = "192.0.2.2";
const char* const kPathOfOther = "02 01 0000fdea";
const char* const kOwnAsTwice = "02 03 0000fde9 0000fde8 0000fde8";

std::vector<rib::RouteChange> kernel_changes(const OneSpeaker& one) {
  std::vector<rib::RouteChange> all;
  for (const Output& output : one.outputs)
    if (const auto* routes = std::get_if<output::Routes>(&output))
      all.insert(all.end(), routes->changes.begin(), routes->changes.end());
  return all;
}

TEST_CASE("allow-own-AS: our AS may stand in the path so often, and a change is applied to what is there") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001)});
  OneSpeaker one(config);
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8", kOwnAsTwice));
  CHECK(one.routes() == "10.0.0.0/8 192.0.2.1, our own AS is in the path");
  config.peers[0].change().session.allow_own_as = 2;
  one.reconfigure(config);
  CHECK(one.routes() == "10.0.0.0/8 best 192.0.2.1");
  config.peers[0].change().session.allow_own_as = 1;
  one.reconfigure(config);
  CHECK(one.routes() == "10.0.0.0/8 192.0.2.1, our own AS is in the path");
  CHECK(one.peer(kPeer).counters.flaps == 0);
}

TEST_CASE("RFC 7705, Calico's localASNumber: the session's AS is what loops are looked for with") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001)});
  config.peers[0].change().session.local_as = Asn{65009};
  OneSpeaker one(config);
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8", "02 02 0000fde9 0000fde8"));
  one.say(conn, announcement("11.0.0.0/8", "02 02 0000fde9 0000fdf1"));
  CHECK(one.routes() == "10.0.0.0/8 best 192.0.2.1; 11.0.0.0/8 192.0.2.1, our own AS is in the path");
}

TEST_CASE("RFC 4456: a new cluster identifier is held against the routes that are there") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65000)});
  OneSpeaker one(config);
  ConnId conn = one.establish(kPeer, 65000);
  one.say(conn, announcement("10.0.0.0/8", "", "40 05 04 00000064 80 0a 04 07070707"));
  CHECK(one.routes() == "10.0.0.0/8 best 192.0.2.1");
  config.cluster_id = BgpIdentifier{0x07070707};
  one.reconfigure(config);
  CHECK(one.routes() == "10.0.0.0/8 192.0.2.1, our cluster is in the cluster list");
}

TEST_CASE("RFC 8326: a path whose neighbour is about to go is the last choice") {
  OneSpeaker one(config_of({neighbour(kPeer, 65001), neighbour(kOther, 65002)}));
  ConnId first = one.establish(kPeer, 65001), second = one.establish(kOther, 65002);
  one.say(first, announcement("10.0.0.0/8"));
  one.say(second, announcement("10.0.0.0/8", "02 02 0000fdea 00000007", "", "c0000202"));
  CHECK(one.routes() == "10.0.0.0/8 best 192.0.2.1; 10.0.0.0/8 192.0.2.2");
  one.say(first, announcement("10.0.0.0/8", "02 01 0000fde9", "c0 08 04 ffff0000"));
  CHECK(one.routes() == "10.0.0.0/8 best 192.0.2.2; 10.0.0.0/8 192.0.2.1");
}

TEST_CASE("RFC 8326: a node that drains tells its neighbours once more, over the same session") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001)});
  config.own_blocks = {prefix("10.1.0.0/26")};
  OneSpeaker one(config);
  ConnId conn = one.establish(kPeer, 65001);
  std::string before = one.heard[conn.value];
  config.graceful_shutdown = true;
  one.reconfigure(config);
  CHECK(one.heard[conn.value] == before + " UPDATE");
  CHECK(one.peer(kPeer).counters.flaps == 0);
}

TEST_CASE("RFC 7999: a BLACKHOLE route is one in the kernel, for those peers that may, and goes no further") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001), neighbour(kOther, 65002)});
  OneSpeaker one(config, true);
  ConnId conn = one.establish(kPeer, 65001);
  one.establish(kOther, 65002);
  one.handle(input::NextHopStates{{{ip("192.0.2.1"), true, 0}}});
  one.say(conn, announcement("10.0.0.1/32", "02 01 0000fde9", "c0 08 04 ffff029a"));
  one.handle(input::NextHopStates{{{ip("192.0.2.1"), true, 0}}});
  REQUIRE(kernel_changes(one).size() == 1);
  CHECK(kernel_changes(one)[0].kind == rib::RouteChange::Kind::Unicast);
  CHECK(one.peer(kOther).ipv4.advertised == 1);
  one.outputs.clear();
  config.peers[0].change().accept_blackhole = true;
  one.reconfigure(config);
  REQUIRE(kernel_changes(one).size() == 1);
  CHECK(kernel_changes(one)[0].kind == rib::RouteChange::Kind::Blackhole);
  CHECK(one.peer(kOther).ipv4.advertised == 0);
}

TEST_CASE("RFC 9234: a leak is kept and never chosen; what a provider said is told to customers alone") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001), neighbour(kOther, 65002), neighbour("192.0.2.3", 65003)});
  config.peers[0].change().session.role = session::Role::Customer;
  config.peers[1].change().session.role = session::Role::Peer;
  config.peers[2].change().session.role = session::Role::Provider;
  OneSpeaker one(config);
  ConnId provider = one.establish(kPeer, 65001), peer = one.establish(kOther, 65002),
         customer = one.establish("192.0.2.3", 65003);
  one.say(provider, announcement("10.0.0.0/8"));
  one.say(peer, announcement("11.0.0.0/8", kPathOfOther, "c0 23 04 00000007", "c0000202"));
  one.say(customer, announcement("12.0.0.0/8", "02 01 0000fdeb", "c0 23 04 0000fdeb", "c0000203"));
  one.say(customer, announcement("13.0.0.0/8", "02 01 0000fdeb", "", "c0000203"));
  const std::string leak = ", a route leak (ONLY_TO_CUSTOMER, RFC 9234)";
  CHECK(one.routes() == "10.0.0.0/8 best 192.0.2.1; 11.0.0.0/8 192.0.2.2" + leak + "; 12.0.0.0/8 192.0.2.3" + leak +
                            "; 13.0.0.0/8 best 192.0.2.3");
  CHECK(one.peer(kPeer).ipv4.advertised == 1);          // the customer's
  CHECK(one.peer(kOther).ipv4.advertised == 1);         // the customer's
  CHECK(one.peer("192.0.2.3").ipv4.advertised == 1);    // the provider's
}

}  // namespace
}  // namespace bgp::speaker
