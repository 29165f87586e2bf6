// The decision process (RFC 4271 §9.1.2.2, RFC 4456 §9): which of several paths to one prefix is used.
#pragma once

#include <cstdint>
#include <span>

#include "bgp/base/ip_address.h"
#include "bgp/rib/attr_store.h"
#include "bgp/rib/next_hops.h"
#include "bgp/rib/path.h"

namespace bgp::rib {

// The step that left the winner alone; shown as the reason in `node routes`.
enum class DecisionStep : uint8_t {
  OnlyPath, Local, LongLivedStale, LocalPref, AsPathLength, Origin, Med, EbgpOverIbgp, IgpMetric, Identifier, ClusterList, PeerAddress,
  PathIdentifier,
};
const char* to_string(DecisionStep step);

// One eligible path with all that the steps look at, gathered from the tables beforehand.
struct Candidate {
  PathIndex path = 0;
  const PackedFacts* facts = nullptr;
  uint32_t igp_metric = 0;
  uint32_t identifier = 0;   // ORIGINATOR_ID, else the peer's BGP Identifier
  uint32_t peer_rank = 0;    // order of the peers' addresses, as numbers
  uint32_t path_id = 0;
  NextHopId next_hop = 0;    // no step looks at it: what tells two legs apart
  bool is_local = false;
  bool is_ebgp = false;
};

struct Selection {
  size_t best = 0;          // index into the candidates as they stand after the call
  DecisionStep step = DecisionStep::OnlyPath;
  size_t multipath = 1;     // the first `multipath` candidates are equally good up to IgpMetric (ECMP)
};

// Chooses the best. Eliminates over the whole set, as the RFC words it: MED compares only paths from the same
// neighbouring AS, so "better than" between two paths is not transitive, and a pairwise scan would depend on arrival
// order (tests/bgp/rib/decision_test.cpp tries every permutation). Reorders `candidates`: those that survived the
// longest come first. Requires at least one. Cost: O(steps * n), MED O(n^2) in the candidates left at that step.
// With `mixed_multipath` the step "eBGP over iBGP" decides as ever, but does not part the equals.
Selection select(std::span<Candidate> candidates, bool mixed_multipath = false);

}  // namespace bgp::rib
