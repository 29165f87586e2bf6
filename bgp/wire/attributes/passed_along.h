// Optional transitive attributes that mean nothing to us, but whose form is known: they are checked, so that we are not
// the one who hands a broken one on, and passed along unchanged.
#pragma once

#include "bgp/wire/attributes/attribute_rule.h"

namespace bgp::wire::attributes {

// PMSI_TUNNEL, RFC 6514 §5: | flags | tunnel type | MPLS label, 3 octets | tunnel identifier |
struct PmsiTunnel {
  static constexpr AttributeCode kCode = AttributeCode::PmsiTunnel;
  static constexpr const char* kName = "PMSI_TUNNEL";
  static constexpr uint8_t kFlags = flag::kOptional | flag::kTransitive;

  static Verdict check(ByteView value, const Received&) {
    if (value.size() < 5) return treat_as_withdraw("length is below 5");
    size_t identifier = value.size() - 5;
    bool no_tunnel = value[1] == 0;     // RFC 6514 §5: no identifier
    bool address = value[1] == 6;       // ingress replication: an IPv4 or IPv6 address
    if ((no_tunnel && identifier != 0) || (address && identifier != 4 && identifier != 16))
      return treat_as_withdraw("tunnel identifier does not fit its type");
    return keep();
  }
  static std::string text(ByteView value) { return hex_text(value); }
};

// TUNNEL_ENCAPSULATION, RFC 9012 §2, §13: | type u16 | length u16 | sub-TLVs |, each sub-TLV | type | length u8, or u16
// for types from 128 | value |. Unknown types are no error.
struct TunnelEncapsulation {
  static constexpr AttributeCode kCode = AttributeCode::TunnelEncapsulation;
  static constexpr const char* kName = "TUNNEL_ENCAPSULATION";
  static constexpr uint8_t kFlags = flag::kOptional | flag::kTransitive;

  static Verdict check(ByteView value, const Received&) {
    if (value.empty()) return treat_as_withdraw("length is 0");
    for (ByteReader reader(value); !reader.empty();) {
      reader.u16();
      ByteView sub_tlvs = reader.take(reader.u16());
      if (reader.failed() || !are_framed(sub_tlvs)) return treat_as_withdraw("a TLV runs past its end");
    }
    return keep();
  }
  static std::string text(ByteView value) { return hex_text(value); }

 private:
  static bool are_framed(ByteView sub_tlvs) {
    for (ByteReader reader(sub_tlvs); !reader.empty();) {
      bool wide = reader.u8() >= 128;
      reader.take(wide ? reader.u16() : reader.u8());
      if (reader.failed()) return false;
    }
    return true;
  }
};

// ONLY_TO_CUSTOMER, RFC 9234 §5: an AS, u32. What it means: bgp/policy/only_to_customer.h.
struct OnlyToCustomer {
  static constexpr AttributeCode kCode = AttributeCode::OnlyToCustomer;
  static constexpr const char* kName = "ONLY_TO_CUSTOMER";
  static constexpr uint8_t kFlags = flag::kOptional | flag::kTransitive;

  static Verdict check(ByteView value, const Received&) {
    if (value.size() != 4) return treat_as_withdraw("length is not 4");
    if (u32_at(value.data()) == 0) return treat_as_withdraw("AS 0");
    return keep();
  }
  static std::string text(ByteView value) { return std::to_string(u32_at(value.data())); }
};

}  // namespace bgp::wire::attributes
