// A filter: ordered rules; the first that matches and decides has decided, no match rejects. Import and export policy are
// values of this type. Who calls: bgp/speaker (import) and bgp/rib (export), once for each route and peer or group. Who
// builds: config/desired, from pools, blocks and BGPFilters.
#pragma once

#include <memory>
#include <vector>

#include "bgp/base/prefix.h"
#include "bgp/policy/condition.h"
#include "bgp/policy/edits.h"

namespace bgp::policy {

enum class Verdict : uint8_t {
  Accept,
  Reject,
  Continue,  // of a rule: its edits are made, and the next one is asked
};

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
  bool is_inverted = false;         // meant are prefixes in none of any_of
  Condition condition = {};
  Edits edits = {};                 // of Accept and Continue
  bool matches(const Prefix& prefix) const;
  bool operator==(const Rule&) const = default;
};

struct Filter {
  std::vector<Rule> rules;
  // For filters that ask about prefixes alone; a rule with a condition matches nothing here.
  Verdict evaluate(const Prefix& prefix) const;
  bool asks_about_interfaces() const;
  bool operator==(const Filter&) const = default;
};

struct Decision {
  Verdict verdict = Verdict::Reject;
  Edits edits = {};
};

// What is left of a filter for one attribute set from one source: the rules whose condition holds.
class Applicable {
 public:
  // `filter`: null rejects all. It outlives this; routes need not.
  explicit Applicable(const Filter* filter) : filter_(filter) {}
  Applicable(const Filter* filter, const RouteFacts& route) : filter_(filter) { turn_to(route); }
  void turn_to(const RouteFacts& route);
  Decision evaluate(const Prefix& prefix) const;
  // Every prefix is accepted as it is, or none: there is nothing to ask.
  bool accepts_all() const;
  bool rejects_all() const;

 private:
  const Filter* filter_;
  std::vector<const Rule*> rules_;
};

using FilterPtr = std::shared_ptr<const Filter>;
// By value; two nulls are the same.
bool same(const FilterPtr& a, const FilterPtr& b);

FilterPtr accept_all();
// Accepts everything but martians: 0/8, 127/8, 224/4, 240/4 and the IPv6 likes of them (::/128, ::1/128, fe80::/10,
// ff00::/8). The default route is no martian.
FilterPtr reject_martians();

}  // namespace bgp::policy
