// What the speaker asks of the rim and shows of itself.
#include "one_speaker.h"

namespace bgp::speaker {
namespace {

const char* const kPeer = "192.0.2.1";
const char* const kOther = "192.0.2.2";

OneSpeaker with_two_peers(bool has_fib = false) {
  return OneSpeaker(config_of({neighbour(kPeer, 65001), neighbour(kOther, 65002)}), has_fib);
}
void end_of_rib(OneSpeaker& one, ConnId conn) {
  for (Family family : {Family::IPv4, Family::IPv6}) one.say(conn, wire::encode_end_of_rib(family));
}

// ---- output::Converged --------------------------------------------------------------------------------------------

TEST_CASE("converged: when every peer has said End-of-RIB of every family, and once") {
  OneSpeaker one = with_two_peers();
  ConnId first = one.establish(kPeer, 65001), second = one.establish(kOther, 65002);
  end_of_rib(one, first);
  CHECK(one.count<output::Converged>() == 0);
  one.say(second, wire::encode_end_of_rib(Family::IPv4));
  CHECK(one.count<output::Converged>() == 0);
  one.say(second, wire::encode_end_of_rib(Family::IPv6));
  CHECK(one.count<output::Converged>() == 1);
  one.wait(300s);
  CHECK(one.count<output::Converged>() == 1);
}

TEST_CASE("converged comes after the routes that it speaks of") {
  OneSpeaker one(config_of({neighbour(kPeer, 65001)}), true);
  ConnId conn = one.establish(kPeer, 65001);
  Bytes all = announcement("10.0.0.0/8");
  for (Family family : {Family::IPv4, Family::IPv6})
    all = tests::support::operator+(all, wire::encode_end_of_rib(family));
  one.outputs.clear();
  one.speaker.handle(input::Received{conn, all}, one.now);
  one.settle();
  CHECK(one.count<output::Converged>() == 0);  // the next hop is being looked up: sweeping now would delete the route
  one.handle(input::NextHopStates{{{ip("192.0.2.1"), true, 0}}});
  CHECK(one.count<output::Routes>() == 1);
  CHECK(one.count<output::Converged>() == 1);
  CHECK(std::holds_alternative<output::Converged>(one.outputs.back()));
}

TEST_CASE("a peer that was tried and is dead holds up the others for 5 s, no longer") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001), neighbour(kOther, 65002)});
  config.peers[1].change().session.passive = false;
  OneSpeaker one(config);
  ConnId first = one.establish(kPeer, 65001);
  end_of_rib(one, first);
  for (const Output& output : std::vector<Output>(one.outputs))
    if (const auto* connect = std::get_if<output::Connect>(&output))
      one.handle(input::ConnectFailed{connect->conn, "Connection refused"});
  one.wait(4900ms);
  CHECK(one.count<output::Converged>() == 0);
  one.wait(100ms);
  CHECK(one.count<output::Converged>() == 1);
}

TEST_CASE("limits::kSelectionDeferral: a peer that never says End-of-RIB has 120 s") {
  OneSpeaker one(config_of({neighbour(kPeer, 65001)}));
  ConnId conn = one.establish(kPeer, 65001);
  for (int i = 0; i < 4; ++i) {
    one.wait(29s);
    one.say(conn, wire::encode_keepalive());
  }
  one.wait(3900ms);
  CHECK(one.count<output::Converged>() == 0);
  one.wait(100ms);
  CHECK(one.count<output::Converged>() == 1);
}

TEST_CASE("without a peer there is nobody to wait for, but the first configuration may be yet to come") {
  OneSpeaker one(config_of({}));
  CHECK(one.count<output::Converged>() == 0);
  one.wait(5s);
  CHECK(one.count<output::Converged>() == 1);
}

TEST_CASE("a shutdown is no convergence, and after it nothing is decided any more") {
  OneSpeaker one(config_of({neighbour(kPeer, 65001)}), true);
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8"));
  one.handle(input::NextHopStates{{{ip("192.0.2.1"), true, 0}}});
  one.wait(10s);
  one.outputs.clear();
  one.handle(input::Shutdown{"bye"});
  one.wait(300s);
  CHECK(one.count<output::Converged>() == 0);
  CHECK(one.count<output::Routes>() == 0);
  CHECK(one.count<output::Close>() == 1);
  CHECK(one.heard[conn.value].ends_with("NOTIFICATION 6/2"));
}

// ---- routes -------------------------------------------------------------------------------------------------------

