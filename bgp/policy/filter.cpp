#include "bgp/policy/filter.h"

#include <algorithm>

namespace bgp::policy {

bool Rule::matches(const Prefix& prefix) const {
  if (any_of.empty()) return true;
  bool is_inside = std::any_of(any_of.begin(), any_of.end(), [&](const PrefixRange& r) { return r.matches(prefix); });
  return is_inside != is_inverted;
}

Verdict Filter::evaluate(const Prefix& prefix) const {
  for (const Rule& rule : rules)
    if (rule.verdict != Verdict::Continue && rule.matches(prefix) && rule.condition == Condition{}) return rule.verdict;
  return Verdict::Reject;
}

bool Filter::asks_about_interfaces() const {
  return std::any_of(rules.begin(), rules.end(), [](const Rule& rule) { return !rule.condition.interface.empty(); });
}

void Applicable::turn_to(const RouteFacts& route) {
  rules_.clear();
  if (filter_ == nullptr) return;
  for (const Rule& rule : filter_->rules)
    if (rule.condition.holds(route)) rules_.push_back(&rule);
}

bool Applicable::accepts_all() const {
  return !rules_.empty() && rules_[0]->any_of.empty() && rules_[0]->verdict == Verdict::Accept && rules_[0]->edits.empty();
}

bool Applicable::rejects_all() const {
  return rules_.empty() || (rules_[0]->any_of.empty() && rules_[0]->verdict == Verdict::Reject);
}

Decision Applicable::evaluate(const Prefix& prefix) const {
  Decision decision;
  for (const Rule* rule : rules_) {
    if (!rule->matches(prefix)) continue;
    if (rule->verdict == Verdict::Reject) return {};
    decision.edits.add(rule->edits);
    if (rule->verdict == Verdict::Accept) {
      decision.verdict = Verdict::Accept;
      return decision;
    }
  }
  return {};
}

bool same(const FilterPtr& a, const FilterPtr& b) { return a == b || (a && b && *a == *b); }

FilterPtr accept_all() {
  static const FilterPtr filter = std::make_shared<Filter>(Filter{{Rule{{}, Verdict::Accept}}});
  return filter;
}

FilterPtr reject_martians() {
  auto range = [](const char* text, uint8_t length_min = 0) {
    Prefix prefix = *Prefix::parse(text);
    return PrefixRange{prefix, std::max(length_min, prefix.length()), 128};
  };
  static const FilterPtr filter = std::make_shared<Filter>(Filter{{
      Rule{{range("0.0.0.0/8"), range("127.0.0.0/8"), range("224.0.0.0/4"), range("240.0.0.0/4"), range("::/128"),
            range("::1/128"), range("fe80::/10"), range("ff00::/8")},
           Verdict::Reject},
      Rule{{}, Verdict::Accept},
  }});
  return filter;
}

}  // namespace bgp::policy
