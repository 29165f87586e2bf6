// Route refresh, RFC 2918 §2: no value.
#pragma once

#include "bgp/wire/capabilities/capability.h"

namespace bgp::wire::capabilities {

struct RouteRefresh {
  static constexpr uint8_t kCode = 2;

  static bool decode(ByteView value, Capabilities& out) {
    out.route_refresh = true;
    return value.empty();
  }
  static void encode(const Capabilities& from, Bytes& out) {
    if (from.route_refresh) Tlv(out, kCode);
  }
  static void describe(const Capabilities& from, std::vector<std::string>& lines) {
    if (from.route_refresh) lines.emplace_back("Route refresh");
  }
};

}  // namespace bgp::wire::capabilities
