// What this node announces: upstream's export rules as a filter.
#pragma once

#include <vector>

#include "bgp/base/prefix.h"
#include "bgp/policy/filter.h"
#include "config/model/kinds/ip_pool.h"

namespace config::desired {

// In order: ranges of pools with disableBGPExport are rejected; an own block itself is accepted, what is strictly
// inside one is rejected (the block stands for it); anything in a pool is accepted, disabled or not, for `disabled`
// ends new allocations and not old workloads; the rest is rejected.
bgp::policy::FilterPtr export_filter(const std::vector<bgp::Prefix>& own_blocks,
                                     const std::vector<model::IpPool>& pools);

}  // namespace config::desired
