// IPPool's ipipMode, vxlanMode and blockSize, and the Node's addresses: what becomes of a pool's routes in this node's kernel.
#include <doctest/doctest.h>

#include "bgp/policy/kernel_ways.h"
#include "bgp/policy/local_origin.h"
#include "tests/support/stored.h"

using namespace config::desired;
using bgp::policy::Verdict;

namespace {

// "192.168.2.0/26 by 10.0.0.2" -> "tunl0", "direct" or "not here"
std::string way(const Resolved& r, const char* prefix, const char* next_hop) {
  const bgp::Prefix to = *bgp::Prefix::parse(prefix);
  const bgp::IpAddress by = *bgp::IpAddress::parse(next_hop);
  const bool is_let_in = !r.config.kernel_filter || r.config.kernel_filter->evaluate(to) == Verdict::Accept;
  const bgp::policy::KernelWays& ways = r.config.kernel_ways;
  if (!is_let_in || ways.is_foreign(by)) return "not here";
  const std::string device = bgp::policy::device_to(ways.tunnel_of(to), by);
  return device.empty() ? "direct" : device;
}
Resolved with_pool(const std::string& spec, const std::string& configuration = "", const char* address = "10.0.0.1/24") {
  return resolved(node("n1", std::string("ipv4Address: ") + address) + v3("IPPool", "pool", "cidr: 192.168.0.0/16, " + spec) +
                  v3("BGPConfiguration", "default", configuration));
}
std::string node_with(const std::string& name, const std::string& address, const std::string& more) {
  return v3("Node", name, "bgp: {ipv4Address: " + address + "}, " + more);
}

}  // namespace

TEST_CASE("ipipMode Always: the pool's routes go through tunl0, wherever the next hop is; others do not") {
  const Resolved r = with_pool("ipipMode: Always");
  CHECK(way(r, "192.168.2.0/26", "10.0.0.2") == "tunl0");
  CHECK(way(r, "192.168.2.0/26", "172.17.8.2") == "tunl0");
  CHECK(way(r, "192.168.2.7/32", "10.0.0.2") == "tunl0");
  CHECK(way(r, "192.168.0.0/16", "10.0.0.2") == "tunl0");
  CHECK(way(r, "192.0.0.0/8", "10.0.0.2") == "direct");
  CHECK(way(r, "203.0.113.0/24", "10.0.0.2") == "direct");
  CHECK(way(r, "192.168.2.0/26", "fd00::2") == "direct");  // RFC 8950: an IPv4 tunnel leads to no IPv6 address
  CHECK(way(with_pool("ipipMode: Never"), "192.168.2.0/26", "10.0.0.2") == "direct");
}

TEST_CASE("ipipMode CrossSubnet: through tunl0 only where the next hop is outside the node's own subnet") {
  const Resolved r = with_pool("ipipMode: CrossSubnet");
  CHECK(way(r, "192.168.2.0/26", "10.0.0.2") == "direct");
  CHECK(way(r, "192.168.2.0/26", "10.0.0.255") == "direct");
  CHECK(way(r, "192.168.2.0/26", "10.0.1.2") == "tunl0");
  CHECK_MESSAGE(way(with_pool("ipipMode: CrossSubnet", "", "10.0.0.1"), "192.168.2.0/26", "10.0.0.2") == "tunl0",
                "an address without a length is a subnet of its own");
}

TEST_CASE("v1's ipip: enabled and mode mean the same") {
  const auto pool = [](const std::string& ipip) {
    return resolved(node("n1", "ipv4Address: 10.0.0.1/24") +
                    "- {apiVersion: v1, kind: ipPool, metadata: {cidr: 192.168.0.0/16}, spec: {ipip: {" + ipip + "}}}\n");
  };
  CHECK(way(pool("enabled: true"), "192.168.2.0/26", "10.0.0.2") == "tunl0");
  CHECK(way(pool("enabled: true, mode: cross-subnet"), "192.168.2.0/26", "10.0.0.2") == "direct");
  CHECK(way(pool("enabled: true, mode: cross-subnet"), "192.168.2.0/26", "10.0.1.2") == "tunl0");
  CHECK(way(pool("enabled: false, mode: cross-subnet"), "192.168.2.0/26", "10.0.1.2") == "direct");
}

TEST_CASE("the subnet is that of the node's resource, as long as its address is the one in use") {
  const auto entries = stored(node("n1", "ipv4Address: 10.0.0.1/24") + v3("IPPool", "pool", "cidr: 192.168.0.0/16, ipipMode: CrossSubnet"));
  CHECK(way(resolve(entries, {.name = "n1", .ipv4 = bgp::IpAddress::parse("10.0.0.1")}), "192.168.2.0/26", "10.0.0.2") == "direct");
  CHECK(way(resolve(entries, {.name = "n1", .ipv4 = bgp::IpAddress::parse("10.0.0.9")}), "192.168.2.0/26", "10.0.0.2") == "tunl0");
}

