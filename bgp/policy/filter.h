// A filter: ordered rules, first match decides, no match rejects. Import and export policy are values of this type.
// Who calls: bgp/rib, once per route and peer group. Who builds: config/desired, from pools, blocks and filters.
#pragma once

#include <memory>
#include <vector>

#include "bgp/base/prefix.h"

namespace bgp::policy {

enum class Verdict : uint8_t { Accept, Reject };

// The prefixes inside `within` whose length is in [length_min, length_max].
struct PrefixRange {
  Prefix within;
  uint8_t length_min = 0;
  uint8_t length_max = 128;
  bool matches(const Prefix& prefix) const {
    return prefix.length() >= length_min && prefix.length() <= length_max && within.contains(prefix);
  }
  bool operator==(const PrefixRange&) const = default;
};

struct Rule {
  std::vector<PrefixRange> any_of;  // empty: every prefix
  Verdict verdict = Verdict::Accept;
  bool operator==(const Rule&) const = default;
};

struct Filter {
  std::vector<Rule> rules;
  Verdict evaluate(const Prefix& prefix) const;
  bool operator==(const Filter&) const = default;
};
using FilterPtr = std::shared_ptr<const Filter>;
// By value; two nulls are the same.
bool same(const FilterPtr& a, const FilterPtr& b);

FilterPtr accept_all();
// Accepts everything but martians: 0/8, 127/8, 224/4, 240/4 and the IPv6 likes of them (::/128, ::1/128, fe80::/10,
// ff00::/8). The default route is no martian.
FilterPtr reject_martians();

}  // namespace bgp::policy
