// What an attribute's file provides. The list in registry.cpp is the only place that names them all; judging, storing
// and printing follow from it.
//
//   struct X {
//     static constexpr AttributeCode kCode;  static constexpr const char* kName;  static constexpr uint8_t kFlags;
//     static Verdict check(ByteView value, const Received& message);   // the value as received
//     static std::string text(ByteView value);                         // of a checked, canonical value
//
//     // Only where the default does not fit:
//     static constexpr Scope kScope = Scope::Any;                            // who may send it
//     static constexpr FaultAction kFlagFault = FaultAction::TreatAsWithdraw;  // RFC 7606 §3 c
//     static constexpr bool kStored = true;                                  // part of the canonical bytes
//     // From a 2-octet peer: appends the canonical value.
//     static void widen(ByteView value, const Received& message, Bytes& out);
//   };
#pragma once

#include "bgp/wire/attribute.h"
#include "bgp/wire/context.h"
#include "bgp/wire/framed_attributes.h"
#include "bgp/wire/update.h"

namespace bgp::wire {

// What RFC 7606 has us do with one attribute. Session reset is not among them: only MP_REACH_NLRI and MP_UNREACH_NLRI
// can cause it, and those are decoded before all others.
struct Verdict {
  bool ok = true;
  FaultAction action = FaultAction::Discard;
  const char* reason = nullptr;
};
inline Verdict keep() { return {}; }
inline Verdict discard(const char* reason) { return {false, FaultAction::Discard, reason}; }
inline Verdict treat_as_withdraw(const char* reason) { return {false, FaultAction::TreatAsWithdraw, reason}; }

enum class Scope : uint8_t {
  Any,
  Internal,      // from iBGP peers; discarded from others (RFC 7606 §7.5, §7.9, §7.10)
  TwoOctetPeer,  // from peers without 4-octet AS numbers (RFC 6793 §4.1)
  Nobody,        // not carried by us: dropped without looking inside
};

// The message that an attribute stands in.
struct Received {
  const CodecContext& context;
  const FramedAttributes& attributes;
  bool has_ipv4_nlri;  // reachable ones in the field of RFC 4271
  bool has_reachable;  // there or in MP_REACH_NLRI
};

struct AttributeRule {
  const char* name;
  uint8_t flags;
  Scope scope;
  FaultAction flag_fault;
  bool stored;
  Verdict (*check)(ByteView value, const Received& message);
  void (*widen)(ByteView value, const Received& message, Bytes& out);  // or nullptr
  std::string (*text)(ByteView value);
};

// nullptr for a type that we do not know.
const AttributeRule* rule_of(uint8_t code);

// Scope, flags and value of one attribute, unknown ones included.
Verdict judge(const AttributeRule* rule, const FramedAttribute& attribute, const Received& message);

// ---- pieces that several attributes use -------------------------------------------------------------------------
inline uint32_t u16_at(const uint8_t* p) { return static_cast<uint32_t>(p[0]) << 8 | p[1]; }
inline uint32_t u32_at(const uint8_t* p) {
  return static_cast<uint32_t>(p[0]) << 24 | static_cast<uint32_t>(p[1]) << 16 | u16_at(p + 2);
}

// RFC 7606 §7.8 and its likes: one or more elements of `size` octets, and no more than we hold.
inline Verdict check_list(ByteView value, size_t size, size_t elements_max) {
  if (value.empty() || value.size() % size != 0) return treat_as_withdraw("length is no multiple of the element's");
  if (value.size() / size > elements_max) return treat_as_withdraw("more elements than the limit");
  return keep();
}

// The texts of the elements of `size` octets, with blanks between.
template <class Element>
std::string list_text(ByteView value, size_t size, Element element) {
  std::string out;
  for (size_t at = 0; at + size <= value.size(); at += size) {
    if (at != 0) out += ' ';
    out += element(value.subspan(at, size));
  }
  return out;
}

}  // namespace bgp::wire
