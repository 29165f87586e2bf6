// ATOMIC_AGGREGATE, RFC 4271 §4.3 f: well-known discretionary, no value. Malformed: RFC 7606 §7.6.
#pragma once

#include "bgp/wire/attributes/attribute_rule.h"

namespace bgp::wire::attributes {

struct AtomicAggregate {
  static constexpr AttributeCode kCode = AttributeCode::AtomicAggregate;
  static constexpr const char* kName = "ATOMIC_AGGREGATE";
  static constexpr uint8_t kFlags = flag::kTransitive;
  static constexpr FaultAction kFlagFault = FaultAction::Discard;

  static Verdict check(ByteView value, const Received&) {
    return value.empty() ? keep() : discard("length is not 0");
  }
  static std::string text(ByteView) { return {}; }
};

}  // namespace bgp::wire::attributes
