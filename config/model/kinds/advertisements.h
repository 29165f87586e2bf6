// What of a BGPConfiguration bears on which routes are announced, how they are marked, and who programs them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bgp/base/prefix.h"
#include "config/model/community.h"
#include "config/model/kinds/fields.h"

namespace config::model {

struct PrefixAdvertisement {
  bgp::Prefix cidr;
  std::vector<Community> communities;  // names are resolved
};

// Whose routes this agent puts into the kernel; Felix has the others.
enum class ProgramClusterRoutes : uint8_t { Enabled, Disabled, EnabledNoEncapOnly, EnabledIpipOnly };

struct Advertisements {
  std::vector<bgp::Prefix> cluster_ips, external_ips, load_balancer_ips;  // ranges of services, each once, as written
  bool aggregates_load_balancers = true;               // serviceLoadBalancerAggregation
  std::vector<PrefixAdvertisement> prefix_advertisements;
  std::optional<ProgramClusterRoutes> program_cluster_routes;
  std::optional<uint32_t> normal_priority_v4, normal_priority_v6;
};

// All of these fields, and no others, with upstream's checks.
Advertisements read_advertisements(Fields& fields, bool strict);

}  // namespace config::model
