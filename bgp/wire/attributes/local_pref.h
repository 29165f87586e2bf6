// LOCAL_PREF, RFC 4271 §4.3 e: u32, well-known, inside an AS alone. Malformed: RFC 7606 §7.5.
#pragma once

#include "bgp/wire/attributes/attribute_rule.h"

namespace bgp::wire::attributes {

struct LocalPref {
  static constexpr AttributeCode kCode = AttributeCode::LocalPref;
  static constexpr const char* kName = "LOCAL_PREF";
  static constexpr uint8_t kFlags = flag::kTransitive;
  static constexpr Scope kScope = Scope::Internal;

  static Verdict check(ByteView value, const Received&) {
    return value.size() == 4 ? keep() : treat_as_withdraw("length is not 4");
  }
  static std::string text(ByteView value) { return std::to_string(u32_at(value.data())); }
};

}  // namespace bgp::wire::attributes
