// What configured filters make of routes: import and its edits, a change of them, interfaces, the kernel's share.
#include "one_speaker.h"

namespace bgp::speaker {
namespace {

const char* const kPeer = "192.0.2.1";
const char* const kOther = "192.0.2.2";

policy::FilterPtr filter_of(std::vector<policy::Rule> rules) {
  return std::make_shared<policy::Filter>(policy::Filter{std::move(rules)});
}
policy::PrefixRange inside(const char* text) { return {prefix(text), 0, 128}; }
policy::Rule accept_with(policy::Edits edits) { return {{}, policy::Verdict::Accept, false, {}, std::move(edits)}; }
policy::Rule reject_if(policy::Condition condition) { return {{}, policy::Verdict::Reject, false, std::move(condition), {}}; }

std::string communities(const OneSpeaker& one, const char* of) {
  std::string out;
  for (const RouteSnapshot& route : one.speaker.routes({}, 100, [&](const Prefix& p) { return p == prefix(of); }).routes)
    for (const std::string& text : wire::communities_text(route.attributes)) out += (out.empty() ? "" : " ") + text;
  return out;
}

std::vector<rib::RouteChange> kernel_changes(OneSpeaker& one) {
  std::vector<rib::RouteChange> all;
  for (const Output& output : one.outputs)
    if (const auto* routes = std::get_if<output::Routes>(&output))
      all.insert(all.end(), routes->changes.begin(), routes->changes.end());
  one.outputs.clear();
  return all;
}

TEST_CASE("an import filter edits what it accepts, and a new one begins with what was received: no refresh, no reset") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001)});
  config.peers[0].change().import = filter_of({reject_if({.community = 0x00070008}), accept_with({.communities = {0x00010002}})});
  OneSpeaker one(config);
  ConnId conn = one.establish(kPeer, 65001);
  std::string before = one.heard[conn.value];
  one.say(conn, announcement("10.0.0.0/8", "02 01 0000fde9", "c0 08 04 00030004"));
  one.say(conn, announcement("11.0.0.0/8", "02 01 0000fde9", "c0 08 04 00070008"));
  CHECK(one.routes() == "10.0.0.0/8 best 192.0.2.1; 11.0.0.0/8 192.0.2.1, rejected by the import policy");
  CHECK(communities(one, "10.0.0.0/8") == "3:4 1:2");
  CHECK(communities(one, "11.0.0.0/8") == "7:8");
  config.peers[0].change().import = filter_of({accept_with({.communities = {0x00050006}})});
  one.reconfigure(config);
  CHECK(communities(one, "10.0.0.0/8") == "3:4 5:6");
  CHECK(communities(one, "11.0.0.0/8") == "7:8 5:6");
  config.peers[0].change().import = nullptr;
  one.reconfigure(config);
  CHECK(communities(one, "10.0.0.0/8") == "3:4");
  CHECK(one.peer(kPeer).counters.flaps == 0);
  CHECK(one.heard[conn.value] == before);  // nothing was asked of the peer
}

TEST_CASE("an edit that makes a set larger than a set may be rejects the route") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001)});
  policy::Edits edits;
  for (uint32_t n = 0; n < limits::kAttributeBytesMax / 4; ++n) edits.communities.push_back(n);
  config.peers[0].change().import = filter_of({accept_with(edits)});
  OneSpeaker one(config);
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8"));
  CHECK(one.routes() == "10.0.0.0/8 192.0.2.1, rejected by the import policy");
}