// What the FIB was told since the last call: "10.0.0.0/8 via 192.0.2.1; 10.1.0.0/26 blackhole".
std::string fib(OneSpeaker& one) {
  std::string out;
  for (const Output& output : std::exchange(one.outputs, {})) {
    const auto* routes = std::get_if<output::Routes>(&output);
    if (!routes) continue;
    for (const rib::RouteChange& change : routes->changes) {
      out += (out.empty() ? "" : "; ") + change.prefix.to_string();
      if (change.kind == rib::RouteChange::Kind::None) out += " none";
      if (change.kind == rib::RouteChange::Kind::Blackhole) out += " blackhole";
      if (change.kind == rib::RouteChange::Kind::Unicast) out += " via";
      for (const rib::RouteChange::NextHop& hop : change.next_hops) out += " " + hop.gateway.address.to_string();
    }
  }
  return out;
}

TEST_CASE("blocks of ours are blackholes, routes of the kernel are left alone, the rest goes via its next hops") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001), neighbour(kOther, 65001)});
  config.own_blocks = {prefix("10.1.0.0/26")};
  OneSpeaker one(config, true);
  CHECK(fib(one) == "10.1.0.0/26 blackhole");
  one.handle(input::LocalRoutes{{prefix("10.1.0.5/32")}, {}});
  CHECK(fib(one) == "10.1.0.5/32 none");
  ConnId first = one.establish(kPeer, 65001), second = one.establish(kOther, 65001);
  one.handle(input::NextHopStates{});
  one.say(first, announcement("20.0.0.0/8"));
  CHECK(one.count<output::WatchNextHop>() == 1);
  CHECK(fib(one) == "");
  one.handle(input::NextHopStates{{{ip("192.0.2.1"), true, 0}}});
  CHECK(fib(one) == "20.0.0.0/8 via 192.0.2.1");
  one.say(second, announcement("20.0.0.0/8", "02 01 0000fde9", "", "c0000202"));
  one.handle(input::NextHopStates{{{ip("192.0.2.2"), true, 0}}});
  CHECK(fib(one) == "20.0.0.0/8 via 192.0.2.1 192.0.2.2");
  one.handle(input::NextHopStates{{{ip("192.0.2.1"), false, 0}}});
  CHECK(fib(one) == "20.0.0.0/8 via 192.0.2.2");
  one.handle(input::Closed{second, "Connection closed"});
  CHECK(one.count<output::UnwatchNextHop>() <= 1);
  CHECK(fib(one) == "");  // it changed a moment ago
  one.wait(limits::kChangeWindow);
  CHECK(fib(one) == "20.0.0.0/8 none");
  one.handle(input::LocalRoutes{{}, {prefix("10.1.0.5/32")}});
  CHECK(fib(one) == "10.1.0.5/32 none");
}

TEST_CASE("a route that is withdrawn and announced again in one read is never out of reach in between") {
  OneSpeaker one = with_two_peers(true);
  ConnId conn = one.establish(kPeer, 65001);
  ConnId other = one.establish(kOther, 65002);
  one.say(conn, announcement("20.0.0.0/8"));
  one.handle(input::NextHopStates{{{ip("192.0.2.1"), true, 0}}});
  one.say(other, announcement("30.0.0.0/8", "02 01 0000fdea", "", "c0000202"));  // another next hop is the latest
  one.outputs.clear();
  one.say(conn, tests::support::operator+(withdrawal("20.0.0.0/8"), announcement("20.0.0.0/8")));
  CHECK(one.count<output::WatchNextHop>() == 0);
  CHECK(one.count<output::UnwatchNextHop>() == 0);
  CHECK(fib(one) == "20.0.0.0/8 via 192.0.2.1");
}

TEST_CASE("a change leaves no timer behind; the next one of its prefix waits for the end of the window") {
  OneSpeaker one = with_two_peers();
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("20.0.0.0/8"));
  one.say(conn, announcement("20.0.0.0/8", "02 02 0000fde9 0000fdeb"));
  CHECK(one.speaker.next_deadline() > one.now + limits::kChangeWindow);
  one.say(conn, announcement("20.0.0.0/8"));
  CHECK(one.speaker.has_undecided());
  CHECK(one.speaker.next_deadline() <= one.now + limits::kChangeWindow);
  one.wait(limits::kChangeWindow);
  CHECK_FALSE(one.speaker.has_undecided());
  one.wait(1s);
  one.say(conn, announcement("20.0.0.0/8", "02 02 0000fde9 0000fdeb"));
  CHECK_FALSE(one.speaker.has_undecided());
}