TEST_CASE("programClusterRoutes and ipipMode: who says nothing has IPIP programmed here, as the nodes of v2.0") {
  struct Row { const char* mode; const char* expected; };
  for (const Row& row : {Row{"", "tunl0"}, {"programClusterRoutes: Enabled", "tunl0"},
                         {"programClusterRoutes: EnabledIPIPOnly", "tunl0"},
                         {"programClusterRoutes: EnabledNoEncapOnly", "not here"},
                         {"programClusterRoutes: Disabled", "not here"}}) {
    CAPTURE(row.mode);
    CHECK(way(with_pool("ipipMode: Always", row.mode), "192.168.2.0/26", "10.0.0.2") == row.expected);
    CHECK(way(with_pool("ipipMode: Always", row.mode), "172.16.0.0/16", "10.0.0.2") == "direct");
  }
}

TEST_CASE("vxlanMode: Felix programs the pool's routes, in each mode") {
  for (const char* mode : {"vxlanMode: Always", "vxlanMode: CrossSubnet"}) {
    const Resolved r = with_pool(mode, "programClusterRoutes: Enabled");
    CHECK(way(r, "192.168.2.0/26", "10.0.0.2") == "not here");
    CHECK(way(r, "192.168.2.0/26", "10.0.1.2") == "not here");
    CHECK(way(r, "203.0.113.0/24", "10.0.1.2") == "direct");
  }
}

TEST_CASE("wireguard: over a node with which this one shares WireGuard no route is programmed, per family") {
  const std::string four = "wireguard: {interfaceIPv4Address: 192.168.1.1}";
  const std::string both = "wireguard: {interfaceIPv4Address: 192.168.1.1, interfaceIPv6Address: 'fd80::1'}";
  const std::string nodes = node_with("n2", "10.0.0.2, ipv6Address: 'fd00::2'", both) + node_with("n3", "10.0.0.3", "orchRefs: []");
  const Resolved r = resolved(node_with("n1", "10.0.0.1", four) + nodes);
  CHECK(way(r, "192.168.2.0/26", "10.0.0.2") == "not here");
  CHECK(way(r, "203.0.113.0/24", "10.0.0.2") == "not here");
  CHECK(way(r, "fd80:2::/122", "fd00::2") == "direct");
  CHECK(way(r, "192.168.3.0/26", "10.0.0.3") == "direct");
  CHECK(way(resolved(node_with("n1", "10.0.0.1", both) + nodes), "fd80:2::/122", "fd00::2") == "not here");
  CHECK_MESSAGE(way(resolved(node_with("n1", "10.0.0.1", "orchRefs: []") + nodes), "192.168.2.0/26", "10.0.0.2") == "direct",
                "a node without it reaches everybody as before");
}

TEST_CASE("blockSize 32: a block of one address is announced, and held by no blackhole (#2624, #3635)") {
  const Resolved r = resolved(kN1 + v3("IPPool", "pool", "cidr: 192.168.0.0/16, blockSize: 32") + block("n1", "192.168.1.7/32") +
                              v3("IPPool", "six", "cidr: 'fd80::/64', blockSize: 128") + block("n1", "fd80::7/128") +
                              block("n1", "192.168.2.0/31"));
  REQUIRE(r.config.own_blocks.size() == 1);
  CHECK(r.config.own_blocks[0] == *bgp::Prefix::parse("192.168.2.0/31"));
  for (const char* own : {"192.168.1.7/32", "fd80::7/128"}) CHECK(r.config.export_filter->evaluate(*bgp::Prefix::parse(own)) == Verdict::Accept);
}

TEST_CASE("ipv4IPIPTunnelAddr, ipv4VXLANTunnelAddr: the device's own /32 is told as any route: an own block stands for it") {
  const auto tells = [](const Resolved& r, const char* prefix, const char* device, bool is_ebgp) {
    const bgp::Prefix parsed = *bgp::Prefix::parse(prefix);
    const bgp::Bytes set = bgp::policy::with_local_origin(bgp::Bytes{0x40, 1, 1, 0}, {device, 0, false});
    return bgp::policy::Applicable(r.config.export_filter.get(), {parsed.family(), set, true, is_ebgp, ""}).evaluate(parsed).verdict ==
           Verdict::Accept;
  };
  const std::string own = block("n1", "192.168.1.0/26");
  const Resolved ipip = resolved(kN1 + v3("IPPool", "pool", "cidr: 192.168.0.0/16, ipipMode: Always") + own);
  CHECK_FALSE(tells(ipip, "192.168.1.1/32", "tunl0", false));
  CHECK(tells(ipip, "192.168.7.1/32", "tunl0", false));  // borrowed from another node's block
  CHECK(tells(ipip, "192.168.7.1/32", "tunl0", true));
  CHECK_FALSE(tells(ipip, "10.99.0.1/32", "tunl0", false));
  const Resolved felix = resolved(kN1 + v3("IPPool", "pool", "cidr: 192.168.0.0/16, ipipMode: Always") + own +
                                  v3("BGPConfiguration", "default", "programClusterRoutes: EnabledNoEncapOnly"));
  CHECK_FALSE(tells(felix, "192.168.7.1/32", "tunl0", false));
  const Resolved vxlan = resolved(kN1 + v3("IPPool", "pool", "cidr: 192.168.0.0/16, vxlanMode: Always") + own);
  CHECK_FALSE(tells(vxlan, "192.168.7.1/32", "vxlan.calico", false));
  CHECK(tells(vxlan, "192.168.7.1/32", "vxlan.calico", true));
}
