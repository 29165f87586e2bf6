// The fields of BGPConfiguration and IPPool that bear on what is announced, how, and what goes into the kernel.
#include <doctest/doctest.h>

#include "bgp/policy/local_origin.h"
#include "tests/support/stored.h"

using namespace config::desired;
using bgp::policy::Applicable;
using bgp::policy::Decision;
using bgp::policy::Edits;
using bgp::policy::LocalOrigin;
using bgp::policy::Verdict;

namespace {

// A route of our own, towards eBGP unless it is said.
Decision decide(const Resolved& r, const char* prefix, const LocalOrigin& origin = {}, bool is_ebgp = true) {
  const bgp::Prefix parsed = *bgp::Prefix::parse(prefix);
  const bgp::Bytes set = bgp::policy::with_local_origin(bgp::Bytes{0x40, 1, 1, 0}, origin);
  return Applicable(r.config.export_filter.get(), {parsed.family(), set, true, is_ebgp, ""}).evaluate(parsed);
}
bool exports(const Resolved& r, const char* prefix, const LocalOrigin& origin = {}, bool is_ebgp = true) {
  return decide(r, prefix, origin, is_ebgp).verdict == Verdict::Accept;
}
bool is_in_kernel(const Resolved& r, const char* prefix) {
  return !r.config.kernel_filter || r.config.kernel_filter->evaluate(*bgp::Prefix::parse(prefix)) == Verdict::Accept;
}
Resolved with(const std::string& configuration, const std::string& more = "") {
  return resolved(kN1 + more + v3("BGPConfiguration", "default", configuration));
}
std::string texts(const std::vector<bgp::Prefix>& prefixes) {
  std::string out;
  for (const bgp::Prefix& prefix : prefixes) out += (out.empty() ? "" : " ") + prefix.to_string();
  return out;
}

const std::string kPool = v3("IPPool", "pool", "cidr: 192.168.0.0/16");
const std::string kAllServices = "serviceClusterIPs: [{cidr: 10.96.0.0/12}], serviceExternalIPs: [{cidr: 192.0.2.0/24}], "
                                 "serviceLoadBalancerIPs: [{cidr: 198.51.100.0/24}]";

}  // namespace

TEST_CASE("disableBGPExport") {
  CHECK(exports(with("", kPool), "192.168.7.0/26"));
  const Resolved hidden = with("", v3("IPPool", "pool", "cidr: 192.168.0.0/16, disableBGPExport: true") +
                                       block("n1", "192.168.1.0/26"));
  CHECK_FALSE(exports(hidden, "192.168.7.0/26"));
  CHECK_FALSE(exports(hidden, "192.168.1.0/26"));
  CHECK(is_in_kernel(hidden, "192.168.7.0/26"));
}

TEST_CASE("communities, prefixAdvertisements: routes inside the range are marked, and still need a rule that lets them go") {
  const Resolved r = with("communities: [{name: gold, value: '65000:1'}, {name: l, value: '1:2:3'}], "
                          "prefixAdvertisements: [{cidr: 192.168.0.0/20, communities: [gold, l]}, "
                          "{cidr: 192.168.1.0/24, communities: ['65000:9']}, {cidr: 10.0.0.0/8, communities: [gold]}]",
                          kPool + block("n1", "192.168.1.0/26"));
  CHECK(decide(r, "192.168.7.0/26").edits == Edits{.communities = {0xfde80001}, .large_communities = {{1, 2, 3}}});
  CHECK(decide(r, "192.168.1.0/26").edits ==
        Edits{.communities = {0xfde80001, 0xfde80009}, .large_communities = {{1, 2, 3}}});
  CHECK(decide(r, "192.168.200.0/26").edits.empty());
  CHECK_FALSE(exports(r, "10.1.0.0/16"));
}

TEST_CASE("prefixAdvertisements of a node's own configuration replace the global ones") {
  const std::string global = "prefixAdvertisements: [{cidr: 192.168.0.0/16, communities: ['65000:1']}]";
  const std::string own = v3("BGPConfiguration", "node.n1", "prefixAdvertisements: [{cidr: 192.168.0.0/16, communities: ['65000:2']}]");
  CHECK(decide(with(global, kPool), "192.168.7.0/26").edits.communities == std::vector<uint32_t>{0xfde80001});
  CHECK(decide(with(global, kPool + own), "192.168.7.0/26").edits.communities == std::vector<uint32_t>{0xfde80002});
}

TEST_CASE("serviceClusterIPs, serviceExternalIPs, serviceLoadBalancerIPs: announced as a whole, and never in the kernel") {
  const Resolved r = with(kAllServices + ", nodeToNodeMeshEnabled: true");
  CHECK(texts(r.config.service_routes) == "10.96.0.0/12 192.0.2.0/24 198.51.100.0/24");
  CHECK(r.warnings.empty());
  for (const char* prefix : {"10.96.0.0/12", "10.96.0.10/32", "192.0.2.0/24", "198.51.100.0/24"}) {
    CAPTURE(prefix);
    CHECK(exports(r, prefix));
    CHECK_FALSE(is_in_kernel(r, prefix));
  }
  CHECK(is_in_kernel(r, "10.0.0.0/8"));
  CHECK_FALSE(exports(r, "10.0.0.0/8"));
  CHECK(with("").config.kernel_filter == nullptr);
}

TEST_CASE("CALICO_ADVERTISE_CLUSTER_IPS stands in for serviceClusterIPs, also where nothing is configured") {
  NodeIdentity self = {.name = "n1"};
  self.cluster_ips = bgp::Prefix::parse("10.48.0.0/12");
  const Resolved r = resolve(stored(kN1 + v3("BGPConfiguration", "default", kAllServices)), self);
  CHECK(texts(r.config.service_routes) == "10.48.0.0/12 192.0.2.0/24 198.51.100.0/24");
  CHECK(texts(resolve(stored(kN1), self).config.service_routes) == "10.48.0.0/12");
}

