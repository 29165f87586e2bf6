// Where a route of our own comes from: what the kernel says of it and policy may ask. It is kept as one more attribute of
// the set, so that routes over different interfaces have different sets and nothing else need know; export takes it off.
//
// Type 255 is reserved (RFC 2042) and means this only in sets of our own routes: what a peer sends under 255 is unknown
// to us like any other type.
//   +---------------+-----------------+------------------+
//   | metric (u32)  | has_gateway(u8) | interface name   |
//   +---------------+-----------------+------------------+
#pragma once

#include <string>

#include "bgp/wire/attribute.h"

namespace bgp::policy {

inline constexpr uint8_t kLocalOriginCode = 255;

struct LocalOrigin {
  std::string interface = {};  // empty: none, as of a block
  uint32_t metric = 0;         // the kernel's; 0: not said
  bool has_gateway = false;    // leads off this node
  bool operator==(const LocalOrigin&) const = default;
};

// `canonical` with the origin; as it is when there is nothing to say.
Bytes with_local_origin(ByteView canonical, const LocalOrigin& origin);
// Both require the set of a route of our own.
Bytes without_local_origin(ByteView canonical);
LocalOrigin local_origin_of(ByteView canonical);

}  // namespace bgp::policy
