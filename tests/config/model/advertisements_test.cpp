// The fields of BGPConfiguration that bear on announcements: what is read, and what is refused in which words.
#include <doctest/doctest.h>

#include "bgp/base/document_limits.h"
#include "config/model/document.h"
#include "config/model/kinds/bgp_configuration.h"

using namespace config::model;

namespace {

Outcome<std::vector<Resource>> read(std::string_view spec) {
  return parse_document("{apiVersion: projectcalico.org/v3, kind: BGPConfiguration, metadata: {name: default}, spec: {" +
                            std::string(spec) + "}}", "-");
}
Advertisements of(std::string_view spec) {
  const auto resources = read(spec);
  REQUIRE_MESSAGE(resources.ok(), (resources ? "" : resources.error().to_string()));
  return read_bgp_configuration(resources->front()).advertisements;
}
std::string error_of(std::string_view spec) {
  const auto resources = read(spec);
  return resources ? "" : resources.error().reason.substr(resources.error().reason.find(": ") + 2);
}
std::vector<bgp::Prefix> ranges(std::initializer_list<const char*> texts) {
  std::vector<bgp::Prefix> out;
  for (const char* text : texts) out.push_back(*bgp::Prefix::parse(text));
  return out;
}

}  // namespace

TEST_CASE("serviceClusterIPs, serviceExternalIPs, serviceLoadBalancerIPs: ranges, or single addresses") {
  const Advertisements all = of("serviceClusterIPs: [{cidr: 10.96.0.0/12}, {cidr: 'fd00:96::/112'}, {cidr: 10.96.0.0/12}], "
                                "serviceExternalIPs: [{cidr: 192.0.2.7}], serviceLoadBalancerIPs: [{cidr: 198.51.100.0/24}]");
  CHECK(all.cluster_ips == ranges({"10.96.0.0/12", "fd00:96::/112"}));
  CHECK(all.external_ips == ranges({"192.0.2.7/32"}));
  CHECK(all.load_balancer_ips == ranges({"198.51.100.0/24"}));
  CHECK(error_of("serviceExternalIPs: [{cidr: 192.0.2.0/24}, {cidr: here}]") ==
        "serviceExternalIPs[1]: error with field cidr = 'here' (invalid CIDR value.)");
  CHECK(error_of("serviceClusterIPs: [{}]") == "serviceClusterIPs[0]: error with field cidr = '' (invalid CIDR value.)");
}

TEST_CASE("serviceLoadBalancerAggregation") {
  CHECK(of("").aggregates_load_balancers);
  CHECK(of("serviceLoadBalancerAggregation: Enabled").aggregates_load_balancers);
  CHECK_FALSE(of("serviceLoadBalancerAggregation: Disabled").aggregates_load_balancers);
  CHECK(error_of("serviceLoadBalancerAggregation: Off") ==
        "error with field serviceLoadBalancerAggregation = 'Off' (must be Enabled or Disabled)");
}

TEST_CASE("communities and prefixAdvertisements: names stand for values") {
  const Advertisements all = of("communities: [{name: a, value: '65000:1'}, {name: b, value: '1:2:3'}], "
                                "prefixAdvertisements: [{cidr: 10.0.0.0/8, communities: [a, b, '65000:9']}]");
  REQUIRE(all.prefix_advertisements.size() == 1);
  CHECK(all.prefix_advertisements[0].cidr == *bgp::Prefix::parse("10.0.0.0/8"));
  CHECK(all.prefix_advertisements[0].communities ==
        std::vector{Community{{65000, 1}}, Community{{1, 2, 3}}, Community{{65000, 9}}});
  CHECK(error_of("communities: [{name: a, value: '65000:1'}]") ==
        "error with field communities = '' (communities are defined but not used in Spec.PrefixAdvertisement[].)");
  CHECK(error_of("prefixAdvertisements: [{cidr: 10.0.0.0/8, communities: [a]}]") ==
        "prefixAdvertisements[0]: error with field communities = 'a' (community used is invalid or not defined.)");
  CHECK(error_of("prefixAdvertisements: [{cidr: x, communities: ['1:1']}]") ==
        "prefixAdvertisements[0]: error with field cidr = 'x' (invalid CIDR value.)");
  CHECK(error_of("prefixAdvertisements: [{cidr: 10.0.0.0/8, communities: ['1:65536']}]") ==
        "prefixAdvertisements[0]: error with field communities = '1:65536' (invalid community value, expected 16 bit value)");
  CHECK(error_of("communities: [{name: a, value: b}]") ==
        "communities[0]: error with field value = 'b' (invalid community value or format used.)");
  CHECK(error_of("communities: [{name: 'a b', value: '1:1'}]") ==
        "communities[0]: error with field name = 'a b' (must match ^[a-zA-Z0-9_.-]{1,128}$)");
  std::string many;
  for (int i = 0; i < 501; ++i) many += "{name: a" + std::to_string(i) + ", value: '1:1'},";
  CHECK(error_of("communities: [" + many + "]") == "error with field communities = '501' (must be at most 500 communities)");
}

