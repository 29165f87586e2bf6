// ADD-PATH, RFC 7911 §4: for each family, whether the sender of the capability receives (1), sends (2) or both (3).
//   +----------------+--------+--------------+
//   | AFI u16        | SAFI   | send/receive |   repeated
//   +----------------+--------+--------------+
#pragma once

#include "bgp/wire/capabilities/capability.h"

namespace bgp::wire::capabilities {

struct AddPath {
  static constexpr uint8_t kCode = 69;
  static constexpr uint8_t kReceive = 1, kSend = 2;

  static bool decode(ByteView value, Capabilities& out) {
    if (value.size() % 4 != 0) return false;
    for (ByteReader reader(value); !reader.empty();) {
      uint16_t afi = reader.u16();
      uint8_t safi = reader.u8();
      uint8_t mode = reader.u8();
      std::optional<Family> family = family_of(afi, safi);
      if (!family || mode > (kReceive | kSend)) continue;  // RFC 7911 §4: another value is ignored, not an error
      if ((mode & kReceive) != 0) out.add_path_receive.add(*family);
      if ((mode & kSend) != 0) out.add_path_send.add(*family);
    }
    return true;
  }

  static void encode(const Capabilities& from, Bytes& out) {
    if (from.add_path_receive.empty() && from.add_path_send.empty()) return;
    Tlv tlv(out, kCode);
    for (Family family : kFamilies) {
      uint8_t mode = mode_of(from, family);
      if (mode == 0) continue;
      put_afi(out, family);
      out.insert(out.end(), {static_cast<uint8_t>(Safi::Unicast), mode});
    }
  }

  static void describe(const Capabilities& from, std::vector<std::string>& lines) {
    static constexpr const char* kModes[] = {"", "receive", "send", "send and receive"};
    for (Family family : kFamilies)
      if (uint8_t mode = mode_of(from, family))
        lines.push_back(std::string("ADD-PATH ") + family_text(family) + ", " + kModes[mode]);
  }

 private:
  static uint8_t mode_of(const Capabilities& from, Family family) {
    return static_cast<uint8_t>((from.add_path_receive.has(family) ? kReceive : 0) |
                                (from.add_path_send.has(family) ? kSend : 0));
  }
};

}  // namespace bgp::wire::capabilities
