// Long-lived graceful restart, RFC 9494 §3.1: for each family, how long its routes may be kept as long-lived stale.
//   +----------------+--------+-------------------+---------------------+
//   | AFI u16        | SAFI   | flags: F = 0x80   | stale time, u24 s   |   repeated
//   +----------------+--------+-------------------+---------------------+
#pragma once

#include <algorithm>

#include "bgp/wire/capabilities/capability.h"

namespace bgp::wire::capabilities {

struct LongLivedGracefulRestart {
  static constexpr uint8_t kCode = 71;
  static constexpr uint8_t kForwarding = 0x80;
  static constexpr uint32_t kTimeMax = 0xffffff;

  static bool decode(ByteView value, Capabilities& out) {
    if (value.size() % 7 != 0) return false;
    out.long_lived.emplace();  // of several instances the last one counts, as with capability 64
    for (ByteReader reader(value); !reader.empty();) {
      uint16_t afi = reader.u16();
      uint8_t safi = reader.u8();
      uint8_t flags = reader.u8();
      uint32_t stale_s = static_cast<uint32_t>(reader.u8()) << 16;
      stale_s |= reader.u16();
      std::optional<Family> family = family_of(afi, safi);
      if (!family) continue;
      out.long_lived->families.add(*family);
      if ((flags & kForwarding) != 0) out.long_lived->forwarding.add(*family);
      out.long_lived->stale_s(*family) = stale_s;
    }
    return true;
  }

  static void encode(const Capabilities& from, Bytes& out) {
    if (!from.long_lived) return;
    Tlv tlv(out, kCode);
    for (Family family : kFamilies) {
      if (!from.long_lived->families.has(family)) continue;
      uint32_t stale_s = std::min(from.long_lived->stale_s(family), kTimeMax);
      put_afi(out, family);
      ByteWriter writer(out);
      writer.u8(static_cast<uint8_t>(Safi::Unicast));
      writer.u8(from.long_lived->forwarding.has(family) ? kForwarding : 0);
      writer.u8(static_cast<uint8_t>(stale_s >> 16));
      writer.u16(static_cast<uint16_t>(stale_s));
    }
  }

  static void describe(const Capabilities& from, std::vector<std::string>& lines) {
    if (!from.long_lived) return;
    for (Family family : kFamilies)
      if (from.long_lived->families.has(family))
        lines.push_back(std::string("Long-lived graceful restart, ") + family_text(family) + ", " +
                        std::to_string(from.long_lived->stale_s(family)) + " s");
    if (from.long_lived->families.empty()) lines.emplace_back("Long-lived graceful restart");
  }
};

}  // namespace bgp::wire::capabilities
