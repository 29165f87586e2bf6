// What must be true of any UPDATE that was decoded. For the targets that decode them.
#pragma once

#include "bgp/wire/update.h"
#include "harness/harness.h"

namespace fuzz {

// Bits of the leading octet.
inline bgp::wire::CodecContext context_of(uint8_t bits) {
  bgp::wire::CodecContext context;
  context.local_as = bgp::Asn{65000};
  context.peer_as = bgp::Asn{(bits & 1) != 0 ? 65000U : 65001U};
  context.four_octet_as = (bits & 2) == 0;
  context.extended_messages = (bits & 4) != 0;
  context.families = (bits & 8) != 0 ? bgp::FamilySet::of(bgp::Family::IPv4) : bgp::FamilySet::both();
  if ((bits & 16) != 0) context.add_path_receive = context.add_path_send = context.families;
  context.enforce_first_as = (bits & 32) == 0;
  context.reject_as_sets = (bits & 64) != 0;
  return context;
}

inline void check_nlri(const bgp::wire::NlriField& field) {
  field.for_each([&](const bgp::wire::NlriEntry& entry) {
    BGP_ASSERT(bgp::wire::to_prefix(field.family(), entry).length() == entry.length);
  });
}

// Canonical: each type once and in order, lengths as short as can be; every reader of them copes.
inline void check_attributes(ByteView canonical) {
  int previous = -1;
  for (const bgp::wire::AttributeView& a : bgp::wire::attributes_of(canonical)) {
    BGP_ASSERT(a.code > previous);
    BGP_ASSERT((a.flags & 0x0f) == 0);
    BGP_ASSERT(((a.flags & bgp::wire::flag::kExtendedLength) != 0) == (a.value.size() > 255));
    BGP_ASSERT(is_inert(bgp::wire::attribute_text(a)));
    previous = a.code;
  }
  (void)bgp::wire::facts_of(canonical);  // asserts on what is not canonical
  BGP_ASSERT(is_inert(bgp::wire::as_path_text(canonical)));
  for (const std::string& community : bgp::wire::communities_text(canonical)) BGP_ASSERT(is_inert(community));
  (void)bgp::wire::as_path_contains(canonical, bgp::Asn{65000});
  (void)bgp::wire::to_two_octet(canonical);
}

inline void check(const bgp::wire::DecodedUpdate& update, const bgp::wire::CodecContext& context) {
  for (const bgp::wire::NlriField* field :
       {&update.withdrawn, &update.mp_withdrawn, &update.reachable, &update.mp_reachable}) {
    BGP_ASSERT(field->empty() || context.families.has(field->family()));
    check_nlri(*field);
  }
  for (const bgp::wire::AttributeFault& fault : update.faults) BGP_ASSERT(fault.reason && fault.bytes.size() <= 64);
  bool is_reachable = !update.reachable.empty() || !update.mp_reachable.empty();
  if (is_reachable && !update.treat_as_withdraw) check_attributes(update.attributes);
}

}  // namespace fuzz
