// The status of a CalicoNodeStatus, field by field, in upstream's words.
#include "bgp/daemon/node_status_view.h"

#include <doctest/doctest.h>

#include "bgp/base/limits.h"
#include "ctl/bird/show.h"

using namespace bgp;
using namespace bgp::daemon;
using config::model::CalicoNodeStatus;
using config::model::to_compact_json;
using config::model::Value;

namespace {

const std::chrono::sys_seconds kNoon{std::chrono::sys_days{std::chrono::year{2016} / 12 / 5} + std::chrono::hours{12}};
const Clocks kClocks{Instant(48h), kNoon};
const BirdSelf kSelf{"v1", kNoon - std::chrono::hours(2), kNoon - std::chrono::hours(1)};
const CalicoNodeStatus kAll{"s", "node1", true, true, true, 10};

speaker::PeerSnapshot peer(const char* address, speaker::PeerType type, session::State state) {
  speaker::PeerSnapshot p;
  p.address = *IpAddress::parse(address);
  p.type = type;
  p.state = state;
  p.is_started = true;
  p.since = kClocks.steady - 30min;
  return p;
}

LiveStatus live_with(std::vector<speaker::PeerSnapshot> peers) {
  return {{Asn{64512}, {0x0a000001}, kClocks.steady, std::move(peers), {}, false, {}}, true, {}};
}

speaker::RouteSnapshot bgp_route(const char* prefix, const char* from) {
  speaker::RouteSnapshot r;
  r.view.prefix = *Prefix::parse(prefix);
  r.view.is_best = r.view.is_reachable = true;
  r.peer = IpAddress::parse(from);
  r.next_hop = IpAddress::parse(from);
  return r;
}
speaker::RouteSnapshot local_route(const char* prefix, rib::LocalKind kind) {
  speaker::RouteSnapshot r;
  r.view.prefix = *Prefix::parse(prefix);
  r.view.is_best = r.view.is_reachable = true;
  r.view.peer = rib::kLocalPeer;
  r.view.path_id = static_cast<uint32_t>(kind);
  return r;
}
BirdRouteFacts facts(fib::RouteState state, std::optional<fib::Way> way = {}) {
  return {{state, 0, "", {}}, way};
}

void add(LiveStatus& live, const speaker::RouteSnapshot& route, const BirdRouteFacts& fact) {
  LiveStatus::Table& table = live.tables[rib::index_of(route.view.prefix.family())];
  table.page.routes.push_back(route);
  table.facts.push_back(fact);
}

Value status_of(const LiveStatus& live, const CalicoNodeStatus& wanted = kAll) {
  return to_report(wanted, live, kSelf, kClocks).status;
}
std::string json(const Value& status, const char* key) { return to_compact_json(*status.find(key)); }
std::string only_route(const LiveStatus& live, const char* list = "routesV4") {
  const Value status = status_of(live);
  const Value* routes = status.find("routes")->find(list);
  REQUIRE(routes != nullptr);
  REQUIRE(routes->items.size() == 1);
  return to_compact_json(routes->items[0]);
}

}  // namespace

TEST_CASE("classes that are not wanted are there and empty, as upstream's types have it") {
  Value none = status_of(live_with({peer("10.0.0.2", speaker::PeerType::Global, session::State::Idle)}),
                         CalicoNodeStatus{"s", "node1", false, false, false, 10});
  CHECK(to_compact_json(none) ==
        R"({"agent":{"birdV4":{},"birdV6":{}},"bgp":{"numberEstablishedV4":0,"numberNotEstablishedV4":0,)"
        R"("numberEstablishedV6":0,"numberNotEstablishedV6":0},"routes":{}})");
}

TEST_CASE("agent: birdV4 and birdV6 are one process, in BIRD's words") {
  Value agent = *status_of(live_with({})).find("agent");
  const Value& v4 = *agent.find("birdV4");
  CHECK(v4.find("state")->text == "Ready");
  CHECK(v4.find("version")->text == "v1");
  CHECK(v4.find("routerID")->text == "10.0.0.1");
  CHECK(v4.find("lastBootTime")->text == ctl::bird::date_and_time(to_bird_time(kSelf.booted)));
  CHECK(v4.find("lastBootTime")->text.size() == std::string("2016-12-05 10:00:00").size());
  CHECK(v4.find("lastReconfigurationTime")->text == ctl::bird::date_and_time(to_bird_time(kSelf.reconfigured)));
  CHECK(*agent.find("birdV6") == v4);
}