TEST_CASE("programClusterRoutes") {
  CHECK_FALSE(of("").program_cluster_routes.has_value());
  CHECK(of("programClusterRoutes: Enabled").program_cluster_routes == ProgramClusterRoutes::Enabled);
  CHECK(of("programClusterRoutes: Disabled").program_cluster_routes == ProgramClusterRoutes::Disabled);
  CHECK(of("programClusterRoutes: EnabledNoEncapOnly").program_cluster_routes == ProgramClusterRoutes::EnabledNoEncapOnly);
  CHECK(of("programClusterRoutes: EnabledIPIPOnly").program_cluster_routes == ProgramClusterRoutes::EnabledIpipOnly);
  CHECK(error_of("programClusterRoutes: Some") ==
        "error with field programClusterRoutes = 'Some' (must be Enabled, Disabled, EnabledNoEncapOnly or EnabledIPIPOnly)");
}

TEST_CASE("ipv4NormalRoutePriority, ipv6NormalRoutePriority") {
  CHECK_FALSE(of("").normal_priority_v4.has_value());
  CHECK(of("ipv4NormalRoutePriority: 1024").normal_priority_v4 == 1024);
  CHECK(of("ipv6NormalRoutePriority: 2147483646").normal_priority_v6 == 2147483646);
  CHECK(error_of("ipv4NormalRoutePriority: 0") ==
        "error with field ipv4NormalRoutePriority = '0' (must be 1..2147483646)");
  CHECK(error_of("ipv6NormalRoutePriority: 2147483647") == "ipv6NormalRoutePriority 2147483647 is out of range (0..2147483646)");
}

TEST_CASE("a later Calico's field inside an entry is refused in a document and kept in the store") {
  CHECK(error_of("serviceClusterIPs: [{cidr: 10.0.0.0/8, future: 1}]") ==
        "serviceClusterIPs[0]: field in document is not recognized or is in the wrong location: future");
  const auto stored = bgp_configuration_kind().decode(
      kBgpConfigurationDefaultKey,
      R"({"metadata":{"name":"default"},"spec":{"serviceClusterIPs":[{"cidr":"10.0.0.0/8","future":1}]}})");
  REQUIRE(stored.ok());
  CHECK(read_bgp_configuration(*stored).advertisements.cluster_ips == ranges({"10.0.0.0/8"}));
}

TEST_CASE("a BGPConfiguration names at most kNamedCommunitiesMax communities") {
  const auto named = [](size_t count) {
    std::string list;
    for (size_t i = 0; i < count; ++i) list += "{name: c" + std::to_string(i) + ", value: '65000:1'},";
    return error_of("communities: [" + list + "], prefixAdvertisements: [{cidr: 10.0.0.0/8, communities: [c0]}]");
  };
  CHECK(named(bgp::limits::kNamedCommunitiesMax) == "");
  CHECK(named(bgp::limits::kNamedCommunitiesMax + 1) ==
        "error with field communities = '501' (must be at most 500 communities)");
}
