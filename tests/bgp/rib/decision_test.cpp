#include <algorithm>
#include <numeric>

#include "rib_support.h"

namespace bgp::rib {
namespace {

// A path as the decision sees it; `path` names it.
struct Way {
  PackedFacts facts;
  Candidate candidate;
};

Way way(PathIndex name, auto change) {
  Way w;
  w.facts.neighbor_as = 64513;
  w.facts.as_path_length = 2;
  w.candidate.path = name;
  w.candidate.is_ebgp = true;
  w.candidate.identifier = 10;
  w.candidate.peer_rank = 3;
  change(w);
  return w;
}

struct Outcome {
  PathIndex best;
  DecisionStep step;
  std::vector<PathIndex> multipath;  // sorted
  bool operator==(const Outcome&) const = default;
};

Outcome decide(const std::vector<Way>& ways, const std::vector<size_t>& order) {
  std::vector<Candidate> candidates;
  for (size_t i : order) {
    candidates.push_back(ways[i].candidate);
    candidates.back().facts = &ways[i].facts;
  }
  Selection selection = select(candidates);
  Outcome outcome{candidates[selection.best].path, selection.step, {}};
  for (size_t i = 0; i < selection.multipath; ++i) outcome.multipath.push_back(candidates[i].path);
  std::sort(outcome.multipath.begin(), outcome.multipath.end());
  return outcome;
}

// The same in every order of arrival, or the test fails.
Outcome decide(const std::vector<Way>& ways) {
  std::vector<size_t> order(ways.size());
  std::iota(order.begin(), order.end(), 0);
  Outcome first = decide(ways, order);
  while (std::next_permutation(order.begin(), order.end()))
    if (!(decide(ways, order) == first)) FAIL("the order of arrival decides");
  return first;
}

TEST_CASE("each step decides between two paths that are equal up to it") {
  struct Row {
    DecisionStep step;
    void (*worsen)(Way&);
  };
  static const Row kRows[] = {
      {DecisionStep::Local, [](Way& w) { w.candidate.is_local = false; }},
      {DecisionStep::LocalPref, [](Way& w) { w.facts.local_pref = 99; }},
      {DecisionStep::AsPathLength, [](Way& w) { w.facts.as_path_length = 3; }},
      {DecisionStep::Origin, [](Way& w) { w.facts.origin = 1; }},
      {DecisionStep::Med, [](Way& w) { w.facts.med = 1; }},
      {DecisionStep::EbgpOverIbgp, [](Way& w) { w.candidate.is_ebgp = false; }},
      {DecisionStep::IgpMetric, [](Way& w) { w.candidate.igp_metric = 1; }},
      {DecisionStep::Identifier, [](Way& w) { w.candidate.identifier = 11; }},
      {DecisionStep::ClusterList, [](Way& w) { w.facts.cluster_list_length = 1; }},
      {DecisionStep::PeerAddress, [](Way& w) { w.candidate.peer_rank = 4; }},
      {DecisionStep::PathIdentifier, [](Way& w) { w.candidate.path_id = 1; }},
  };
  for (size_t row = 0; row < std::size(kRows); ++row) {
    INFO("step " << to_string(kRows[row].step));
    auto local = [&](Way& w) { w.candidate.is_local = row == 0; };
    Way good = way(1, local);
    Way bad = way(2, local);
    kRows[row].worsen(bad);
    // In every later step the winner of this one is worse; it must not matter.
    for (size_t later = row + 1; later < std::size(kRows); ++later) kRows[later].worsen(good);
    Outcome outcome = decide({good, bad});
    CHECK(outcome.best == 1);
    CHECK(outcome.step == kRows[row].step);
    bool is_multipath = kRows[row].step >= DecisionStep::Identifier;
    CHECK(outcome.multipath.size() == (is_multipath ? 2 : 1));
  }
}

TEST_CASE("an only path needs no step") {
  Outcome outcome = decide({way(1, [](Way&) {})});
  CHECK(outcome == Outcome{1, DecisionStep::OnlyPath, {1}});
}

TEST_CASE("every permutation of a small universe chooses the same path") {
  // All combinations of three values in the steps that interact, five paths at a time.
  uint64_t tried = 0;
  Way universe[12];
  for (PathIndex i = 0; i < 12; ++i)
    universe[i] = way(i + 1, [&](Way& w) {
      w.facts.neighbor_as = 64513 + i % 2;
      w.facts.med = i / 2 % 3 * 10;
      w.candidate.is_ebgp = i % 3 != 0;
      w.candidate.igp_metric = i % 4 / 2;
      w.candidate.identifier = 20 - i / 3;
      w.candidate.peer_rank = i;
    });
  for (uint32_t set = 1; set < 1U << 12; ++set) {
    if (__builtin_popcount(set) > 4) continue;
    std::vector<Way> ways;
    for (uint32_t i = 0; i < 12; ++i)
      if ((set >> i & 1) != 0) ways.push_back(universe[i]);
    decide(ways);
    ++tried;
  }
  CHECK(tried == 12 + 66 + 220 + 495);
}

TEST_CASE("RFC 4271 §9.1.2.2: MED is compared within a neighbouring AS, over the whole set") {
  // Pairwise: a < b (identifier), b < c (identifier), yet c < a (MED): no pairwise order exists.
  auto make = [](PathIndex name, uint32_t as, uint32_t med, uint32_t identifier) {
    return way(name, [=](Way& w) {
      w.facts.neighbor_as = as;
      w.facts.med = med;
      w.candidate.identifier = identifier;
    });
  };
  Way a = make(1, 64513, 20, 1), b = make(2, 64514, 0, 2), c = make(3, 64513, 10, 3);
  CHECK(decide({a, b}).best == 1);
  CHECK(decide({b, c}).best == 2);
  CHECK(decide({a, c}).best == 3);
  CHECK(decide({a, b, c}) == Outcome{2, DecisionStep::Identifier, {2, 3}});
}

TEST_CASE("a path that loses by MED loses by it even when its rival then falls to a third") {
  auto make = [](PathIndex name, uint32_t as, uint32_t med, uint32_t metric) {
    return way(name, [=](Way& w) {
      w.facts.neighbor_as = as;
      w.facts.med = med;
      w.candidate.igp_metric = metric;
    });
  };
  CHECK(decide({make(1, 64513, 20, 0), make(2, 64513, 10, 9), make(3, 64514, 0, 5)}).best == 3);
}

TEST_CASE("more candidates than fit inline are decided all the same") {
  std::vector<Way> ways;
  for (PathIndex i = 0; i < 300; ++i)
    ways.push_back(way(i + 1, [&](Way& w) { w.candidate.peer_rank = 300 - i; }));
  std::vector<size_t> order(ways.size());
  std::iota(order.begin(), order.end(), 0);
  Outcome outcome = decide(ways, order);
  CHECK(outcome.best == 300);
  CHECK(outcome.step == DecisionStep::PeerAddress);
  CHECK(outcome.multipath.size() == 300);
}

}  // namespace
}  // namespace bgp::rib