TEST_CASE("a filter may ask by which interface a route goes out, and is asked again when that changes") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001), neighbour(kOther, 65002)});
  config.peers[0].change().import = filter_of({reject_if({.interface = "eth1"}), accept_with({})});
  config.export_filter = filter_of({reject_if({.interface = "cali*"}), accept_with({})});
  OneSpeaker one(config, true);
  ConnId conn = one.establish(kPeer, 65001);
  one.establish(kOther, 65002);
  one.say(conn, announcement("10.0.0.0/8"));
  one.handle(input::NextHopStates{{{ip("192.0.2.1"), true, 0, 0, "eth0"}}});
  CHECK(one.routes() == "10.0.0.0/8 best 192.0.2.1");
  CHECK(one.peer(kOther).ipv4.advertised == 1);
  one.handle(input::NextHopStates{{{ip("192.0.2.1"), true, 0, 0, "eth1"}}});
  CHECK(one.routes() == "10.0.0.0/8 192.0.2.1, rejected by the import policy");
  CHECK(one.peer(kOther).ipv4.advertised == 0);
  one.handle(input::NextHopStates{{{ip("192.0.2.1"), true, 0, 0, "cali1"}}});
  CHECK(one.routes() == "10.0.0.0/8 best 192.0.2.1");
  CHECK(one.peer(kOther).ipv4.advertised == 0);
  one.handle(input::LocalRoutes{{{prefix("10.1.0.1/32"), {"cali2", 0, false}}, {prefix("10.1.0.2/32"), {"eth0", 0, false}}}, {}});
  CHECK(one.peer(kOther).ipv4.advertised == 1);
  for (const RouteSnapshot& route : one.speaker.routes({}, 9, [](const Prefix&) { return true; }).routes)
    for (wire::AttributeView a : wire::attributes_of(route.attributes)) CHECK(a.code != policy::kLocalOriginCode);
}

TEST_CASE("service routes are announced, and are nothing in the kernel; blocks are blackholes there") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001)});
  config.own_blocks = {prefix("10.1.0.0/26")};
  config.service_routes = {prefix("10.96.0.0/12")};
  OneSpeaker one(config, true);
  one.establish(kPeer, 65001);
  CHECK(one.peer(kPeer).ipv4.advertised == 2);
  for (const rib::RouteChange& change : kernel_changes(one))
    CHECK(change.kind == (change.prefix == prefix("10.1.0.0/26") ? rib::RouteChange::Kind::Blackhole : rib::RouteChange::Kind::None));
  config.service_routes.clear();
  one.reconfigure(config);
  CHECK(one.peer(kPeer).ipv4.advertised == 1);
}

TEST_CASE("the kernel filter: what it rejects is chosen and told, but not in the kernel; a change moves only what it means") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001), neighbour(kOther, 65002)});
  config.kernel_filter = filter_of({{{inside("10.96.0.0/12")}, policy::Verdict::Reject}, {{}, policy::Verdict::Accept}});
  OneSpeaker one(config, true);
  ConnId conn = one.establish(kPeer, 65001);
  one.establish(kOther, 65002);
  one.handle(input::NextHopStates{{{ip("192.0.2.1"), true, 0}}});
  one.say(conn, announcement("10.96.1.0/24"));
  one.say(conn, announcement("11.0.0.0/8"));
  one.handle(input::NextHopStates{{{ip("192.0.2.1"), true, 0}}});
  CHECK(one.peer(kOther).ipv4.advertised == 2);
  for (const rib::RouteChange& change : kernel_changes(one))
    CHECK(change.kind == (change.prefix == prefix("11.0.0.0/8") ? rib::RouteChange::Kind::Unicast : rib::RouteChange::Kind::None));
  config.kernel_filter = nullptr;
  one.reconfigure(config);
  std::vector<rib::RouteChange> changes = kernel_changes(one);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].prefix == prefix("10.96.1.0/24"));
  CHECK(changes[0].kind == rib::RouteChange::Kind::Unicast);
  config.kernel_filter = filter_of({{{inside("11.0.0.0/8")}, policy::Verdict::Reject}, {{}, policy::Verdict::Accept}});
  one.reconfigure(config);
  changes = kernel_changes(one);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].kind == rib::RouteChange::Kind::None);
}

}  // namespace
}  // namespace bgp::speaker
