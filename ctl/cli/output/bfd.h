// The BFD part of `node peer`.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ctl/protocol/bfd_info.h"

namespace ctl::cli::output {

// Names and values, in the order in which they are shown.
std::vector<std::pair<std::string, std::string>> bfd_lines(const protocol::BfdInfo& bfd);

}  // namespace ctl::cli::output
