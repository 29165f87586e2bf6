// The BGP Identifier of a node without an IPv4 address, as calico/node makes it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "bgp/base/numbers.h"

namespace config::desired {

// The first four bytes of SHA-256(node name); a first byte above 223 minus 32, so that it looks like unicast.
bgp::BgpIdentifier hashed_identifier(std::string_view node_name);

// FIPS 180-4. For identifiers, not for secrets.
std::array<uint8_t, 32> sha256(std::string_view message);

}  // namespace config::desired
