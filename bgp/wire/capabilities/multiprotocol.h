// Multiprotocol extensions, RFC 4760 §8: one TLV for each family.
//   +----------------+----------+--------+
//   | AFI u16        | reserved | SAFI   |   length 4
//   +----------------+----------+--------+
#pragma once

#include <algorithm>

#include "bgp/wire/capabilities/capability.h"

namespace bgp::wire::capabilities {

struct Multiprotocol {
  static constexpr uint8_t kCode = 1;

  static bool decode(ByteView value, Capabilities& out) {
    if (value.size() != 4) return false;
    uint16_t afi = static_cast<uint16_t>(value[0] << 8 | value[1]);
    if (std::optional<Family> family = family_of(afi, value[3])) {
      out.multiprotocol.add(*family);
      return true;
    }
    uint32_t other = static_cast<uint32_t>(afi) << 8 | value[3];
    if (std::find(out.other_families.begin(), out.other_families.end(), other) == out.other_families.end())
      out.other_families.push_back(other);
    return true;
  }

  static void encode(const Capabilities& from, Bytes& out) {
    for (Family family : kFamilies) {
      if (!from.multiprotocol.has(family)) continue;
      Tlv tlv(out, kCode);
      put_afi(out, family);
      out.insert(out.end(), {0, static_cast<uint8_t>(Safi::Unicast)});
    }
  }

  static void describe(const Capabilities& from, std::vector<std::string>& lines) {
    for (Family family : kFamilies)
      if (from.multiprotocol.has(family)) lines.emplace_back(family_text(family));
    for (uint32_t other : from.other_families)
      lines.push_back("AFI " + std::to_string(other >> 8) + " SAFI " + std::to_string(other & 0xff));
  }
};

}  // namespace bgp::wire::capabilities
