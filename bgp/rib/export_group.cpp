#include "bgp/rib/export_group.h"

#include <algorithm>

#include "bgp/base/assert.h"
#include "bgp/base/limits.h"
#include "bgp/rib/export_policy.h"
#include "bgp/rib/write_messages.h"

namespace bgp::rib {

bool ExportKey::operator==(const ExportKey& other) const {
  return policy::same(filter, other.filter) && target == other.target && codec == other.codec;
}

ExportGroup::ExportGroup(ExportKey key, Tables& tables) : key_(std::move(key)), tables_(tables) {
  for (Family family : kFamilies) {
    if (!key_.codec.families.has(family)) continue;
    if (key_.codec.add_path_send.has(family)) tell_present_paths(family);
    else tell_present_table(family);
  }
}

void ExportGroup::tell_present_table(Family family) {
  const FamilyTable& table = tables_[family];
  Policy policy(*this, family);
  for (DestinationId id = 0; id < table.prefixes.id_end(); ++id) {
    // A touched row is about to be decided again, and will come through apply().
    if (!table.prefixes.has(id, RowFlag::HasBest) || table.prefixes.has(id, RowFlag::BestTouched)) continue;
    const Path& best = table.paths[table.prefixes.first_path(id)];
    policy.turn_to(best.attr, best.peer);  // neighbours in the table often share attributes
    if (policy.look_of(id) != nullptr) tell(family, id, best.peer);
  }
}

// ---- members ------------------------------------------------------------------------------------------------------

void ExportGroup::join(PeerId peer, ExportGroup* from) {
  auto m = std::make_unique<Member>();
  m->peer = peer;
  if (from) m->catch_up = from->all_owed(from->member(peer));
  m->end_of_rib_due = from ? from->member(peer).end_of_rib_due : key_.codec.families;
  if (from) m->end_of_refresh_due = from->member(peer).end_of_refresh_due;
  for (Family family : kFamilies) {
    if (!key_.codec.families.has(family)) continue;
    m->catch_up.walk_from_start(family, from == nullptr);
    if (from) take_over_ids(family, *from);
    const PrefixTable& prefixes = tables_[family].prefixes;
    for (DestinationId id = 0; !from && id < prefixes.id_end(); ++id)  // a new group left these out: they come when decided
      if (prefixes.has(id, RowFlag::HasBest) && prefixes.has(id, RowFlag::Dirty)) m->awaited[index_of(family)].push_back(id);
    for (DestinationId id = 0; from && id < prefixes.id_end(); ++id)
      if (from->is_advertised(peer, family, id) && !is_advertised(peer, family, id)) m->catch_up.mark(family, id);
  }
  behind_.push_back(m.get());
  bool is_new = members_.emplace(peer, std::move(m)).second;
  BGP_ASSERT(is_new);
}

Bytes ExportGroup::leave(PeerId peer) {
  Member& m = member(peer);
  Bytes rest;
  if (m.own_sent < m.own_boundary) {
    rest.assign(m.own.begin() + static_cast<ptrdiff_t>(m.own_sent), m.own.begin() + static_cast<ptrdiff_t>(m.own_boundary));
  } else if (m.is_level) {
    ByteView view = log_.rest_of_message(m.position);
    rest.assign(view.begin(), view.end());
  }
  std::erase(behind_, &m);
  members_.erase(peer);
  return rest;
}

bool ExportGroup::refresh(PeerId peer, Family family, bool demarcated) {
  Member& m = member(peer);
  if (!key_.codec.families.has(family)) return false;
  all_owed(m);  // an EoRR that is written and not sent would come behind the new BoRR, and end what has just begun
  m.catch_up.walk_from_start(family, false);
  if (!demarcated || m.end_of_rib_due.has(family) || m.end_of_refresh_due.has(family)) return false;
  m.end_of_refresh_due.add(family);
  return true;
}

void ExportGroup::release_end_of_rib() {
  for (const auto& [peer, m] : members_)
    if (m->is_level && !m->end_of_rib_due.empty()) fall_behind(*m);
}

// ---- what changes -------------------------------------------------------------------------------------------------

void ExportGroup::apply(Family family, std::span<const BestChange> changes) {
  if (!key_.codec.families.has(family) || tells_all_paths(family)) return;
  Policy policy(*this, family);
  for_each_run(changes, [&](std::span<const BestChange> run) {
    policy.turn_to(run[0].attr, run[0].source);
    policy.for_each_look(run, [](const BestChange& change) { return change.destination; },
                         [&](const Outgoing* look, std::span<const BestChange> alike) { apply_alike(family, look, alike); });
  });
  write_withdrawals(family);
}

// Of one set and source, and told alike; `look` nullptr: not told.
void ExportGroup::apply_alike(Family family, const Outgoing* look, std::span<const BestChange> changes) {
  for (const BestChange& change : changes) {
    if (look == nullptr) untell(family, change.destination);
    else tell(family, change.destination, change.source);
  }
  PeerId source = changes[0].source;
  Audience audience = members_.contains(source) ? Audience{Audience::Kind::AllBut, source} : Audience{};
  if (look == nullptr || !has_reader(audience)) return;
  wire::UpdateWriter writer(log_.open(), key_.codec);
  write_messages(writer, tables_[family].prefixes, changes,
                 [&] { BGP_ASSERT(writer.announce(family, look->attributes, look->next_hop)); },
                 [](const BestChange& change) { return Told{change.destination}; });
  log_.seal(audience);
}

void ExportGroup::tell(Family family, DestinationId id, PeerId source) {
  ChunkedArray<uint16_t>& told = told_[index_of(family)];
  std::vector<uint32_t>& by_source = told_by_source_[index_of(family)];
  told.grow_to(tables_[family].prefixes.id_end());
  if (by_source.size() <= source) by_source.resize(source + 1U);
  auto now = static_cast<uint16_t>(source + 1);
  uint16_t before = std::exchange(told[id], now);
  if (before == 0) ++told_count_[index_of(family)];
  else --by_source[before - 1U];
  ++by_source[source];
  // The new source had the old path from us; its own one it does not get.
  if (before != 0 && before != now && members_.contains(source))
    withdrawals_.push_back({{Audience::Kind::Only, source}, id});
  note_change(family, id, before, now);
}

void ExportGroup::untell(Family family, DestinationId id) {
  ChunkedArray<uint16_t>& told = told_[index_of(family)];
  if (id >= told.size() || told[id] == 0) return;
  uint16_t before = std::exchange(told[id], uint16_t{0});
  auto source = static_cast<PeerId>(before - 1);
  --told_count_[index_of(family)];
  --told_by_source_[index_of(family)][source];
  withdrawals_.push_back({members_.contains(source) ? Audience{Audience::Kind::AllBut, source} : Audience{}, id});
  note_change(family, id, before, 0);
}

// `before` and `now`: what told_ says. A member's own route means nothing to it, neither before nor now.
void ExportGroup::note_change(Family family, DestinationId id, uint16_t before, uint16_t now) {
  for (Member* m : behind_) {
    uint16_t own = static_cast<uint16_t>(m->peer + 1);
    bool was_for_it = before != 0 && before != own;
    bool is_for_it = now != 0 && now != own;
    if (was_for_it || is_for_it) m->catch_up.mark(family, id);
  }
}

void ExportGroup::write_withdrawals(Family family) {
  std::stable_sort(withdrawals_.begin(), withdrawals_.end(), [](const Withdrawal& a, const Withdrawal& b) {
    return std::pair(a.audience.kind, a.audience.peer) < std::pair(b.audience.kind, b.audience.peer);
  });
  for (size_t begin = 0; begin < withdrawals_.size();) {
    size_t end = begin;
    while (end < withdrawals_.size() && withdrawals_[end].audience == withdrawals_[begin].audience) ++end;
    if (has_reader(withdrawals_[begin].audience)) {
      wire::UpdateWriter writer(log_.open(), key_.codec);
      write_messages(writer, tables_[family].prefixes, std::span(withdrawals_).subspan(begin, end - begin),
                     [&] { writer.withdraw(family); }, [](const Withdrawal& w) { return Told{w.destination}; });
      log_.seal(withdrawals_[begin].audience);
    }
    begin = end;
  }
  withdrawals_.clear();
}

bool ExportGroup::has_reader(Audience audience) const {
  size_t level = members_.size() - behind_.size();
  if (audience.kind == Audience::Kind::All) return level > 0;
  auto it = members_.find(audience.peer);
  bool named_is_level = it != members_.end() && it->second->is_level;
  return audience.kind == Audience::Kind::Only ? named_is_level : level > (named_is_level ? 1U : 0U);
}

UpdateLog::Position ExportGroup::slowest() const {
  UpdateLog::Position slowest = log_.end();
  for (const auto& [peer, m] : members_)
    if (m->is_level) slowest = std::min(slowest, m->position);
  return slowest;
}

void ExportGroup::trim() {
  if (!log_.is_long()) return;
  UpdateLog::Position oldest = slowest();
  log_.drop_before(oldest);
  while (log_.bytes() > limits::kUpdateLogBytesMax && log_.is_long()) {
    std::vector<Member*> slow;
    for (const auto& [peer, m] : members_)
      if (m->is_level && m->position.chunk == oldest.chunk) slow.push_back(m.get());
    for (Member* m : slow) fall_behind(*m);
    oldest = slowest();
    log_.drop_before(oldest);
  }
}

bool ExportGroup::is_pending(Family family, DestinationId id) const {
  return std::any_of(behind_.begin(), behind_.end(), [&](const Member* m) { return m->catch_up.is_marked(family, id); });
}

uint64_t ExportGroup::advertised(PeerId peer, Family family) const {
  const std::vector<uint32_t>& by_source = told_by_source_[index_of(family)];
  return told_count_[index_of(family)] - (peer < by_source.size() ? by_source[peer] : 0);
}

size_t ExportGroup::reach(Family family, DestinationId id) const {
  if (tells_all_paths(family))
    return static_cast<size_t>(std::count_if(members_.begin(), members_.end(), [&](const auto& entry) {
      return is_advertised(entry.first, family, id);
    }));
  const ChunkedArray<uint16_t>& told = told_[index_of(family)];
  if (id >= told.size() || told[id] == 0) return 0;
  return members_.size() - (members_.contains(static_cast<PeerId>(told[id] - 1)) ? 1 : 0);
}

bool ExportGroup::is_advertised(PeerId peer, Family family, DestinationId id) const {
  bool is_told = false;
  if (tells_all_paths(family))
    paths_[index_of(family)]->for_each(id, [&](const ToldPath& path) { is_told = is_told || path.source != peer; });
  if (tells_all_paths(family)) return is_told;
  const ChunkedArray<uint16_t>& told = told_[index_of(family)];
  return id < told.size() && told[id] != 0 && told[id] != peer + 1;
}

}  // namespace bgp::rib
