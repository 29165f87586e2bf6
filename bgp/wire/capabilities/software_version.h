// Software version, draft-ietf-idr-software-version §2 (code 75). Text of the peer: hostile.
//   +--------+----------------------+
//   | length | UTF-8 text, 1..64    |
//   +--------+----------------------+
#pragma once

#include "bgp/base/escape.h"
#include "bgp/wire/capabilities/capability.h"

namespace bgp::wire::capabilities {

struct SoftwareVersion {
  static constexpr uint8_t kCode = 75;
  static constexpr size_t kBytesMax = 64;  // of ours; a peer's may be as long as its TLV

  static bool decode(ByteView value, Capabilities& out) {
    ByteReader reader(value);
    ByteView text = reader.take(reader.u8());
    if (reader.failed()) return false;  // what may follow is not ours to judge
    out.software_version = std::string(text.begin(), text.end());
    return true;
  }
  static void encode(const Capabilities& from, Bytes& out) {
    if (!from.software_version) return;
    std::string_view text = std::string_view(*from.software_version).substr(0, kBytesMax);
    Tlv tlv(out, kCode);
    out.push_back(static_cast<uint8_t>(text.size()));
    out.insert(out.end(), text.begin(), text.end());
  }
  static void describe(const Capabilities& from, std::vector<std::string>& lines) {
    if (from.software_version) lines.push_back("Software version " + printable(*from.software_version));
  }
};

}  // namespace bgp::wire::capabilities
