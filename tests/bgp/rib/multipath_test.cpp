// Which of the equally good paths are used side by side, and with what weights.
#include "bgp/base/limits.h"
#include "rib_world.h"

namespace bgp::rib {
namespace {

// eBGP peers 1..n and iBGP peers 101..100+n; peer n's next hop is 10.0.0.n.
struct Fabric {
  Rib rib{{.assume_next_hops_reachable = true, .emit_route_changes = true}};
  explicit Fabric(Multipath config = {}, PeerId n = 4) {
    rib.set_multipath(config);
    for (PeerId id = 1; id <= n; ++id) add(id, true), add(static_cast<PeerId>(100 + id), false);
  }
  void add(PeerId id, bool is_ebgp) {
    rib.set_peer(id, {is_ebgp, false, BgpIdentifier{id}, IpAddress::v4(0x0a640000U + id), id});
  }
  void learn(PeerId id, const std::string& attrs, std::optional<IpAddress> next_hop = std::nullopt) {
    Prefix to = prefix("10.0.0.0/8");
    AttrId attr = rib.attrs().intern(attributes(attrs), {next_hop.value_or(IpAddress::v4(0x0a000000U + id)), {}});
    rib.learn(id, Family::IPv4, entry_of(to), attr);
    rib.attrs().release(attr);
  }
  // "1 2*3": the last octets of the next hops, with weights; "unchanged" when the FIB is told nothing.
  std::string legs() {
    while (rib.decide(4096)) {}
    std::vector<RouteChange> changes = rib.take_route_changes();
    if (changes.empty()) return "unchanged";
    std::string out;
    for (const RouteChange::NextHop& hop : changes.back().next_hops) {
      out += (out.empty() ? "" : " ") + std::to_string(hop.gateway.address.bytes()[3]);
      if (hop.weight != 1) out += "*" + std::to_string(hop.weight);
    }
    return out;
  }
};

TEST_CASE("equal paths are used side by side, from whatever neighbouring AS, with AS paths of one length") {
  Fabric f;
  f.learn(1, "path 64513,1");
  f.learn(2, "path 64514,2");
  f.learn(3, "path 64515");
  CHECK(f.legs() == "3");
  f.learn(3, "path 64515,3");
  CHECK(f.legs() == "1 2 3");
}

TEST_CASE("every step up to the metric of the next hop parts paths; the later ones do not") {
  for (const char* worse : {"path 64513 lp 99", "path 64513,1", "path 64513 origin 1", "path 64513 med 1"}) {
    INFO(worse);
    Fabric f;
    f.learn(1, "path 64513 lp 100");
    f.learn(2, worse);
    CHECK(f.legs() == "1");
  }
  Fabric f;
  f.learn(101, "path 64513 originator 9 cluster 7");
  f.learn(102, "path 64513");
  CHECK(f.legs() == "101 102");
}

TEST_CASE("at most so many legs: the first ones by identifier and address, in whatever order they came") {
  for (bool backwards : {false, true}) {
    Fabric f({.ebgp = 2});
    for (PeerId i = 1; i <= 4; ++i) f.learn(backwards ? static_cast<PeerId>(5 - i) : i, "path 64513");
    CHECK(f.legs() == "1 2");
  }
  Fabric f({.ebgp = 1, .ibgp = 3});
  for (PeerId i = 1; i <= 4; ++i) f.learn(i, "path 64513");
  CHECK(f.legs() == "1");
  for (PeerId i = 1; i <= 4; ++i) f.rib.forget_peer(i);
  for (PeerId i = 104; i >= 101; --i) f.learn(i, "path 64513");
  CHECK(f.legs() == "101 102 103");
}

TEST_CASE("paths of eBGP and iBGP share traffic only where the configuration says so, each within its own maximum") {
  Fabric f({.ebgp = 64, .ibgp = 1});
  f.learn(1, "path 64513");
  f.learn(2, "path 64513");
  f.learn(101, "path 64513");
  f.learn(102, "path 64513");
  CHECK(f.legs() == "1 2");
  f.rib.set_multipath({.ebgp = 64, .ibgp = 1, .mixed = true});
  CHECK(f.legs() == "1 2 101");
  f.rib.set_multipath({.mixed = true});
  CHECK(f.legs() == "1 2 101 102");
  CHECK(f.rib.paths(prefix("10.0.0.0/8"))[0].peer == 1);
}

TEST_CASE("a new configuration of multipath is acted on at once") {
  Fabric f;
  for (PeerId i = 1; i <= 3; ++i) f.learn(i, "path 64513");
  CHECK(f.legs() == "1 2 3");
  f.rib.set_multipath({.ebgp = 1});
  CHECK(f.legs() == "1");
  f.rib.set_multipath({.ebgp = 1});
  CHECK(f.legs() == "unchanged");
  f.rib.set_multipath({});
  CHECK(f.legs() == "1 2 3");
}

TEST_CASE("two paths over one next hop are one leg, and leave room for another") {
  Fabric f({.ebgp = 2});
  for (PeerId i = 1; i <= 4; ++i) f.learn(i, "path 64513", i <= 3 ? ip("10.0.0.9") : ip("10.0.0.4"));
  CHECK(f.legs() == "4 9");
  std::vector<PathView> views = f.rib.paths(prefix("10.0.0.0/8"));
  CHECK(std::count_if(views.begin(), views.end(), [](const PathView& v) { return v.is_multipath; }) == 4);
}

TEST_CASE("limits::kEcmpLegsMax: the rest is dropped, the first 64 are used") {
  Fabric f({.ebgp = 255}, 90);
  for (PeerId i = 90; i >= 1; --i) f.learn(i, "path 64513");
  while (f.rib.decide(100)) {}
  std::vector<RouteChange> changes = f.rib.take_route_changes();
  REQUIRE(changes.back().next_hops.size() == limits::kEcmpLegsMax);
  CHECK(changes.back().next_hops.back().gateway.address == ip("10.0.0.64"));
}

TEST_CASE("legs weigh what their bandwidth says, when every leg says one") {
  Fabric f;
  f.learn(1, "path 64513 bandwidth 1e9");
  f.learn(2, "path 64513 bandwidth 5e8");
  CHECK(f.legs() == "1*2 2");
  f.learn(3, "path 64513");
  CHECK(f.legs() == "1 2 3");
  f.learn(3, "path 64513 bandwidth 1e6");
  CHECK(f.legs() == "1*256 2*128 3");
  f.learn(3, "path 64513 bandwidth 2.5e9");
  CHECK(f.legs() == "1*2 2 3*5");
  f.rib.set_multipath({.link_bandwidth = false});
  CHECK(f.legs() == "1 2 3");
}

TEST_CASE("a bandwidth that is none is ignored, as if it were not there") {
  for (const char* hostile : {"nan", "-nan", "inf", "-inf", "-1", "0", "-0"}) {
    INFO(hostile);
    Fabric f;
    f.learn(1, "path 64513 bandwidth 1e9");
    f.learn(2, std::string("path 64513 bandwidth ") + hostile);
    CHECK(f.legs() == "1 2");
  }
  Fabric f;
  f.learn(1, "path 64513 bandwidth 3.4e38");
  f.learn(2, "path 64513 bandwidth 1e-45");  // the smallest float there is
  CHECK(f.legs() == "1*256 2");
}

}  // namespace
}  // namespace bgp::rib
