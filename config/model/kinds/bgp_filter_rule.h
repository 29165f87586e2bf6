// One rule of a BGPFilter: reading and checking. bgp_filter.cpp has the kind around them.
#pragma once

#include "config/model/kinds/bgp_filter.h"
#include "config/model/kinds/fields.h"

namespace config::model {

// What is wrong goes to `fields`, whose map the rule is in, with the rule's place in front: "exportV4[0]: ...".
// A rule with a field that we do not know is wrong in the store, too: without that condition it would mean more routes.
std::vector<FilterRule> read_filter_rules(Fields& fields, std::string_view key, bgp::Family family);

}  // namespace config::model
