// Attributes that have a scope we do not serve, or that broke others when they were handed on blindly. They are dropped
// without a look inside, which is what their RFCs ask of a speaker that does not implement them: a malformed one can
// then neither withdraw a route nor reset a session, here or behind us.
#pragma once

#include "bgp/wire/attributes/attribute_rule.h"

namespace bgp::wire::attributes {

template <uint8_t Code>
struct NotCarried {
  static constexpr AttributeCode kCode = static_cast<AttributeCode>(Code);
  static constexpr uint8_t kFlags = 0;
  static constexpr Scope kScope = Scope::Nobody;
  static constexpr bool kStored = false;
  static Verdict check(ByteView, const Received&) { return keep(); }
  static std::string text(ByteView value) { return hex_text(value); }
};

// Type 0 is nobody's: discarded like the others, but as a fault, since no correct speaker sends it.
struct Reserved : NotCarried<0> {
  static constexpr const char* kName = "reserved";
  static constexpr Scope kScope = Scope::Any;
  static constexpr FaultAction kFlagFault = FaultAction::Discard;
  static Verdict check(ByteView, const Received&) { return discard("type 0 is reserved"); }
};

struct Aigp : NotCarried<26> {  // RFC 7311 §3: per session
  static constexpr const char* kName = "AIGP";
};
struct BgpLs : NotCarried<29> {  // RFC 9552 §8.2.2
  static constexpr const char* kName = "BGP-LS";
};
struct BfdDiscriminator : NotCarried<38> {  // RFC 9026
  static constexpr const char* kName = "BFD_DISCRIMINATOR";
};
struct NextHopCapabilities : NotCarried<39> {  // a next hop's own
  static constexpr const char* kName = "NHC";
};
struct PrefixSid : NotCarried<40> {  // RFC 8669 §6; 2025-05-20
  static constexpr const char* kName = "PREFIX_SID";
};

}  // namespace bgp::wire::attributes
