// Extended messages, RFC 8654 §3: no value.
#pragma once

#include "bgp/wire/capabilities/capability.h"

namespace bgp::wire::capabilities {

struct ExtendedMessages {
  static constexpr uint8_t kCode = 6;

  static bool decode(ByteView value, Capabilities& out) {
    out.extended_messages = true;
    return value.empty();
  }
  static void encode(const Capabilities& from, Bytes& out) {
    if (from.extended_messages) Tlv(out, kCode);
  }
  static void describe(const Capabilities& from, std::vector<std::string>& lines) {
    if (from.extended_messages) lines.emplace_back("Extended messages");
  }
};

}  // namespace bgp::wire::capabilities