TEST_CASE("a service range of one address needs its service, one of everything would draw all traffic") {
  const Resolved r = with("serviceExternalIPs: [{cidr: 192.0.2.7/32}, {cidr: 0.0.0.0/0}]");
  CHECK(r.config.service_routes.empty());
  CHECK(warnings(r) == "service_not_announced 192.0.2.7/32\n");
  CHECK_FALSE(is_in_kernel(r, "192.0.2.7/32"));
}

TEST_CASE("serviceLoadBalancerAggregation Disabled: a load balancer's range is not announced") {
  const Resolved r = with(kAllServices + ", serviceLoadBalancerAggregation: Disabled");
  CHECK(texts(r.config.service_routes) == "10.96.0.0/12 192.0.2.0/24");
  CHECK_FALSE(exports(r, "198.51.100.0/24"));
  CHECK_FALSE(is_in_kernel(r, "198.51.100.0/24"));
}

TEST_CASE("a node that load balancers are to leave out announces no services") {
  const Resolved r = resolved(labelled("n1", "node.kubernetes.io/exclude-from-external-load-balancers: 'true'",
                                       "ipv4Address: 10.0.0.1") +
                              v3("BGPConfiguration", "default", kAllServices));
  CHECK(r.config.service_routes.empty());
  CHECK_FALSE(exports(r, "10.96.0.0/12"));
}

TEST_CASE("a route reflector passes on what lies in external and load balancer ranges") {
  const std::string reflector = "- {apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: n9}, spec: {bgp: "
                                "{ipv4Address: 10.0.0.9, routeReflectorClusterID: 1.0.0.1}}}\n";
  const Resolved r = resolved(reflector + v3("BGPConfiguration", "default", kAllServices + ", serviceLoadBalancerAggregation: Disabled"), "n9");
  CHECK(exports(r, "198.51.100.7/32"));
  CHECK(exports(r, "192.0.2.7/32"));
}

TEST_CASE("programClusterRoutes: which pools' routes are put into the kernel here; VXLAN's never") {
  const std::string pools = v3("IPPool", "none", "cidr: 192.168.0.0/16") +
                            v3("IPPool", "ipip", "cidr: 10.1.0.0/16, ipipMode: CrossSubnet") +
                            v3("IPPool", "vxlan", "cidr: 10.2.0.0/16, vxlanMode: Always");
  struct Row { const char* mode; bool none, ipip; };
  for (const Row& row : {Row{"", true, true}, {"programClusterRoutes: Enabled", true, true},
                         {"programClusterRoutes: Disabled", false, false},
                         {"programClusterRoutes: EnabledNoEncapOnly", true, false},
                         {"programClusterRoutes: EnabledIPIPOnly", false, true}}) {
    CAPTURE(row.mode);
    const Resolved r = with(row.mode, pools);
    CHECK(is_in_kernel(r, "192.168.7.0/26") == row.none);
    CHECK(is_in_kernel(r, "10.1.7.0/26") == row.ipip);
    CHECK_FALSE(is_in_kernel(r, "10.2.7.0/26"));
    CHECK(is_in_kernel(r, "172.16.0.0/16"));
    // What Felix routes to another node is that node's to announce within the AS; a workload's own route is ours.
    CHECK(exports(r, "192.168.7.0/26", {"eth0", 0, true}, false) == row.none);
    CHECK(exports(r, "192.168.7.0/26", {"eth0", 0, true}, true));
    CHECK(exports(r, "192.168.7.1/32", {"cali1", 0, false}, false));
    CHECK(exports(r, "10.1.7.0/26", {"tunl0", 0, false}, false) == row.ipip);
  }
}

TEST_CASE("tunnels of Felix are not told within the AS, and its BPF interfaces to nobody") {
  const Resolved r = with("", kPool);
  CHECK_FALSE(exports(r, "192.168.7.0/26", {"vxlan.calico", 0, false}, false));
  CHECK(exports(r, "192.168.7.0/26", {"vxlan.calico", 0, false}, true));
  CHECK_FALSE(exports(r, "192.168.7.1/32", {"bpfin.cali", 0, false}, true));
}

TEST_CASE("ipv4NormalRoutePriority, ipv6NormalRoutePriority: configured, our routes are told with LOCAL_PREF") {
  const std::string six = v3("IPPool", "six", "cidr: 'fd80::/64'");
  CHECK(decide(with("", kPool), "192.168.7.0/26").edits.empty());
  const Resolved r = with("ipv4NormalRoutePriority: 1024", kPool + six);
  CHECK(decide(r, "192.168.7.0/26").edits == Edits{.normal_priority = 1024});
  CHECK(decide(r, "fd80::/122").edits.empty());
  CHECK(decide(with("ipv6NormalRoutePriority: 2000", kPool + six), "fd80::/122").edits == Edits{.normal_priority = 2000});
}

TEST_CASE("a route inside an own block is told when its priority is better than normal: a workload that has moved") {
  const Resolved r = with("", kPool + block("n1", "192.168.1.0/26"));
  CHECK_FALSE(exports(r, "192.168.1.7/32", {"cali1", 0, false}));
  CHECK_FALSE(exports(r, "192.168.1.7/32", {"cali1", 1024, false}));
  CHECK(exports(r, "192.168.1.7/32", {"cali1", 512, false}));
  const Resolved other = with("ipv4NormalRoutePriority: 500", kPool + block("n1", "192.168.1.0/26"));
  CHECK_FALSE(exports(other, "192.168.1.7/32", {"cali1", 512, false}));
}
