#include "bgp/daemon/bird_view.h"

#include <doctest/doctest.h>

using namespace bgp;
using namespace bgp::daemon;
namespace bird = ctl::bird;

namespace {

const std::chrono::sys_seconds kNoon{std::chrono::sys_days{std::chrono::year{2016} / 12 / 5} + std::chrono::hours{12}};
const Clocks kClocks{Instant(1h), kNoon};
const BirdSelf kSelf{"v1", kNoon - std::chrono::hours(2), kNoon - std::chrono::hours(1)};

speaker::PeerSnapshot peer(const char* address, speaker::PeerType type, uint16_t port = 179) {
  speaker::PeerSnapshot p;
  p.address = *IpAddress::parse(address);
  p.type = type;
  p.port = port;
  p.is_started = true;
  p.since = Instant(30min);
  return p;
}

speaker::Snapshot snapshot(std::vector<speaker::PeerSnapshot> peers) {
  return {Asn{64512}, {0x0a000001}, Instant(1h), std::move(peers), {}, false, {}};
}

bird::Route route_of(const speaker::RouteSnapshot& route, const BirdRouteFacts& facts) {
  return to_bird_routes({0, 0, {route}, {}}, {facts}, snapshot({peer("192.0.2.1", speaker::PeerType::Global)}), kSelf,
                        kClocks).routes[0];
}

speaker::RouteSnapshot bgp_route() {
  speaker::RouteSnapshot r;
  r.view.prefix = *Prefix::parse("10.0.0.0/8");
  r.view.is_best = r.view.is_reachable = true;
  r.peer = IpAddress::parse("192.0.2.1");
  r.next_hop = IpAddress::parse("203.0.113.9");
  r.attributes = {0x40, 1, 1, 0, 0x40, 2, 0};
  return r;
}

}  // namespace

TEST_CASE("protocols are named as Calico's templates name them") {
  CHECK(bird_name(peer("172.17.8.102", speaker::PeerType::NodeToNodeMesh)) == "Mesh_172_17_8_102");
  CHECK(bird_name(peer("fd00:8::102", speaker::PeerType::Global)) == "Global_fd00_8__102");
  CHECK(bird_name(peer("10.0.0.1", speaker::PeerType::NodeSpecific, 150)) == "Node_10_0_0_1_port_150");
  CHECK(bird_name(peer("10.65.0.2", speaker::PeerType::LocalWorkload)) == "Local_Workload_10_65_0_2");
}

TEST_CASE("a view has the sessions of its family, behind the protocols that BIRD has by itself") {
  using enum speaker::PeerType;
  speaker::Snapshot s = snapshot({peer("10.0.0.1", Global), peer("10.0.0.2", NodeToNodeMesh), peer("fd00::1", Global)});
  auto names = [&](Family family) {
    std::string text;
    for (const bird::Protocol& p : to_bird_view(s, {}, family, kSelf, kClocks).protocols) text += p.name + " ";
    return text;
  };
  CHECK(names(Family::IPv4) == "static1 kernel1 device1 direct1 Mesh_10_0_0_2 Global_10_0_0_1 ");
  CHECK(names(Family::IPv6) == "static1 kernel1 device1 direct1 Global_fd00__1 ");
}

TEST_CASE("states are BIRD's: a passive peer that waits, one that tries, one that is stopped") {
  speaker::PeerSnapshot p = peer("10.0.0.1", speaker::PeerType::Global);
  p.state = session::State::Active;
  auto shown = [&] { return to_bird_view(snapshot({p}), {}, Family::IPv4, kSelf, kClocks).protocols[4]; };
  CHECK(shown().state == "start");
  CHECK(shown().bgp->state == "Active");
  p.is_passive = true;
  CHECK(shown().bgp->state == "Passive");
  p.state = session::State::OpenSent;
  CHECK(shown().bgp->state == "OpenSent");
  p.is_started = false;
  CHECK(shown().state == "down");
  CHECK(shown().bgp->state == "Down");
}

TEST_CASE("a graceful restart waits for those that have not said End-of-RIB") {
  speaker::Snapshot s = snapshot({peer("10.0.0.1", speaker::PeerType::Global), peer("10.0.0.2", speaker::PeerType::Global)});
  s.peers[0].end_of_rib_received.add(Family::IPv4);
  CHECK(!to_bird_view(s, {}, Family::IPv4, kSelf, kClocks).status.recovery);
  s.recovering_until = s.now + 100s;
  auto recovery = to_bird_view(s, {}, Family::IPv4, kSelf, kClocks).status.recovery;
  CHECK(recovery->waiting_for == 1);
  CHECK(recovery->left_s == 100);
}

TEST_CASE("a BGP route shows how the kernel gets to its next hop, and who said it") {
  bird::Route near = route_of(bgp_route(), {{}, {{IpAddress::parse("192.0.2.1"), "eth0"}}});
  CHECK(near.gateway == "192.0.2.1");
  CHECK(near.interface == "eth0");
  CHECK(near.from == "");
  CHECK(near.protocol == "Global_192_0_2_1");
  bird::Route far = route_of(bgp_route(), {{}, {{IpAddress::parse("192.0.2.7"), "eth0"}}});
  CHECK(far.from == "192.0.2.1");
  speaker::RouteSnapshot lost = bgp_route();
  lost.view.is_reachable = false;
  CHECK(route_of(lost, {}).way == bird::Route::Way::Unreachable);
  CHECK(!route_of(lost, {}).igp_metric);
}

TEST_CASE("what the kernel refused is marked; a filtered path is no route") {
  CHECK(route_of(bgp_route(), {{fib::RouteState::Failed, 1, "", {}}, {}}).is_refused);
  CHECK(!route_of(bgp_route(), {{fib::RouteState::Installed, 0, "", {}}, {}}).is_refused);
  speaker::RouteSnapshot filtered = bgp_route();
  filtered.view.rejection = rib::Rejection::Policy;
  CHECK(route_of(filtered, {}).is_filtered);
}

TEST_CASE("own routes are static1's and kernel1's") {
  speaker::RouteSnapshot own;
  own.view.prefix = *Prefix::parse("10.0.0.0/26");
  own.view.path_id = static_cast<uint32_t>(rib::LocalKind::Block);
  CHECK(route_of(own, {}).protocol == "static1");
  CHECK(route_of(own, {}).way == bird::Route::Way::Blackhole);
  own.view.path_id = static_cast<uint32_t>(rib::LocalKind::Kernel);
  bird::Route workload = route_of(own, {{}, {{std::nullopt, "cali1"}}});
  CHECK(workload.protocol == "kernel1");
  CHECK(workload.way == bird::Route::Way::Device);
  CHECK(workload.interface == "cali1");
}
