// The rules that every export filter has, around those of BGPFilters.
#pragma once

#include <vector>

#include "bgp/policy/filter.h"
#include "config/desired/inventory.h"
#include "config/desired/self.h"
#include "config/desired/services.h"

namespace config::desired {

using PolicyRules = std::vector<bgp::policy::Rule>;

// Whether BGP's agent programs the routes of this pool; programClusterRoutes.
bool is_programmed_here(const Inventory& inventory, const model::IpPool& pool);
// Configured for the family, else Felix's 1024.
uint32_t normal_priority(const Inventory& inventory, bgp::Family family);
// Where ipv4/ipv6NormalRoutePriority is configured, our own routes are told with the LOCAL_PREF of their priority.
PolicyRules priority_rules(const Inventory& inventory);
PolicyRules default_export_rules(const Inventory& inventory, const Self& self, const std::vector<bgp::Prefix>& own_blocks,
                                 const Services& services);
// Of prefixes that Felix, or whoever forwards services, programs; empty: of none.
PolicyRules kernel_rules(const Inventory& inventory, const Services& services);

}  // namespace config::desired
