// What a rule may ask of a route besides its prefix: all that is the same for every route with one attribute set from one
// source. So it is asked once for each of these, and only prefixes are left to ask about (Applicable in filter.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/base/numbers.h"
#include "bgp/base/prefix.h"
#include "bgp/policy/edits.h"
#include "bgp/policy/priority.h"

namespace bgp::policy {

// A route without its prefix.
struct RouteFacts {
  Family family = Family::IPv4;
  ByteView attributes = {};         // canonical, as they were before any rule
  bool is_local = false;            // our own: LocalOrigin says more
  bool is_ebgp = false;             // the session that it came in by, or shall go out by
  std::string_view interface = {};  // that a peer's route goes out by; empty: not known (yet)
};

struct PriorityRange {
  uint32_t min = 0;
  uint32_t max = kPriorityMax;
  uint32_t normal = kNormalPriority;  // of a route of our own of which the kernel does not say
  auto operator<=>(const PriorityRange&) const = default;
};

// All that is said must hold.
struct Condition {
  std::optional<Family> family = {};
  std::optional<bool> is_ebgp = {};
  std::optional<bool> is_local = {};
  bool has_gateway = false;             // a route of our own that leads off this node
  std::string interface = {};           // '*' stands for any text; empty: whatever it is, even unknown
  std::optional<uint32_t> community = {};
  std::optional<LargeCommunity> large_community = {};
  std::vector<Asn> as_path_prefix = {};
  std::optional<PriorityRange> priority = {};

  bool holds(const RouteFacts& route) const;
  bool operator==(const Condition&) const = default;
};

// BIRD's pattern for interfaces, less its '?', which Calico does not let through.
bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace bgp::policy
