// For the .cpp files of this room only: BfdInfo <-> JSON. No BFD is null.
#pragma once

#include <optional>

#include "ctl/protocol/bfd_info.h"
#include "ctl/protocol/json_internal.h"

namespace ctl::protocol {

Json to_object(const std::optional<BfdInfo>& bfd);
// Throws for read_json() to catch.
std::optional<BfdInfo> bfd_info(const Json& json);

}  // namespace ctl::protocol
