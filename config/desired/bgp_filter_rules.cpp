#include "config/desired/bgp_filter_rules.h"

#include <algorithm>
#include <utility>

namespace config::desired {
namespace {

using bgp::policy::Condition;
using bgp::policy::Edits;
using bgp::policy::LargeCommunity;
using bgp::policy::PrefixRange;
using bgp::policy::Rule;
using bgp::policy::Verdict;
using model::FilterOperation;
using model::MatchOperator;

uint32_t plain(const model::Community& community) { return community.parts[0] << 16 | community.parts[1]; }
LargeCommunity large(const model::Community& community) {
  return {community.parts[0], community.parts[1], community.parts[2]};
}

// prefixLength narrows the range and never widens it, as upstream clamps it.
PrefixRange range_of(const model::FilterRule& rule) {
  const bgp::Prefix& cidr = *rule.cidr;
  const bool is_exact = rule.match == MatchOperator::Equal || rule.match == MatchOperator::NotEqual;
  PrefixRange range{cidr, cidr.length(), is_exact ? cidr.length() : cidr.address().bits()};
  range.length_min = std::max(range.length_min, rule.length_min.value_or(0));
  range.length_max = std::min(range.length_max, rule.length_max.value_or(128));
  return range;
}

Condition condition_of(const model::FilterRule& rule, bgp::Family family, Direction direction, uint32_t normal_priority) {
  Condition condition{.family = family, .is_ebgp = rule.is_ebgp, .interface = rule.interface};
  // What comes in is a remote peer's whatever the rule says.
  if (rule.remote_peers && direction == Direction::Export) condition.is_local = false;
  if (rule.community && rule.community->is_large()) condition.large_community = large(*rule.community);
  else if (rule.community) condition.community = plain(*rule.community);
  condition.as_path_prefix = rule.as_path_prefix;
  if (rule.priority) condition.priority = {*rule.priority, *rule.priority, normal_priority};
  return condition;
}

struct AddTo {
  Edits& edits;
  void operator()(const FilterOperation::AddCommunity& add) const { add_communities(edits, {add.value}); }
  void operator()(const FilterOperation::PrependAsPath& prepend) const { edits.add({.prepend = prepend.prefix}); }
  void operator()(const FilterOperation::SetPriority& set) const {
    edits.add({.local_pref = bgp::policy::local_pref_of(set.value)});
  }
};

}  // namespace

Rule policy_rule(const model::FilterRule& rule, bgp::Family family, Direction direction, uint32_t normal_priority) {
  Rule out;
  if (rule.cidr) out.any_of = {range_of(rule)};
  out.is_inverted = rule.cidr && (rule.match == MatchOperator::NotEqual || rule.match == MatchOperator::NotIn);
  out.verdict = rule.accepts ? Verdict::Accept : Verdict::Reject;
  out.condition = condition_of(rule, family, direction, normal_priority);
  for (const FilterOperation& operation : rule.operations) std::visit(AddTo{out.edits}, operation.what);
  return out;
}

void add_communities(Edits& edits, const std::vector<model::Community>& communities) {
  for (const model::Community& community : communities) {
    if (community.is_large()) edits.large_communities.push_back(large(community));
    else edits.communities.push_back(plain(community));
  }
}

}  // namespace config::desired
