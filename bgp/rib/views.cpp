// What the RIB shows of itself: the paths of a prefix, and prefixes in order. Nothing changes.
#include <algorithm>

#include "bgp/rib/rib.h"

namespace bgp::rib {

std::vector<PathView> Rib::paths(const Prefix& prefix) const {
  const FamilyTable& table = tables_[prefix.family()];
  std::optional<DestinationId> id = table.prefixes.find(prefix);
  if (!id) return {};
  std::vector<Candidate> candidates;
  Decided decided = choose(prefix.family(), *id, candidates);
  size_t reach = 0;
  for (const std::unique_ptr<ExportGroup>& group : groups_) reach += group->reach(prefix.family(), *id);
  auto view = [&](PathIndex i) {
    const Path& path = table.paths[i];
    bool is_reachable = tables_.next_hops.is_reachable(tables_.attrs.next_hop(path.attr));
    return PathView{prefix, path.peer, path.attr, path.path_id, false, false, is_reachable, path.rejection,
                    decided.selection.step, reach};
  };
  std::vector<PathView> views;
  for (size_t i = 0; i < candidates.size(); ++i) {
    views.push_back(view(candidates[i].path));
    views.back().is_best = i == 0;
    views.back().is_multipath = i < decided.selection.multipath;
  }
  for (PathIndex i = table.prefixes.first_path(*id); i != 0; i = table.paths[i].next)
    if (!is_eligible(table.paths[i])) views.push_back(view(i));
  return views;
}

void Rib::for_each_path(Family family,
                        const std::function<void(DestinationId, const Path&, bool is_selected)>& visit) const {
  const FamilyTable& table = tables_[family];
  for (DestinationId id = 0; id < table.prefixes.id_end(); ++id) {
    if (!table.prefixes.has(id, RowFlag::InUse)) continue;
    PathIndex first = table.prefixes.first_path(id);
    bool has_best = table.prefixes.has(id, RowFlag::HasBest) && !table.prefixes.has(id, RowFlag::BestTouched);
    for (PathIndex i = first; i != 0; i = table.paths[i].next) visit(id, table.paths[i], has_best && i == first);
  }
}

std::vector<Prefix> Rib::prefixes_from(const std::optional<Prefix>& from, size_t max,
                                       const std::function<bool(const Prefix&)>& is_wanted) const {
  std::vector<Prefix> heap;  // the largest on top
  for (Family family : kFamilies) {
    const PrefixTable& prefixes = tables_[family].prefixes;
    for (DestinationId id = 0; id < prefixes.id_end(); ++id) {
      if (!prefixes.has(id, RowFlag::InUse) || prefixes.first_path(id) == 0) continue;
      Prefix prefix = prefixes.prefix(id);
      if ((from && prefix < *from) || (heap.size() == max && heap.front() <= prefix) || !is_wanted(prefix)) continue;
      if (heap.size() == max) {
        std::pop_heap(heap.begin(), heap.end());
        heap.pop_back();
      }
      heap.push_back(prefix);
      std::push_heap(heap.begin(), heap.end());
    }
  }
  std::sort_heap(heap.begin(), heap.end());
  return heap;
}

}  // namespace bgp::rib
