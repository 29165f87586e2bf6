// Route refresh under the code that was used before RFC 2918. Read, because old speakers offer only this one; never
// sent, and so not described: the member is that of capability 2.
#pragma once

#include "bgp/wire/capabilities/capability.h"

namespace bgp::wire::capabilities {

struct CiscoRouteRefresh {
  static constexpr uint8_t kCode = 128;

  static bool decode(ByteView value, Capabilities& out) {
    out.route_refresh = true;
    return value.empty();
  }
  static void encode(const Capabilities&, Bytes&) {}
  static void describe(const Capabilities&, std::vector<std::string>&) {}
};

}  // namespace bgp::wire::capabilities
