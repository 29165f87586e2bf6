#include "bgp/rib/export_policy.h"

#include "bgp/base/limits.h"
#include "bgp/policy/export_attributes.h"
#include "bgp/policy/only_to_customer.h"

namespace bgp::rib {
namespace {

// A set that leaves no room for a prefix cannot be told to this group (RFC 4271 §9.2).
bool fits_a_message(const Bytes& attributes, const wire::CodecContext& codec) {
  static constexpr size_t kRest = limits::kMessageHeaderBytes + 4 + 64;  // lengths, MP_REACH header, next hops, a prefix
  size_t size = codec.four_octet_as ? attributes.size() : wire::to_two_octet(attributes).size();
  return size + kRest <= (codec.extended_messages ? limits::kExtendedMessageBytesMax : limits::kMessageBytesMax);
}

}  // namespace

ExportGroup::Policy::Policy(const ExportGroup& group, Family family)
    : group_(group), family_(family), rules_(group.key_.filter.get()) {}

void ExportGroup::Policy::turn_to(AttrId attr, PeerId source) {
  if (attr == attr_ && source == source_) return;
  attr_ = attr;
  source_ = source;
  looks_.clear();
  plain_ = nullptr;
  if (attr == 0) return;
  const Tables& tables = group_.tables_;
  rules_.turn_to({family_, tables.attrs.canonical(attr), source == kLocalPeer, group_.key_.target.is_ebgp,
                  tables.next_hops.interface(tables.attrs.next_hop(attr))});
}

const ExportGroup::Outgoing* ExportGroup::Policy::look_of(DestinationId id) {
  if (attr_ == 0 || rules_.rejects_all()) return nullptr;
  policy::Decision decision{policy::Verdict::Accept, {}};
  if (!rules_.accepts_all()) decision = rules_.evaluate(group_.tables_[family_].prefixes.prefix(id));
  if (decision.verdict != policy::Verdict::Accept) return nullptr;
  if (!decision.edits.empty()) return look_with(decision.edits);
  if (plain_ == nullptr) plain_ = &looks_.try_emplace({}, group_.outgoing(family_, attr_, source_, {})).first->second;
  return plain_->is_exported ? plain_ : nullptr;
}

const ExportGroup::Outgoing* ExportGroup::Policy::look_with(const policy::Edits& edits) {
  auto at = looks_.find(edits);
  if (at == looks_.end()) at = looks_.emplace(edits, group_.outgoing(family_, attr_, source_, edits)).first;
  return at->second.is_exported ? &at->second : nullptr;
}

// What BGP itself prescribes is asked of the route as it came; policy's edits come before BGP's own.
ExportGroup::Outgoing ExportGroup::outgoing(Family family, AttrId attr, PeerId source, const policy::Edits& edits) const {
  const PackedFacts& facts = tables_.attrs.facts(attr);
  policy::ExportSource from = tables_.source_of(source);
  if (facts.llgr_stale && !key_.target.takes_llgr_stale) return {};  // RFC 9494 §4.3
  bool stays_here = facts.no_export || (facts.blackhole && tables_.peers[source].accept_blackhole);
  if (!policy::may_export(stays_here, facts.no_advertise, from, key_.target)) return {};
  ByteView canonical = tables_.attrs.canonical(attr);
  const std::optional<wire::Role>& role = key_.target.role;
  if (role && !policy::may_export(*role, policy::only_to_customer(canonical))) return {};
  const wire::NextHop& received = tables_.next_hops.get(tables_.attrs.next_hop(attr));
  std::optional<wire::NextHop> next_hop = policy::export_next_hop(family, received, from, key_.target);
  if (!next_hop) return {};
  Bytes edited;
  if (!edits.empty()) canonical = edited = policy::apply(edits, canonical, from.is_local);
  Bytes attributes = policy::export_attributes(canonical, from, key_.target);
  if (!fits_a_message(attributes, key_.codec)) return {};
  return {true, std::move(attributes), *next_hop};
}

}  // namespace bgp::rib
