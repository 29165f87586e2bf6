// Enhanced route refresh, RFC 7313 §3.1: no value.
#pragma once

#include "bgp/wire/capabilities/capability.h"

namespace bgp::wire::capabilities {

struct EnhancedRouteRefresh {
  static constexpr uint8_t kCode = 70;

  static bool decode(ByteView value, Capabilities& out) {
    out.enhanced_route_refresh = true;
    return value.empty();
  }
  static void encode(const Capabilities& from, Bytes& out) {
    if (from.enhanced_route_refresh) Tlv(out, kCode);
  }
  static void describe(const Capabilities& from, std::vector<std::string>& lines) {
    if (from.enhanced_route_refresh) lines.emplace_back("Enhanced route refresh");
  }
};

}  // namespace bgp::wire::capabilities
