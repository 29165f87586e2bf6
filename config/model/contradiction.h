// Documents of one file that are each fine and cannot both hold.
#pragma once

#include <vector>

#include "config/model/resource.h"

namespace config::model {

// Two BGPPeers of the same nodes for one address that say different things: the agent could follow one alone. The error
// has the line of the second, names that of the first, and what differs. Twice the same is none.
Outcome<bgp::Done> check_contradictions(const std::vector<Resource>& resources);

}  // namespace config::model
