#include <array>
#include <tuple>

#include "bgp/wire/attributes/aggregator.h"
#include "bgp/wire/attributes/as_path.h"
#include "bgp/wire/attributes/atomic_aggregate.h"
#include "bgp/wire/attributes/attribute_rule.h"
#include "bgp/wire/attributes/communities.h"
#include "bgp/wire/attributes/local_pref.h"
#include "bgp/wire/attributes/mp_nlri.h"
#include "bgp/wire/attributes/multi_exit_disc.h"
#include "bgp/wire/attributes/next_hop.h"
#include "bgp/wire/attributes/not_carried.h"
#include "bgp/wire/attributes/origin.h"
#include "bgp/wire/attributes/passed_along.h"
#include "bgp/wire/attributes/route_reflection.h"

namespace bgp::wire {
namespace {

using namespace attributes;

// The one place to add an attribute.
using AllAttributes =
    std::tuple<Reserved, attributes::Origin, AsPath, attributes::NextHop, MultiExitDisc, LocalPref, AtomicAggregate,
               Aggregator, Communities, OriginatorId, ClusterList, MpReachNlri, MpUnreachNlri, ExtendedCommunities,
               As4Path, As4Aggregator, PmsiTunnel, TunnelEncapsulation, Ipv6ExtendedCommunities, Aigp, BgpLs,
               LargeCommunities, OnlyToCustomer, BfdDiscriminator, NextHopCapabilities, PrefixSid>;

template <class A>
constexpr AttributeRule make_rule() {
  AttributeRule rule{A::kName, A::kFlags, Scope::Any, FaultAction::TreatAsWithdraw, true, A::check, nullptr, A::text};
  if constexpr (requires { A::kScope; }) rule.scope = A::kScope;
  if constexpr (requires { A::kFlagFault; }) rule.flag_fault = A::kFlagFault;
  if constexpr (requires { A::kStored; }) rule.stored = A::kStored;
  if constexpr (requires { &A::widen; }) rule.widen = A::widen;
  return rule;
}

template <class... A>
constexpr std::array<AttributeRule, 256> make_rules(std::tuple<A...>*) {
  std::array<AttributeRule, 256> rules{};
  ((rules[static_cast<uint8_t>(A::kCode)] = make_rule<A>()), ...);
  return rules;
}

constexpr std::array<AttributeRule, 256> kRules = make_rules(static_cast<AllAttributes*>(nullptr));

bool is_in_scope(Scope scope, const CodecContext& context) {
  switch (scope) {
    case Scope::Any: return true;
    case Scope::Internal: return context.is_ibgp();
    case Scope::TwoOctetPeer: return !context.four_octet_as;
    case Scope::Nobody: return true;  // dropped, but no fault of the peer
  }
  return true;
}

// RFC 7606 §3 c. Partial on a well-known attribute contradicts RFC 4271 §4.3 too.
bool flags_fit(uint8_t flags, uint8_t specified) {
  uint8_t mask = flag::kOptional | flag::kTransitive;
  if ((specified & flag::kOptional) == 0) mask |= flag::kPartial;
  return (flags & mask) == specified;
}

// RFC 4271 §6.3 resets for an unknown well-known attribute; RFC 7606's spirit, and BIRD and FRR, withdraw the routes.
Verdict judge_unknown(uint8_t flags) {
  return (flags & flag::kOptional) != 0 ? keep() : treat_as_withdraw("unknown well-known attribute");
}

}  // namespace

const AttributeRule* rule_of(uint8_t code) { return kRules[code].check != nullptr ? &kRules[code] : nullptr; }

Verdict judge(const AttributeRule* rule, const FramedAttribute& attribute, const Received& message) {
  if (rule == nullptr) return judge_unknown(attribute.flags());
  if (rule->scope == Scope::Nobody) return keep();
  if (!is_in_scope(rule->scope, message.context)) return discard("not from this kind of peer");
  if (!flags_fit(attribute.flags(), rule->flags))
    return {false, rule->flag_fault, "flags are not those of this attribute"};
  return rule->check(attribute.value(), message);
}

}  // namespace bgp::wire
