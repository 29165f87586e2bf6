#include "bgp/rib/decision.h"

#include <algorithm>

#include "bgp/base/assert.h"

namespace bgp::rib {
namespace {

// Moves those that `is_kept` to the front; returns how many there are.
template <class IsKept>
size_t keep_if(std::span<Candidate> candidates, IsKept is_kept) {
  size_t kept = 0;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (!is_kept(candidates[i])) continue;
    if (kept != i) std::swap(candidates[kept], candidates[i]);
    ++kept;
  }
  return kept;
}

template <class KeyOf>
size_t keep_smallest(std::span<Candidate> candidates, KeyOf key_of) {
  auto smallest = key_of(candidates[0]);
  for (const Candidate& c : candidates) smallest = std::min(smallest, key_of(c));
  return keep_if(candidates, [&](const Candidate& c) { return key_of(c) == smallest; });
}

size_t keep_metric_of_first(std::span<Candidate> candidates) {
  return keep_if(candidates, [metric = candidates[0].igp_metric](const Candidate& c) { return c.igp_metric == metric; });
}

// §9.1.2.2 c: removes each path for which another one of the same neighbouring AS has a lower MED.
size_t keep_lowest_med(std::span<Candidate> candidates) {
  auto has_med_of_first = [&](const Candidate& c) { return c.facts->med == candidates[0].facts->med; };
  if (std::all_of(candidates.begin(), candidates.end(), has_med_of_first)) return candidates.size();  // the usual case
  auto is_beaten = [&](const Candidate& c) {
    return std::any_of(candidates.begin(), candidates.end(), [&](const Candidate& other) {
      return other.facts->neighbor_as == c.facts->neighbor_as && other.facts->med < c.facts->med;
    });
  };
  // Judged against the whole set first: what is beaten must not depend on what was removed before.
  constexpr size_t kInline = 64;
  bool beaten_inline[kInline];
  std::unique_ptr<bool[]> beaten_heap;
  bool* beaten = beaten_inline;
  if (candidates.size() > kInline) beaten = (beaten_heap = std::make_unique<bool[]>(candidates.size())).get();
  for (size_t i = 0; i < candidates.size(); ++i) beaten[i] = is_beaten(candidates[i]);
  size_t kept = 0;
  for (size_t i = 0; i < candidates.size(); ++i)
    if (!beaten[i]) std::swap(candidates[kept++], candidates[i]);
  return kept;
}

}  // namespace

const char* to_string(DecisionStep step) {
  switch (step) {
    case DecisionStep::OnlyPath: return "only path";
    case DecisionStep::Local: return "local route";
    case DecisionStep::LongLivedStale: return "stale for long (LLGR)";
    case DecisionStep::LocalPref: return "local preference";
    case DecisionStep::AsPathLength: return "AS path length";
    case DecisionStep::Origin: return "origin";
    case DecisionStep::Med: return "MED";
    case DecisionStep::EbgpOverIbgp: return "eBGP over iBGP";
    case DecisionStep::IgpMetric: return "metric to the next hop";
    case DecisionStep::Identifier: return "BGP identifier";
    case DecisionStep::ClusterList: return "cluster list length";
    case DecisionStep::PeerAddress: return "peer address";
    case DecisionStep::PathIdentifier: return "path identifier";
  }
  return "?";
}

Selection select(std::span<Candidate> candidates, bool mixed_multipath) {
  BGP_ASSERT(!candidates.empty());
  Selection selection;
  if (candidates.size() == 1) return selection;
  std::span<Candidate> left = candidates;
  auto narrow = [&](DecisionStep step, size_t kept) {
    left = left.first(kept);
    selection.step = step;
    return kept == 1;
  };
  auto by = [&](DecisionStep step, auto key_of) { return narrow(step, keep_smallest(left, key_of)); };

  bool decided =
      by(DecisionStep::Local, [](const Candidate& c) { return !c.is_local; }) ||
      by(DecisionStep::LongLivedStale, [](const Candidate& c) { return c.facts->llgr_stale; }) ||  // RFC 9494 §4.3
      by(DecisionStep::LocalPref, [](const Candidate& c) { return ~c.facts->local_pref; }) ||
      by(DecisionStep::AsPathLength, [](const Candidate& c) { return c.facts->as_path_length; }) ||
      by(DecisionStep::Origin, [](const Candidate& c) { return c.facts->origin; }) ||
      narrow(DecisionStep::Med, keep_lowest_med(left));
  std::span<Candidate> of_both_kinds = left;
  decided = decided || by(DecisionStep::EbgpOverIbgp, [](const Candidate& c) { return !c.is_ebgp; }) ||
            by(DecisionStep::IgpMetric, [](const Candidate& c) { return c.igp_metric; });
  selection.multipath = mixed_multipath ? keep_metric_of_first(of_both_kinds) : left.size();
  if (decided) return selection;
  // From here on the losers stay in the multipath set, so only the winner is moved to the front.
  (void)(by(DecisionStep::Identifier, [](const Candidate& c) { return c.identifier; }) ||
         by(DecisionStep::ClusterList, [](const Candidate& c) { return c.facts->cluster_list_length; }) ||
         by(DecisionStep::PeerAddress, [](const Candidate& c) { return c.peer_rank; }) ||
         by(DecisionStep::PathIdentifier, [](const Candidate& c) { return c.path_id; }));  // unique per peer
  return selection;
}

}  // namespace bgp::rib
