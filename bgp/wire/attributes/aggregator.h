// AGGREGATOR, RFC 4271 §4.3 g: optional transitive; canonical with a 4-octet AS. Malformed: RFC 7606 §7.7.
//   +-------------------------+------------+
//   | AS u16 or u32 (RFC 6793)| IPv4       |   length 6 or 8
//   +-------------------------+------------+
#pragma once

#include "bgp/wire/attributes/attribute_rule.h"

namespace bgp::wire::attributes {

struct Aggregator {
  static constexpr AttributeCode kCode = AttributeCode::Aggregator;
  static constexpr const char* kName = "AGGREGATOR";
  static constexpr uint8_t kFlags = flag::kOptional | flag::kTransitive;
  static constexpr FaultAction kFlagFault = FaultAction::Discard;

  static Verdict check(ByteView value, const Received& message) {
    bool wide = message.context.four_octet_as;
    if (value.size() != (wide ? 8U : 6U)) return discard(wide ? "length is not 8" : "length is not 6");
    if ((wide ? u32_at(value.data()) : u16_at(value.data())) == 0) return discard("AS 0");  // RFC 7607 §2
    return keep();
  }
  static void widen(ByteView value, const Received& message, Bytes& out);
  static std::string text(ByteView value) {
    return std::to_string(u32_at(value.data())) + " " + IpAddress::from_bytes(value.subspan(4))->to_string();
  }
};

// AS4_AGGREGATOR, RFC 6793 §3: the true aggregator behind AS_TRANS. Merged into AGGREGATOR, never stored.
struct As4Aggregator {
  static constexpr AttributeCode kCode = AttributeCode::As4Aggregator;
  static constexpr const char* kName = "AS4_AGGREGATOR";
  static constexpr uint8_t kFlags = flag::kOptional | flag::kTransitive;
  static constexpr FaultAction kFlagFault = FaultAction::Discard;
  static constexpr Scope kScope = Scope::TwoOctetPeer;
  static constexpr bool kStored = false;

  static Verdict check(ByteView value, const Received&) {
    if (value.size() != 8) return discard("length is not 8");
    if (u32_at(value.data()) == 0) return discard("AS 0");
    return keep();
  }
  static std::string text(ByteView value) { return Aggregator::text(value); }
};

// RFC 6793 §4.2.3: a well-formed AGGREGATOR with another AS than AS_TRANS was made by somebody who knew nothing of the
// AS4_ attributes, so that both of them are out of date.
bool as4_attributes_are_stale(const Received& message);

}  // namespace bgp::wire::attributes
