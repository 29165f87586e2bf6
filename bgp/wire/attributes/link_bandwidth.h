// The link-bandwidth extended community (draft-ietf-idr-link-bandwidth): what the way behind a route can carry.
//   | type 0x40 or 0x00 | subtype 0x04 | AS u16 | octets a second, IEEE 754 binary32 |
#pragma once

#include <optional>

#include "bgp/base/bytes.h"

namespace bgp::wire {

// The first of a canonical set that says a bandwidth at all: finite and above 0. Anything else is no bandwidth.
std::optional<double> link_bandwidth(ByteView canonical);

}  // namespace bgp::wire
