// 4-octet AS numbers, RFC 6793 §3: the value is the speaker's AS.
#pragma once

#include "bgp/wire/capabilities/capability.h"

namespace bgp::wire::capabilities {

struct FourOctetAs {
  static constexpr uint8_t kCode = 65;

  static bool decode(ByteView value, Capabilities& out) {
    if (value.size() != 4) return false;
    out.four_octet_as = Asn{ByteReader(value).u32()};
    return true;
  }
  static void encode(const Capabilities& from, Bytes& out) {
    if (!from.four_octet_as) return;
    Tlv tlv(out, kCode);
    ByteWriter(out).u32(from.four_octet_as->value);
  }
  static void describe(const Capabilities& from, std::vector<std::string>& lines) {
    if (from.four_octet_as) lines.push_back("4-octet AS " + from.four_octet_as->to_string());
  }
};

}  // namespace bgp::wire::capabilities
