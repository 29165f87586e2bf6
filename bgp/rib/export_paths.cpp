// ExportGroup's second half: families in which the members take ADD-PATH (RFC 7911) are told every path that the rules
// let them have, instead of the best one. The log, the members and their catching up are the same.
#include <algorithm>

#include "bgp/base/limits.h"
#include "bgp/rib/export_policy.h"
#include "bgp/rib/write_messages.h"

namespace bgp::rib {

// Gathers what may be told of one prefix.
class ExportGroup::PathGatherer {
 public:
  PathGatherer(const ExportGroup& group, Family family) : group_(group), family_(family) {}

  // The selected path first. Beyond the limit the ones that are told already have the preference.
  std::span<const PathChange> gather(DestinationId id) {
    wanted_.clear();
    const FamilyTable& table = group_.tables_[family_];
    bool has_local = false;  // a prefix of ours may be there twice, a block and a kernel's route: one is told
    for (PathIndex i = table.prefixes.first_path(id); i != 0; i = table.paths[i].next) {
      const Path& path = table.paths[i];
      if (!is_exported(id, path) || (path.peer == kLocalPeer && std::exchange(has_local, true))) continue;
      wanted_.push_back({path.attr, path.peer, id, path.path_id});
    }
    if (wanted_.size() > limits::kPathsToldMax) shorten(id);
    return wanted_;
  }

 private:
  bool is_exported(DestinationId id, const Path& path) {
    const Tables& tables = group_.tables_;
    if (path.rejection != Rejection::None) return false;
    if (!tables.next_hops.is_reachable(tables.attrs.next_hop(path.attr))) return false;
    return policy_of(path).look_of(id) != nullptr;
  }
  // What was found out of a set from one source is remembered while the slice is worked through.
  Policy& policy_of(const Path& path) {
    auto [at, is_new] = policies_.try_emplace(uint64_t{path.attr} << 16 | path.peer, group_, family_);
    if (is_new) at->second.turn_to(path.attr, path.peer);
    return at->second;
  }
  void shorten(DestinationId id) {
    const ToldPaths& told = *group_.paths_[index_of(family_)];
    std::stable_partition(wanted_.begin() + 1, wanted_.end(), [&](const PathChange& path) {
      return told.is_told(id, path.source, path.path_id);
    });
    wanted_.resize(limits::kPathsToldMax);
  }

