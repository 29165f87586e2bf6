// ECMP: which of the equally good paths to a prefix go to the FIB side by side, and how traffic is shared among them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bgp/base/bytes.h"
#include "bgp/rib/decision.h"

namespace bgp::rib {

// What may be used side by side, up to limits::kEcmpLegsMax in all.
struct Multipath {
  uint8_t ebgp = 64;           // legs over eBGP paths; 1 = the best one alone
  uint8_t ibgp = 64;
  bool mixed = false;          // eBGP and iBGP paths together: the step "eBGP over iBGP" does not part them
  bool link_bandwidth = true;  // legs weighted by the link-bandwidth extended community, when every leg has one
  bool operator==(const Multipath&) const = default;
};

// Of `equal`, the paths that are as good as the first up to the metric of their next hop, those that are used: in the
// order of the remaining steps of the decision, as many as have room, moved to the front. Returns how many. Two paths
// over one next hop are one leg. Cost: O(n log n) and n comparisons with each leg.
size_t choose_multipath(std::span<Candidate> equal, const Multipath& config);

}  // namespace bgp::rib
