// Tunnels of IP pools, and next hops that others program for: what the FIB hears.
#include "bgp/base/limits.h"
#include "rib_world.h"

namespace bgp::rib {
namespace {

// Peers 1 to 3, with next hops 10.0.0.1 to 10.0.0.3, equal paths side by side.
struct World3 {
  Rib rib{{.assume_next_hops_reachable = true, .emit_route_changes = true}};
  World3() {
    rib.set_multipath({.ebgp = 64, .ibgp = 64, .mixed = true, .link_bandwidth = false});
    for (PeerId id = 1; id <= 3; ++id) rib.set_peer(id, {true, false, BgpIdentifier{id}, IpAddress::v4(0x0a640000U + id), id});
  }
  void learn(PeerId id, const char* text, const std::string& attrs = "path 64513") {
    AttrId attr = rib.attrs().intern(attributes(attrs), World::next_hop_of(id, prefix(text).family()));
    rib.learn(id, prefix(text).family(), entry_of(prefix(text)), attr);
    rib.attrs().release(attr);
  }
  void learn_block(const char* text) {
    AttrId attr = rib.attrs().intern_local(attributes(""));
    const Prefix block = prefix(text);  // the entry points into it
    wire::NlriEntry entry = entry_of(block);
    entry.path_id = static_cast<uint32_t>(LocalKind::Block);
    rib.learn(kLocalPeer, block.family(), entry, attr);
    rib.attrs().release(attr);
  }
  // "192.168.2.0/26 10.0.0.2@tunl0; 11.0.0.0/8 none"
  std::string changes() {
    while (rib.decide(4096)) {}
    std::string out;
    for (const RouteChange& change : rib.take_route_changes()) {
      out += (out.empty() ? "" : "; ") + change.prefix.to_string();
      if (change.kind == RouteChange::Kind::None) out += " none";
      if (change.kind == RouteChange::Kind::Blackhole) out += " blackhole";
      for (const RouteChange::NextHop& hop : change.next_hops)
        out += " " + hop.gateway.address.to_string() + (hop.device.empty() ? "" : "@" + hop.device);
    }
    return out;
  }
  void tunnel(const char* within, const char* except = nullptr) {
    std::optional<Prefix> own;
    if (except != nullptr) own = prefix(except);
    rib.set_kernel_policy({nullptr, {{{prefix(within), "tunl0", own}}, {}}});
  }
};

TEST_CASE("a route inside a tunnel's range goes through it; block's blackholes and other routes do not") {
  World3 w;
  w.tunnel("192.168.0.0/16");
  w.learn(2, "192.168.2.0/26");
  w.learn(2, "11.0.0.0/8");
  w.learn_block("192.168.1.0/26");
  CHECK(w.changes() == "192.168.2.0/26 10.0.0.2@tunl0; 11.0.0.0/8 10.0.0.2; 192.168.1.0/26 blackhole");
}

TEST_CASE("each of several next hops has its own way: inside our subnet directly, outside through the tunnel") {
  World3 w;
  w.tunnel("192.168.0.0/16", "10.0.0.2/31");
  for (PeerId id = 1; id <= 3; ++id) w.learn(id, "192.168.2.0/26");
  while (w.rib.decide(4096)) {}
  const auto last = w.rib.take_route_changes().back();
  REQUIRE(last.next_hops.size() == 3);
  CHECK(last.next_hops[0].device == "tunl0");
  CHECK(last.next_hops[1].device == "");
  CHECK(last.next_hops[2].device == "");
}

TEST_CASE("a change of tunnels moves what it means and nothing else, and says nothing twice") {
  World3 w;
  w.learn(2, "192.168.2.0/26");
  w.learn(2, "11.0.0.0/8");
  w.learn_block("192.168.1.0/26");
  w.changes();
  w.tunnel("192.168.0.0/16");
  CHECK(w.changes() == "192.168.2.0/26 10.0.0.2@tunl0");
  w.tunnel("192.168.0.0/16");
  CHECK(w.changes() == "");
  w.tunnel("192.168.0.0/16", "10.0.1.0/24");
  CHECK_MESSAGE(w.changes() == "", "this next hop is on the same side of another subnet");
  w.tunnel("192.168.0.0/16", "10.0.0.0/24");
  CHECK(w.changes() == "192.168.2.0/26 10.0.0.2");
  w.tunnel("11.0.0.0/8");
  CHECK(w.changes() == "11.0.0.0/8 10.0.0.2@tunl0");
}

TEST_CASE("over a foreign next hop nothing is programmed, as soon as it is the best; beside the best it is left out") {
  World3 w;
  w.learn(1, "192.168.2.0/26");
  w.learn(2, "192.168.2.0/26");
  w.learn(3, "192.168.3.0/26");
  CHECK(w.changes() == "192.168.2.0/26 10.0.0.1 10.0.0.2; 192.168.3.0/26 10.0.0.3");
  w.rib.set_kernel_policy({nullptr, {{}, {IpAddress::v4(0x0a000002)}}});
  CHECK(w.changes() == "192.168.2.0/26 10.0.0.1");
  w.rib.set_kernel_policy({nullptr, {{}, {IpAddress::v4(0x0a000001), IpAddress::v4(0x0a000003)}}});
  CHECK(w.changes() == "192.168.2.0/26 none; 192.168.3.0/26 none");
  w.rib.set_kernel_policy({});
  CHECK(w.changes() == "192.168.2.0/26 10.0.0.1 10.0.0.2; 192.168.3.0/26 10.0.0.3");
}

}  // namespace
}  // namespace bgp::rib
