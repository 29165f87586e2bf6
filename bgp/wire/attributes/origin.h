// ORIGIN, RFC 4271 §4.3 a: well-known mandatory; one octet, 0 IGP, 1 EGP, 2 incomplete. Malformed: RFC 7606 §7.1.
#pragma once

#include "bgp/wire/attributes/attribute_rule.h"

namespace bgp::wire::attributes {

struct Origin {
  static constexpr AttributeCode kCode = AttributeCode::Origin;
  static constexpr const char* kName = "ORIGIN";
  static constexpr uint8_t kFlags = flag::kTransitive;

  static Verdict check(ByteView value, const Received&) {
    if (value.size() != 1) return treat_as_withdraw("length is not 1");
    if (value[0] > 2) return treat_as_withdraw("value is not 0, 1 or 2");
    return keep();
  }
  static std::string text(ByteView value) { return to_string(static_cast<wire::Origin>(value[0])); }
};

}  // namespace bgp::wire::attributes