TEST_CASE("pages of routes are in order, go on where they stopped, and end") {
  OneSpeaker one = with_two_peers();
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("30.0.0.0/8 10.0.0.0/8 20.0.0.0/8"));
  CHECK(one.routes(2) == "10.0.0.0/8 best 192.0.2.1; 20.0.0.0/8 best 192.0.2.1; next 30.0.0.0/8");
  CHECK(one.routes(2, "30.0.0.0/8") == "30.0.0.0/8 best 192.0.2.1");
  CHECK(one.routes(3) == "10.0.0.0/8 best 192.0.2.1; 20.0.0.0/8 best 192.0.2.1; 30.0.0.0/8 best 192.0.2.1");
  ConnId other = one.establish(kOther, 65002);
  one.say(other, announcement("10.0.0.0/8", "02 02 0000fdea 0000fdeb"));
  CHECK(one.routes(1) == "10.0.0.0/8 best 192.0.2.1; 10.0.0.0/8 192.0.2.2; next 20.0.0.0/8");
}

// ---- status -------------------------------------------------------------------------------------------------------

TEST_CASE("a snapshot shows the peers by address, and what each said and heard") {
  OneSpeaker one = with_two_peers();
  ConnId second = one.establish(kOther, 65002);
  ConnId first = one.establish(kPeer, 65001);
  one.say(first, announcement("10.0.0.0/8 20.0.0.0/8 127.0.0.0/8"));
  Snapshot snapshot = one.speaker.snapshot(one.now);
  REQUIRE(snapshot.peers.size() == 2);
  CHECK(snapshot.peers[0].address == ip(kPeer));
  CHECK(snapshot.peers[0].ipv4.received == 3);
  CHECK(snapshot.peers[0].ipv4.accepted == 2);
  CHECK(snapshot.peers[0].ipv4.advertised == 0);
  CHECK(snapshot.peers[0].counters.updates_in == 1);
  CHECK(snapshot.peers[1].ipv4.advertised == 2);
  CHECK(snapshot.peers[1].counters.updates_out == 3);  // two End-of-RIB and the routes
  CHECK(one.heard[second.value] == "OPEN KEEPALIVE UPDATE UPDATE UPDATE");
  CHECK_FALSE(one.speaker.peer_detail(ip("192.0.2.77")).has_value());
}

TEST_CASE("RFC 4271 §9.1.2.2 g: the lower address wins, also after peers came between") {
  // Equal in everything, the BGP Identifier included; only the addresses differ.
  auto establish_as_7 = [](OneSpeaker& one, const char* from, uint32_t as) {
    ConnId conn = one.connect(from);
    wire::Open open;
    open.my_as = Asn{as};
    open.identifier = BgpIdentifier{7};
    open.capabilities.four_octet_as = Asn{as};
    one.say(conn, wire::encode(open));
    one.say(conn, wire::encode_keepalive());
    return conn;
  };
  for (bool low_first : {false, true}) {
    SpeakerConfig config = config_of({neighbour("192.0.2.10", 65001)});
    OneSpeaker one(config);
    ConnId high = establish_as_7(one, "192.0.2.10", 65001);
    config.peers.insert(config.peers.begin(), neighbour("192.0.2.2", 65002));
    one.reconfigure(config);
    ConnId low = establish_as_7(one, "192.0.2.2", 65002);
    if (low_first) one.say(low, announcement("10.0.0.0/8", "02 01 0000fdea", "", "c0000202"));
    one.say(high, announcement("10.0.0.0/8"));
    if (!low_first) one.say(low, announcement("10.0.0.0/8", "02 01 0000fdea", "", "c0000202"));
    CHECK(one.routes() == "10.0.0.0/8 best 192.0.2.2; 10.0.0.0/8 192.0.2.10");
  }
}

TEST_CASE("RFC 2918: a peer that asks is told everything again") {
  OneSpeaker one = with_two_peers();
  ConnId first = one.establish(kPeer, 65001), second = one.establish(kOther, 65002);
  one.say(first, announcement("10.0.0.0/8"));
  one.heard.clear();
  one.say(second, wire::encode(wire::RouteRefresh{}));
  CHECK(one.heard[second.value] == "UPDATE");
}

TEST_CASE("a keepalive does not fall into the middle of an UPDATE") {
  OneSpeaker one = with_two_peers();
  ConnId first = one.establish(kPeer, 65001), second = one.establish(kOther, 65002);
  one.speaker.handle(input::Received{first, announcement("10.0.0.0/8")}, one.now);
  while (one.speaker.run(one.now)) {}
  Bytes stream;
  auto take = [&](size_t max) {
    ByteView view = one.speaker.bytes_to_send(second, max);
    stream.insert(stream.end(), view.begin(), view.end());
    one.speaker.sent(second, view.size(), one.now);
    return !view.empty();
  };
  take(5);
  one.now += 40s;
  one.speaker.expire(one.now);
  while (take(7)) {}
  size_t update_size = static_cast<size_t>(stream[16]) << 8 | stream[17];
  REQUIRE(stream.size() == update_size + 19);
  CHECK(stream[18] == 2);
  CHECK(stream[update_size + 18] == 4);
}

}  // namespace
}  // namespace bgp::speaker
