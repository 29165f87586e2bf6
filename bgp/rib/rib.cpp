#include "bgp/rib/rib.h"

#include <algorithm>
#include <utility>

#include "bgp/base/limits.h"

namespace bgp::rib {

Rib::Rib(Options options) : options_(options), tables_(options.assume_next_hops_reachable) {}

// ---- peers --------------------------------------------------------------------------------------------------------

void Rib::set_peer(PeerId peer, const PeerFacts& facts) {
  if (tables_.peers.size() <= peer) tables_.peers.resize(peer + 1U);
  tables_.peers[peer] = facts;
}

void Rib::forget_peer(PeerId peer) {
  for (Family family : kFamilies) forget_peer(peer, family);
}

void Rib::forget_peer(PeerId peer, Family family) {
  remove_paths(peer, family, path_count(peer, family), [](const Path&) { return true; });
}

// Removes `count` paths of the peer, those that are meant.
void Rib::remove_paths(PeerId peer, Family family, uint64_t count, const std::function<bool(const Path&)>& is_meant) {
  FamilyTable& table = tables_[family];
  for (DestinationId id = 0; count > 0 && id < table.prefixes.id_end(); ++id) {
    if (!table.prefixes.has(id, RowFlag::InUse)) continue;
    PathIndex previous = 0;
    for (PathIndex path = table.prefixes.first_path(id); path != 0;) {
      PathIndex next = table.paths[path].next;
      if (table.paths[path].peer == peer && is_meant(table.paths[path])) {
        remove_path(family, id, path, previous);
        --count;
      } else {
        previous = path;
      }
      path = next;
    }
  }
}

void Rib::reconsider_peer(PeerId peer) {
  for (const std::unique_ptr<ExportGroup>& group : groups_) group->reconsider(peer);
  for (Family family : kFamilies) {
    FamilyTable& table = tables_[family];
    for (DestinationId id = 0; path_count(peer, family) > 0 && id < table.prefixes.id_end(); ++id) {
      if (!table.prefixes.has(id, RowFlag::HasBest)) continue;
      if (table.paths[table.prefixes.first_path(id)].peer != peer) continue;
      table.prefixes.set(id, RowFlag::BestTouched);
      mark_dirty(family, id);
    }
    if (any_tells_all_paths(family)) visit_paths(peer, family, [&](DestinationId id, PathIndex) { mark_dirty(family, id); });
  }
}

uint64_t Rib::path_count(PeerId peer, Family family) const {
  const std::vector<Counts>& counts = counts_[index_of(family)];
  return peer < counts.size() ? counts[peer].paths : 0;
}

uint64_t Rib::rejected_count(PeerId peer, Family family) const {
  const std::vector<Counts>& counts = counts_[index_of(family)];
  return peer < counts.size() ? counts[peer].rejected : 0;
}

uint64_t Rib::stale_count(PeerId peer, Family family) const {
  const std::vector<Counts>& counts = counts_[index_of(family)];
  return peer < counts.size() ? counts[peer].stale : 0;
}

void Rib::count(const Path& path, Family family, int delta) {
  std::vector<Counts>& counts = counts_[index_of(family)];
  if (counts.size() <= path.peer) counts.resize(path.peer + 1U);
  counts[path.peer].paths += static_cast<uint32_t>(delta);
  if (path.rejection != Rejection::None) counts[path.peer].rejected += static_cast<uint32_t>(delta);
  if (path.is_stale) counts[path.peer].stale += static_cast<uint32_t>(delta);
}

// ---- Adj-RIB-In ---------------------------------------------------------------------------------------------------

void Rib::mark_dirty(Family family, DestinationId id) {
  PrefixTable& prefixes = tables_[family].prefixes;
  if (prefixes.has(id, RowFlag::Dirty)) return;
  prefixes.set(id, RowFlag::Dirty);
  dirty_[index_of(family)].push_back(id);
}

bool Rib::learn(PeerId peer, Family family, const wire::NlriEntry& entry, AttrId attr, Rejection rejection) {
  FamilyTable& table = tables_[family];
  std::optional<DestinationId> id = table.prefixes.find_or_add(entry.length, entry.bytes);
  if (!id) return false;
  PathIndex first = table.prefixes.first_path(*id);
  PathIndex found = first;
  size_t of_peer = 0;
  while (found != 0 && (table.paths[found].peer != peer || table.paths[found].path_id != entry.path_id)) {
    of_peer += table.paths[found].peer == peer ? 1 : 0;
    found = table.paths[found].next;
  }
  if (found == 0) {
    if (of_peer >= limits::kPathsPerPeerMax) return false;
    // Behind the first one, which is the selected path until the next decision.
    found = table.paths.take();
    PathIndex& link = first == 0 ? table.prefixes.first_path(*id) : table.paths[first].next;
    table.paths[found] = Path{link, 0, entry.path_id, peer, rejection};
    link = found;
  } else {
    count(table.paths[found], family, -1);
    table.paths[found].is_stale = false;
    if (table.paths[found].attr == attr && table.paths[found].rejection == rejection)
      return count(table.paths[found], family, +1), true;
    tables_.attrs.release(table.paths[found].attr);
    if (found == first) table.prefixes.set(*id, RowFlag::BestTouched);
  }
  Path& path = table.paths[found];
  tables_.attrs.add_reference(path.attr = attr);
  path.rejection = rejection;
  count(path, family, +1);
  mark_dirty(family, *id);
  return true;
}

void Rib::rejudge(PeerId peer, const std::function<Judgement(const Prefix&, AttrId)>& judge) {
  for (Family family : kFamilies) {
    FamilyTable& table = tables_[family];
    for (DestinationId id = 0; path_count(peer, family) > 0 && id < table.prefixes.id_end(); ++id) {
      if (!table.prefixes.has(id, RowFlag::InUse)) continue;
      for (PathIndex i = table.prefixes.first_path(id); i != 0; i = table.paths[i].next) {
        Path& path = table.paths[i];
        if (path.peer != peer) continue;
        Judgement judged = judge(table.prefixes.prefix(id), tables_.attrs.original(path.attr));
        if (judged.rejection == path.rejection && judged.attr == path.attr) continue;
        count(path, family, -1);
        path.rejection = judged.rejection;
        tables_.attrs.add_reference(judged.attr);
        tables_.attrs.release(std::exchange(path.attr, judged.attr));
        count(path, family, +1);
        if (i == table.prefixes.first_path(id)) table.prefixes.set(id, RowFlag::BestTouched);
        mark_dirty(family, id);
      }
    }
  }
}

void Rib::prefetch(const wire::NlriField& field) const {
  const PrefixTable& prefixes = tables_[field.family()].prefixes;
  field.for_each([&](const wire::NlriEntry& entry) { prefixes.prefetch(entry.length, entry.bytes); });
}

void Rib::withdraw(PeerId peer, Family family, const wire::NlriEntry& entry) {
  FamilyTable& table = tables_[family];
  std::optional<DestinationId> id = table.prefixes.find(entry.length, entry.bytes);
  if (!id) return;
  PathIndex previous = 0;
  for (PathIndex i = table.prefixes.first_path(*id); i != 0; previous = i, i = table.paths[i].next)
    if (table.paths[i].peer == peer && table.paths[i].path_id == entry.path_id)
      return remove_path(family, *id, i, previous);
}

void Rib::remove_path(Family family, DestinationId id, PathIndex path, PathIndex previous) {
  FamilyTable& table = tables_[family];
  PathIndex& link = previous == 0 ? table.prefixes.first_path(id) : table.paths[previous].next;
  link = table.paths[path].next;
  if (previous == 0) table.prefixes.set(id, RowFlag::BestTouched);
  count(table.paths[path], family, -1);
  tables_.attrs.release(table.paths[path].attr);
  table.paths.give_back(path);
  mark_dirty(family, id);
}

// ---- next hops ----------------------------------------------------------------------------------------------------

void Rib::next_hops_changed(const std::vector<ScopedAddress>& addresses) {
  visit_paths_over(addresses, [&](Family family, DestinationId id, PathIndex) { mark_dirty(family, id); });
}

void Rib::interfaces_changed(const std::vector<ScopedAddress>& addresses) {
  visit_paths_over(addresses, [&](Family family, DestinationId id, PathIndex path) {
    FamilyTable& table = tables_[family];
    bool is_best = table.prefixes.has(id, RowFlag::HasBest) && table.prefixes.first_path(id) == path;
    if (is_best) table.prefixes.set(id, RowFlag::BestTouched);
    for (const std::unique_ptr<ExportGroup>& group : groups_) group->reconsider(family, id);
    if (is_best || any_tells_all_paths(family)) mark_dirty(family, id);
  });
}

void Rib::visit_paths_over(const std::vector<ScopedAddress>& addresses,
                           const std::function<void(Family, DestinationId, PathIndex)>& visit) {
  std::vector<bool> concerned = tables_.next_hops.find(addresses);
  for (Family family : kFamilies) {
    const FamilyTable& table = tables_[family];
    AttrId last_attr = 0;
    bool last_answer = false;
    for (DestinationId id = 0; id < table.prefixes.id_end(); ++id) {
      if (!table.prefixes.has(id, RowFlag::InUse)) continue;
      for (PathIndex i = table.prefixes.first_path(id); i != 0; i = table.paths[i].next) {
        AttrId attr = table.paths[i].attr;
        if (attr != last_attr) last_answer = concerned[tables_.attrs.next_hop(last_attr = attr)];
        if (last_answer) visit(family, id, i);
      }
    }
  }
}

// ---- decisions ----------------------------------------------------------------------------------------------------

Candidate Rib::candidate(const FamilyTable& table, PathIndex i) const {
  const Path& path = table.paths[i];
  const PackedFacts& facts = tables_.attrs.facts(path.attr);
  const PeerFacts& peer = tables_.peers[path.peer];
  return {i, &facts, tables_.next_hops.metric(tables_.attrs.next_hop(path.attr)),
          facts.has_originator_id ? facts.originator_id : peer.identifier.value, peer.rank, path.path_id,
          tables_.attrs.next_hop(path.attr), path.peer == kLocalPeer, peer.is_ebgp};
}

bool Rib::is_eligible(const Path& path) const {
  return path.rejection == Rejection::None && tables_.next_hops.is_reachable(tables_.attrs.next_hop(path.attr));
}

// `candidates` receives the eligible paths, the selected one first, its equals behind it.
Rib::Decided Rib::choose(Family family, DestinationId id, std::vector<Candidate>& candidates) const {
  Decided decided = choose_best(family, id, candidates);
  if (decided.candidates > 0) decided.selection.multipath = side_by_side(decided, candidates);
  return decided;
}

size_t Rib::side_by_side(const Decided& decided, std::vector<Candidate>& candidates) const {
  return choose_multipath(std::span(candidates).first(decided.selection.multipath), multipath_);
}

Rib::Decided Rib::choose_best(Family family, DestinationId id, std::vector<Candidate>& candidates) const {
  const FamilyTable& table = tables_[family];
  candidates.clear();
  for (PathIndex i = table.prefixes.first_path(id); i != 0; i = table.paths[i].next)
    if (is_eligible(table.paths[i])) candidates.push_back(candidate(table, i));
  if (candidates.empty()) return {};
  return {select(candidates, multipath_.mixed), candidates.size()};
}

void Rib::decide_one(Family family, DestinationId id) {
  FamilyTable& table = tables_[family];
  table.prefixes.clear(id, RowFlag::Dirty);
  bool touched = table.prefixes.has(id, RowFlag::BestTouched);
  bool had_best = table.prefixes.has(id, RowFlag::HasBest);
  PathIndex before = had_best && !touched ? table.prefixes.first_path(id) : 0;
  table.prefixes.clear(id, RowFlag::BestTouched);

  Decided decided = choose_best(family, id, candidates_);
  if (decided.candidates == 0) {
    table.prefixes.clear(id, RowFlag::HasBest);
    table.prefixes.clear(id, RowFlag::Multipath);
    if (had_best) changes_[index_of(family)].push_back({0, 0, id});
    if (had_best) emit(family, id, {});
    if (had_best) note_change(family, id);
    if (table.prefixes.first_path(id) == 0) table.bury(id);  // looked at once the groups were told
    return;
  }
  PathIndex best = candidates_[0].path;
  table.prefixes.set(id, RowFlag::HasBest);
  move_to_front(table, id, best);
  if (best != before) changes_[index_of(family)].push_back({table.paths[best].attr, table.paths[best].peer, id});
  if (best != before && had_best) note_change(family, id);
  if (!options_.emit_route_changes) return;
  const size_t legs = side_by_side(decided, candidates_);
  bool was_multipath = table.prefixes.has(id, RowFlag::Multipath);
  bool is_multipath = legs > 1;
  if (best == before && !was_multipath && !is_multipath) return;
  if (is_multipath) table.prefixes.set(id, RowFlag::Multipath);
  else table.prefixes.clear(id, RowFlag::Multipath);
  emit(family, id, std::span(candidates_).first(legs));
}

void Rib::move_to_front(FamilyTable& table, DestinationId id, PathIndex path) {
  PathIndex& first = table.prefixes.first_path(id);
  if (first == path) return;
  PathIndex previous = first;
  while (table.paths[previous].next != path) previous = table.paths[previous].next;
  table.paths[previous].next = table.paths[path].next;
  table.paths[path].next = first;
  first = path;
}

void Rib::set_multipath(const Multipath& config) {
  if (std::exchange(multipath_, config) == config) return;
  for (Family family : kFamilies) {
    const FamilyTable& table = tables_[family];
    for (DestinationId id = 0; id < table.prefixes.id_end(); ++id) {
      if (!table.prefixes.has(id, RowFlag::InUse)) continue;
      PathIndex first = table.prefixes.first_path(id);
      if (first != 0 && table.paths[first].next != 0) mark_dirty(family, id);
    }
  }
}

bool Rib::decide(size_t max) {
  for (Family family : kFamilies) {
    DirtyQueue& dirty = dirty_[index_of(family)];
    bool tells_all_paths = any_tells_all_paths(family);
    size_t decided = 0;
    for (; decided < max && !dirty.empty(); ++decided) {
      DestinationId id = dirty.front();
      dirty.pop_front();
      if (must_wait(family, id)) continue;
      decide_one(family, id);
      if (!tells_all_paths) continue;
      decided_.push_back(id);
      note_change(family, id);
    }
    max -= decided;
    tell_groups(family);
    release_undead(family, std::max(decided, limits::kDecisionsPerTurn));
  }
  for (const std::unique_ptr<ExportGroup>& group : groups_) group->trim();
  return has_work();
}

void Rib::tell_groups(Family family) {
  std::vector<BestChange>& changes = changes_[index_of(family)];
  std::stable_sort(changes.begin(), changes.end(), [](const BestChange& a, const BestChange& b) {
    return std::pair(a.attr, a.source) < std::pair(b.attr, b.source);
  });
  for (const std::unique_ptr<ExportGroup>& group : groups_) {
    group->apply(family, changes);
    group->apply_paths(family, decided_);
  }
  changes.clear();
  decided_.clear();
}

bool Rib::any_tells_all_paths(Family family) const {
  return std::any_of(groups_.begin(), groups_.end(), [&](const auto& group) { return group->tells_all_paths(family); });
}

// Looks at up to `max` rows that lost their last path; the others have their turn later. So a slow member, which may
// keep a million rows from being released, costs each turn the same.
void Rib::release_undead(Family family, size_t max) {
  FamilyTable& table = tables_[family];
  static constexpr size_t kAhead = 16;  // each would be a cache miss in the index
  for (size_t n = std::min(max, table.undead.size()); n > 0; --n) {
    if (table.undead.size() > kAhead) table.prefixes.prefetch(table.undead[kAhead]);
    DestinationId id = table.undead.front();
    table.undead.pop_front();
    table.prefixes.clear(id, RowFlag::Undead);
    if (table.prefixes.first_path(id) != 0) continue;
    if (is_still_needed(family, id)) table.bury(id);
    else table.prefixes.release(id);
  }
}

// While a slow member waits to hear of it, the id cannot be reused.
bool Rib::is_still_needed(Family family, DestinationId id) const {
  return tables_[family].prefixes.has(id, RowFlag::Dirty) ||
         std::any_of(groups_.begin(), groups_.end(), [&](const auto& group) { return group->is_pending(family, id); });
}

// ---- Adj-RIB-Out --------------------------------------------------------------------------------------------------

ExportGroup& Rib::group(const ExportKey& key) {
  for (const std::unique_ptr<ExportGroup>& group : groups_)
    if (group->key() == key) return *group;
  return *groups_.emplace_back(std::make_unique<ExportGroup>(key, tables_));
}

void Rib::drop_empty_groups() {
  std::erase_if(groups_, [](const std::unique_ptr<ExportGroup>& group) { return group->is_empty(); });
}

void Rib::release_end_of_rib() {
  tables_.end_of_rib_held = false;
  for (const std::unique_ptr<ExportGroup>& group : groups_) group->release_end_of_rib();
}

}  // namespace bgp::rib
