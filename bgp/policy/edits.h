// What a rule changes of a route that it accepts. A value: equal edits of one attribute set give one set, so that routes
// which are edited alike share messages.
#pragma once

#include <optional>
#include <vector>

#include "bgp/base/numbers.h"
#include "bgp/wire/attribute.h"

namespace bgp::policy {

// RFC 8092 §3.
struct LargeCommunity {
  uint32_t global_administrator = 0;
  uint32_t local_data_1 = 0;
  uint32_t local_data_2 = 0;
  auto operator<=>(const LargeCommunity&) const = default;
};

struct Edits {
  std::vector<uint32_t> communities = {};             // added where they are not there yet
  std::vector<LargeCommunity> large_communities = {};
  std::vector<Asn> prepend = {};                      // put in front of AS_PATH, in this order
  std::optional<uint32_t> local_pref = {};
  // A route of our own is told with the LOCAL_PREF of its priority (priority.h); this where the kernel said none.
  std::optional<uint32_t> normal_priority = {};

  bool empty() const {
    return communities.empty() && large_communities.empty() && prepend.empty() && !local_pref && !normal_priority;
  }
  // These, and then `later`: its LOCAL_PREF holds, its AS numbers stand in front.
  void add(const Edits& later);
  auto operator<=>(const Edits&) const = default;
};

// The edited set, canonical.
Bytes apply(const Edits& edits, ByteView canonical, bool is_local);

}  // namespace bgp::policy
