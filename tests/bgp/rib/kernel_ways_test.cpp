// Tunnels of IP pools, and next hops that others program for: what the FIB hears.
#include "rib_with_fib.h"

namespace bgp::rib {
namespace {

// Equal paths side by side, and tunnels.
struct WithTunnels : WithFib {
  WithTunnels() { rib.set_multipath({.ebgp = 64, .ibgp = 64, .mixed = true, .link_bandwidth = false}); }
  void tunnel(const char* within, const char* except = nullptr) {
    std::optional<Prefix> own;
    if (except != nullptr) own = prefix(except);
    rib.set_kernel_policy({nullptr, {{{prefix(within), "tunl0", own}}, {}}});
  }
};

TEST_CASE("a route inside a tunnel's range goes through it; block's blackholes and other routes do not") {
  WithTunnels w;
  w.tunnel("192.168.0.0/16");
  w.learn(2, "192.168.2.0/26");
  w.learn(2, "11.0.0.0/8");
  w.learn_local("192.168.1.0/26", LocalKind::Block);
  CHECK(w.changes() == "192.168.2.0/26 via 10.0.0.2@tunl0; 11.0.0.0/8 via 10.0.0.2; 192.168.1.0/26 blackhole");
}

TEST_CASE("each of several next hops has its own way: inside our subnet directly, outside through the tunnel") {
  WithTunnels w;
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
  WithTunnels w;
  w.learn(2, "192.168.2.0/26");
  w.learn(2, "11.0.0.0/8");
  w.learn_local("192.168.1.0/26", LocalKind::Block);
  w.changes();
  w.tunnel("192.168.0.0/16");
  CHECK(w.changes() == "192.168.2.0/26 via 10.0.0.2@tunl0");
  w.tunnel("192.168.0.0/16");
  CHECK(w.changes() == "");
  w.tunnel("192.168.0.0/16", "10.0.1.0/24");
  CHECK_MESSAGE(w.changes() == "", "this next hop is on the same side of another subnet");
  w.tunnel("192.168.0.0/16", "10.0.0.0/24");
  CHECK(w.changes() == "192.168.2.0/26 via 10.0.0.2");
  w.tunnel("11.0.0.0/8");
  CHECK(w.changes() == "11.0.0.0/8 via 10.0.0.2@tunl0");
}

TEST_CASE("over a foreign next hop nothing is programmed, as soon as it is the best; beside the best it is left out") {
  WithTunnels w;
  w.learn(1, "192.168.2.0/26");
  w.learn(2, "192.168.2.0/26");
  w.learn(3, "192.168.3.0/26");
  CHECK(w.changes() == "192.168.2.0/26 via 10.0.0.1 10.0.0.2; 192.168.3.0/26 via 10.0.0.3");
  w.rib.set_kernel_policy({nullptr, {{}, {IpAddress::v4(0x0a000002)}}});
  CHECK(w.changes() == "192.168.2.0/26 via 10.0.0.1");
  w.rib.set_kernel_policy({nullptr, {{}, {IpAddress::v4(0x0a000001), IpAddress::v4(0x0a000003)}}});
  CHECK(w.changes() == "192.168.2.0/26 none; 192.168.3.0/26 none");
  w.rib.set_kernel_policy({});
  CHECK(w.changes() == "192.168.2.0/26 via 10.0.0.1 10.0.0.2; 192.168.3.0/26 via 10.0.0.3");
}

}  // namespace
}  // namespace bgp::rib
