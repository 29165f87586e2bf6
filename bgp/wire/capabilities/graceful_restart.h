// Graceful restart, RFC 4724 §3; the N flag is RFC 8538 §2.
//   +---+---+---+---+------------------------+    then for each family:
//   | R | N | 0 | 0 | restart time, 12 bit s |    | AFI u16 | SAFI | flags: F = 0x80 |
//   +---+---+---+---+------------------------+
#pragma once

#include "bgp/wire/capabilities/capability.h"

namespace bgp::wire::capabilities {

struct GracefulRestart {
  static constexpr uint8_t kCode = 64;
  static constexpr uint16_t kRestarting = 0x8000, kNotification = 0x4000, kTimeMax = 0x0fff;
  static constexpr uint8_t kForwarding = 0x80;

  // Of several instances the last one counts (RFC 4724 §3).
  static bool decode(ByteView value, Capabilities& out) {
    if (value.size() < 2 || (value.size() - 2) % 4 != 0) return false;
    ByteReader reader(value);
    uint16_t head = reader.u16();
    wire::GracefulRestart& restart = out.graceful_restart.emplace();
    restart.restarting = (head & kRestarting) != 0;
    restart.notification = (head & kNotification) != 0;
    restart.restart_time_s = head & kTimeMax;
    while (!reader.empty()) decode_family(reader, restart);
    return true;
  }

  static void encode(const Capabilities& from, Bytes& out) {
    if (!from.graceful_restart) return;
    const wire::GracefulRestart& restart = *from.graceful_restart;
    Tlv tlv(out, kCode);
    ByteWriter(out).u16(static_cast<uint16_t>((restart.restarting ? kRestarting : 0) |
                                              (restart.notification ? kNotification : 0) |
                                              (restart.restart_time_s & kTimeMax)));
    for (Family family : kFamilies) {
      if (!restart.families.has(family)) continue;
      put_afi(out, family);
      uint8_t flags = restart.forwarding.has(family) ? kForwarding : 0;
      out.insert(out.end(), {static_cast<uint8_t>(Safi::Unicast), flags});
    }
  }

  static void describe(const Capabilities& from, std::vector<std::string>& lines) {
    if (!from.graceful_restart) return;
    lines.push_back("Graceful restart, " + std::to_string(from.graceful_restart->restart_time_s) + " s" +
                    (from.graceful_restart->restarting ? ", restarting" : ""));
  }

 private:
  static void decode_family(ByteReader& reader, wire::GracefulRestart& restart) {
    uint16_t afi = reader.u16();
    uint8_t safi = reader.u8();
    uint8_t flags = reader.u8();
    std::optional<Family> family = family_of(afi, safi);
    if (!family) return;
    restart.families.add(*family);
    if ((flags & kForwarding) != 0) restart.forwarding.add(*family);
  }
};

}  // namespace bgp::wire::capabilities
