// MULTI_EXIT_DISC, RFC 4271 §4.3 d: optional non-transitive. Malformed: RFC 7606 §7.4.
//   +--------+--------+--------+--------+
//   |        metric, u32 big-endian     |   length 4; absent means 0 (§9.1.2.2 c)
//   +--------+--------+--------+--------+
#pragma once

#include "bgp/wire/attributes/attribute_rule.h"

namespace bgp::wire::attributes {

struct MultiExitDisc {
  static constexpr AttributeCode kCode = AttributeCode::MultiExitDisc;
  static constexpr const char* kName = "MULTI_EXIT_DISC";
  static constexpr uint8_t kFlags = flag::kOptional;

  static Verdict check(ByteView value, const Received&) {
    return value.size() == 4 ? keep() : treat_as_withdraw("length is not 4");
  }
  static std::string text(ByteView value) { return std::to_string(u32_at(value.data())); }
};

}  // namespace bgp::wire::attributes