  const ExportGroup& group_;
  Family family_;
  std::vector<PathChange> wanted_;
  std::unordered_map<uint64_t, Policy> policies_;  // by set and source
};

void ExportGroup::tell_present_paths(Family family) {
  paths_[index_of(family)] = std::make_unique<ToldPaths>(tables_.attrs);
  const PrefixTable& prefixes = tables_[family].prefixes;
  PathGatherer gatherer(*this, family);
  for (DestinationId id = 0; id < prefixes.id_end(); ++id)
    if (prefixes.has(id, RowFlag::InUse) && !prefixes.has(id, RowFlag::Dirty)) update_paths(family, id, gatherer);
  path_changes_.clear();  // nobody is there to hear it
}

void ExportGroup::apply_paths(Family family, std::span<const DestinationId> decided) {
  if (!tells_all_paths(family)) return;
  PathGatherer gatherer(*this, family);
  for (DestinationId id : decided) update_paths(family, id, gatherer);
  std::stable_sort(path_changes_.begin(), path_changes_.end(), [](const PathChange& a, const PathChange& b) {
    return std::pair(a.attr, a.source) < std::pair(b.attr, b.source);
  });
  for_each_run(std::span<const PathChange>(path_changes_), [&](std::span<const PathChange> run) {
    bool is_member = members_.contains(run[0].source);
    Audience audience = is_member ? Audience{Audience::Kind::AllBut, run[0].source} : Audience{};
    if (!has_reader(audience)) return;
    wire::UpdateWriter writer(log_.open(), key_.codec);
    write_path_run(writer, family, run);
    log_.seal(audience);
  });
  path_changes_.clear();
}

void ExportGroup::update_paths(Family family, DestinationId id, PathGatherer& gatherer) {
  ToldPaths& paths = *paths_[index_of(family)];
  size_t before = path_changes_.size();
  count_paths(family, id, -1);
  paths.update(id, gatherer.gather(id), !is_pending(family, id), path_changes_);
  count_paths(family, id, +1);
  for (size_t i = before; i < path_changes_.size(); ++i)
    for (Member* m : behind_)
      if (path_changes_[i].source != m->peer) m->catch_up.mark(family, id);
}

void ExportGroup::count_paths(Family family, DestinationId id, int delta) {
  std::vector<uint32_t>& by_source = told_by_source_[index_of(family)];
  paths_[index_of(family)]->for_each(id, [&](const ToldPath& path) {
    if (by_source.size() <= path.source) by_source.resize(path.source + 1U);
    by_source[path.source] += static_cast<uint32_t>(delta);
    told_count_[index_of(family)] += static_cast<uint64_t>(static_cast<int64_t>(delta));
  });
}

// Of one set and source; set 0 are withdrawals.
void ExportGroup::write_path_run(wire::UpdateWriter& writer, Family family, std::span<const PathChange> run) const {
  Policy policy(*this, family);
  policy.turn_to(run[0].attr, run[0].source);
  auto write = [&](const Outgoing* look, std::span<const PathChange> alike) {
    write_messages(
        writer, tables_[family].prefixes, alike,
        [&] {
          if (look == nullptr) writer.withdraw(family);
          else BGP_ASSERT(writer.announce(family, look->attributes, look->next_hop));
        },
        [](const PathChange& change) { return Told{change.destination, change.path_id}; });
  };
  policy.for_each_look(run, [](const PathChange& change) { return change.destination; }, write);
}

// One slice of what the member does not know: of each prefix everything, and an end to whatever else it may hold.
void ExportGroup::write_catch_up_paths(Member& m, Family family) {
  const ToldPaths& paths = *paths_[index_of(family)];
  scratch_ids_.clear();
  m.catch_up.take(family, kCatchUpSlice, tables_[family].prefixes.id_end(),
                  [&](DestinationId id) { return is_advertised(m.peer, family, id); }, scratch_ids_);
  std::vector<PathChange> changes;
  std::vector<bool> is_told;
  for (DestinationId id : scratch_ids_) {
    is_told.assign(paths.ids_used(id) + 1U, false);
    paths.for_each(id, [&](const ToldPath& path) {
      if (path.source == m.peer) return;
      is_told[path.id] = true;
      if (path.attr != 0) changes.push_back({path.attr, path.source, id, path.id});
      else m.awaited[index_of(family)].push_back(id);  // about to be decided again, and marked then
    });
    for (uint32_t ours = 1; ours < is_told.size(); ++ours)
      if (!is_told[ours]) changes.push_back({0, kLocalPeer, id, ours});
  }
  std::stable_sort(changes.begin(), changes.end(), [](const PathChange& a, const PathChange& b) {
    return std::pair(a.attr, a.source) < std::pair(b.attr, b.source);
  });
  wire::UpdateWriter writer(m.own, key_.codec);
  for_each_run(std::span<const PathChange>(changes),
               [&](std::span<const PathChange> run) { write_path_run(writer, family, run); });
}

// What a member of `from` holds, it may hold here.
void ExportGroup::take_over_ids(Family family, const ExportGroup& from) {
  if (!tells_all_paths(family) || !from.tells_all_paths(family)) return;
  for (DestinationId id = 0; id < tables_[family].prefixes.id_end(); ++id)
    if (uint16_t ids = from.paths_[index_of(family)]->ids_used(id); ids != 0) paths_[index_of(family)]->note_id(id, ids);
}

void ExportGroup::reconsider(PeerId source) {
  for (const std::unique_ptr<ToldPaths>& paths : paths_)
    if (paths) paths->distrust(source);
}

void ExportGroup::reconsider(Family family, DestinationId id) {
  if (tells_all_paths(family)) paths_[index_of(family)]->distrust_destination(id);
}

}  // namespace bgp::rib
