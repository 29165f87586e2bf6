// A BGPFilter's rules in the words of bgp/policy.
#pragma once

#include <vector>

#include "bgp/policy/filter.h"
#include "config/model/kinds/bgp_filter.h"

namespace config::desired {

enum class Direction : uint8_t { Import, Export };

// `normal_priority`: of a route of our own of which the kernel says none.
bgp::policy::Rule policy_rule(const model::FilterRule& rule, bgp::Family family, Direction direction,
                              uint32_t normal_priority);
// Adds to what there is.
void add_communities(bgp::policy::Edits& edits, const std::vector<model::Community>& communities);

}  // namespace config::desired
