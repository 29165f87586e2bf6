// MP_REACH_NLRI and MP_UNREACH_NLRI, RFC 4760: routes of a family that the attribute names. Not stored: the next hop
// and the NLRI are results of their own. Malformed: session reset (RFC 7606 §7.11, §7.12), so decode() is called
// before any other attribute is judged, and check() finds nothing more to say.
//   MP_REACH    | AFI u16 | SAFI | length | next hop (4; 16 or 32, for IPv4 with RFC 8950) | reserved | NLRI ...
//   MP_UNREACH  | AFI u16 | SAFI | withdrawn routes ...
#pragma once

#include "bgp/wire/attributes/attribute_rule.h"

namespace bgp::wire::attributes {

struct MpReachNlri {
  static constexpr AttributeCode kCode = AttributeCode::MpReachNlri;
  static constexpr const char* kName = "MP_REACH_NLRI";
  static constexpr uint8_t kFlags = flag::kOptional;
  static constexpr bool kStored = false;

  struct Decoded {
    std::optional<Family> family;  // nullopt: not one of ours, whose next hop and NLRI are not looked into
    wire::NextHop next_hop;
    ByteView nlri;                 // not yet validated
  };
  // nullopt when malformed. `extended_next_hop`: an IPv6 next hop is one for IPv4 routes too (RFC 8950 §4).
  static std::optional<Decoded> decode(ByteView value, bool extended_next_hop);

  static Verdict check(ByteView, const Received&) { return keep(); }
  static std::string text(ByteView value) { return hex_text(value); }
};

struct MpUnreachNlri {
  static constexpr AttributeCode kCode = AttributeCode::MpUnreachNlri;
  static constexpr const char* kName = "MP_UNREACH_NLRI";
  static constexpr uint8_t kFlags = flag::kOptional;
  static constexpr bool kStored = false;

  struct Decoded {
    std::optional<Family> family;
    ByteView nlri;
  };
  static std::optional<Decoded> decode(ByteView value);

  static Verdict check(ByteView, const Received&) { return keep(); }
  static std::string text(ByteView value) { return hex_text(value); }
};

}  // namespace bgp::wire::attributes