TEST_CASE("bgp: counts and peers of each family, with peerIP, type, state and since") {
  using enum speaker::PeerType;
  speaker::PeerSnapshot old = peer("fd00::2", NodeSpecific, session::State::Established);
  old.since = kClocks.steady - 21h;
  Value bgp = *status_of(live_with({peer("10.0.0.2", NodeToNodeMesh, session::State::Established),
                                    peer("10.0.0.3", Global, session::State::Active), old})).find("bgp");
  auto number = [&](const char* key) { return bgp.find(key)->text; };
  CHECK(number("numberEstablishedV4") == "1");
  CHECK(number("numberNotEstablishedV4") == "1");
  CHECK(number("numberEstablishedV6") == "1");
  CHECK(number("numberNotEstablishedV6") == "0");
  std::string recently = ctl::bird::date_and_time(to_bird_time(kNoon - std::chrono::minutes(30))).substr(11);
  CHECK(json(bgp, "peersV4") == R"([{"peerIP":"10.0.0.2","type":"NodeMesh","state":"Established","since":")" + recently +
                                    R"("},{"peerIP":"10.0.0.3","type":"GlobalPeer","state":"Active","since":")" + recently + R"("}])");
  std::string day = ctl::bird::date_and_time(to_bird_time(kNoon - std::chrono::hours(21))).substr(0, 10);
  CHECK(json(bgp, "peersV6") == R"([{"peerIP":"fd00::2","type":"NodePeer","state":"Established","since":")" + day + R"("}])");
}

TEST_CASE("a pod that is a peer is left out, as upstream does, whose type has no word for it") {
  const Value bgp = *status_of(live_with({peer("192.168.1.7", speaker::PeerType::LocalWorkload, session::State::Established)}))
                         .find("bgp");
  CHECK(bgp.find("numberEstablishedV4")->text == "0");
  CHECK(bgp.find("peersV4") == nullptr);
}

TEST_CASE("routes: what a peer told, FIB where the kernel has it and RIB where not") {
  LiveStatus live = live_with({peer("10.0.0.2", speaker::PeerType::NodeToNodeMesh, session::State::Established)});
  fib::Way way{IpAddress::parse("10.0.0.2"), "eth0"};
  LiveStatus in_kernel = live;
  add(in_kernel, bgp_route("192.168.2.0/26", "10.0.0.2"), facts(fib::RouteState::Installed, way));
  CHECK(only_route(in_kernel) == R"({"type":"FIB","destination":"192.168.2.0/26","gateway":"10.0.0.2","interface":"eth0",)"
                                 R"("learnedFrom":{"sourceType":"NodeMesh","peerIP":"10.0.0.2"}})");
  LiveStatus refused = live;
  add(refused, bgp_route("192.168.2.0/26", "10.0.0.2"), facts(fib::RouteState::Failed, way));
  CHECK(only_route(refused).starts_with(R"({"type":"RIB")"));
  LiveStatus second = live;
  speaker::RouteSnapshot loser = bgp_route("192.168.2.0/26", "10.0.0.2");
  loser.view.is_best = false;
  add(second, loser, facts(fib::RouteState::Installed, way));
  CHECK(only_route(second).starts_with(R"({"type":"RIB")"));
}

TEST_CASE("routes: a peer that is no mesh's is a BGPPeer; a lost next hop is unreachable") {
  LiveStatus live = live_with({peer("fd00::2", speaker::PeerType::Global, session::State::Established)});
  speaker::RouteSnapshot lost = bgp_route("fd01::/64", "fd00::2");
  lost.view.is_reachable = lost.view.is_best = false;
  add(live, lost, facts(fib::RouteState::Absent));
  CHECK(only_route(live, "routesV6") == R"({"type":"RIB","destination":"fd01::/64","gateway":"N/A","interface":"unreachable",)"
                                        R"("learnedFrom":{"sourceType":"BGPPeer","peerIP":"fd00::2"}})");
}

