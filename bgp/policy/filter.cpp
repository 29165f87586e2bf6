#include "bgp/policy/filter.h"

#include <algorithm>

namespace bgp::policy {

Verdict Filter::evaluate(const Prefix& prefix) const {
  for (const Rule& rule : rules) {
    bool matches = rule.any_of.empty() || std::any_of(rule.any_of.begin(), rule.any_of.end(),
                                                      [&](const PrefixRange& r) { return r.matches(prefix); });
    if (matches) return rule.verdict;
  }
  return Verdict::Reject;
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
