// The list of kinds. A new kind is one file in kinds/ and one line in kinds.cpp.
#pragma once

#include <string_view>
#include <vector>

#include "config/model/resource.h"

namespace config::model {

const std::vector<const Kind*>& all_kinds();
// The command line's spelling: any case, aliases. nullptr: `Resource type 'x' is not supported`.
const Kind* find_kind(std::string_view cli_name);
// A file's spelling, exact ("bgpPeer" with V1, "BGPPeer" with V3). nullptr: unknown.
const Kind* find_kind(std::string_view file_name, Api api);
// The kind that stores under this key, nullptr if none does.
const Kind* find_kind_of_key(std::string_view key);

}  // namespace config::model