TEST_CASE("routes: own blocks are Static, the kernel's own are Kernel, ranges of services are nowhere in it") {
  LiveStatus block = live_with({}), workload = live_with({}), service = live_with({});
  add(block, local_route("192.168.1.0/26", rib::LocalKind::Block), facts(fib::RouteState::Installed));
  CHECK(only_route(block) == R"({"type":"FIB","destination":"192.168.1.0/26","gateway":"N/A","interface":"blackhole",)"
                             R"("learnedFrom":{"sourceType":"Static"}})");
  add(workload, local_route("192.168.1.3/32", rib::LocalKind::Kernel),
      facts(fib::RouteState::Absent, fib::Way{std::nullopt, "cali1"}));
  CHECK(only_route(workload) == R"({"type":"FIB","destination":"192.168.1.3/32","gateway":"N/A","interface":"cali1",)"
                                R"("learnedFrom":{"sourceType":"Kernel"}})");
  add(service, local_route("10.96.0.0/12", rib::LocalKind::Service), facts(fib::RouteState::Absent));
  CHECK(only_route(service).starts_with(R"({"type":"RIB","destination":"10.96.0.0/12","gateway":"N/A")"));
}

TEST_CASE("routes: what the import policy refused is none, as in `show route`") {
  LiveStatus live = live_with({peer("10.0.0.2", speaker::PeerType::Global, session::State::Established)});
  speaker::RouteSnapshot filtered = bgp_route("192.168.2.0/26", "10.0.0.2");
  filtered.view.rejection = rib::Rejection::Policy;
  add(live, filtered, facts(fib::RouteState::Absent));
  CHECK(json(status_of(live), "routes") == "{}");
}

TEST_CASE("a status has kNodeStatusBytesMax at most: then the first peers and routes, and it says that it is cut") {
  const char* const kLong = "2001:db8:1111:2222:3333:4444:5555:6666";
  LiveStatus live = live_with({});
  for (size_t i = 0; i < limits::kPeersMax; ++i)
    live.snapshot.peers.push_back(peer(kLong, speaker::PeerType::Global, session::State::Established));
  CHECK_FALSE(to_report(kAll, live, kSelf, kClocks).is_cut);
  for (size_t i = 0; i < limits::kRoutesPerPage; ++i)
    add(live, bgp_route("2001:db8:1111:2222:3333:4444:5555:0/128", kLong),
        facts(fib::RouteState::Installed, fib::Way{IpAddress::parse(kLong), "fifteen_letters"}));
  NodeStatusReport report = to_report(kAll, live, kSelf, kClocks);
  CHECK(report.is_cut);
  CHECK(report.status.find("bgp")->find("peersV6")->items.size() == limits::kPeersMax);
  CHECK(report.status.find("routes")->find("routesV6")->items.size() > 1000);
  CHECK(report.status.find("bgp")->find("numberEstablishedV6")->text == std::to_string(limits::kPeersMax));

  // It passes etcd, its mirror, and, as text inside text, one request of the control socket.
  std::string value = config::model::with_status("{}", report.status);
  CHECK(value.size() < limits::kEtcdValueBytesMax);
  CHECK(to_compact_json(Value::string(value)).size() + 1024 < limits::kControlLineBytesMax);
  CHECK(config::model::parse_json(value).ok());
}

TEST_CASE("a table of more than one page is cut") {
  LiveStatus live = live_with({});
  live.tables[0].page.next = Prefix::parse("10.0.0.0/8");
  CHECK(to_report(kAll, live, kSelf, kClocks).is_cut);
  CHECK_FALSE(to_report(CalicoNodeStatus{"s", "node1", true, true, false, 10}, live, kSelf, kClocks).is_cut);
}

TEST_CASE("lastUpdated is RFC 3339 in UTC, and moves only when something else does") {
  Value status = status_of(live_with({}));
  std::string stored = R"({"kind":"CalicoNodeStatus","spec":{"node":"node1"}})";
  std::string first = *updated(stored, status, kNoon);
  CHECK(first.starts_with(stored.substr(0, stored.size() - 1) + R"(,"status":{"lastUpdated":"2016-12-05T12:00:00Z","agent":)"));
  CHECK_FALSE(updated(first, status, kNoon + std::chrono::hours(1)));
  Value changed = status_of(live_with({peer("10.0.0.2", speaker::PeerType::Global, session::State::Idle)}));
  CHECK(updated(first, changed, kNoon + std::chrono::hours(1))->find("13:00:00Z") != std::string::npos);
}
