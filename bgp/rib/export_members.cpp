// The members of an export group, one at a time: who reads the log, who is served from marks of his own, and what leaves
// for him next.
#include <algorithm>

#include "bgp/base/assert.h"
#include "bgp/base/limits.h"
#include "bgp/rib/export_policy.h"
#include "bgp/rib/write_messages.h"

namespace bgp::rib {

// ---- falling behind and becoming level ----------------------------------------------------------------------------

// The member stops reading the log: what it has not read becomes marks in its own catch-up.
void ExportGroup::fall_behind(Member& m) {
  BGP_ASSERT(m.is_level && m.own.empty());
  ByteView rest = log_.rest_of_message(m.position);
  m.own.assign(rest.begin(), rest.end());
  m.own_boundary = m.own.size();
  log_.for_each_unread(m.position, m.peer, [&](ByteView message) { mark_all(message, m); });
  m.is_level = false;
  behind_.push_back(&m);
}

// What a message of ours is about becomes marks. A prefix that has vanished since gets its row back: only a row can be
// marked, and the member still has to hear of the end of that route.
void ExportGroup::mark_all(ByteView message, Member& m) {
  wire::CodecContext context = key_.codec;
  context.peer_as = context.local_as;  // our own message, read back: no check of the first AS
  context.add_path_receive = context.add_path_send;
  wire::DecodedUpdate& update = scratch_update_;
  BGP_ASSERT(wire::decode_update(message.subspan(limits::kMessageHeaderBytes), context, update).ok());
  for (const wire::NlriField* field : {&update.withdrawn, &update.mp_withdrawn, &update.reachable, &update.mp_reachable})
    field->for_each([&](const wire::NlriEntry& entry) {
      auto id = tables_[field->family()].revive(entry);
      if (!id) return;
      m.catch_up.mark(field->family(), *id);
      if (tells_all_paths(field->family())) paths_[index_of(field->family())]->note_id(*id, entry.path_id);
    });
}

// One message of m.own that was not sent.
void ExportGroup::take_back(ByteView message, Member& m) {
  for (Family family : kFamilies) {
    if (std::ranges::equal(message, wire::encode_end_of_rib(family))) m.end_of_rib_due.add(family);
    if (std::ranges::equal(message, wire::encode(wire::end_of_refresh(family)))) m.end_of_refresh_due.add(family);
  }
  if (message[18] == static_cast<uint8_t>(wire::MessageType::Update)) mark_all(message, m);
}

// Takes back what was written for the member and not sent, but for the rest of a message, and says what it must be told.
const CatchUp& ExportGroup::all_owed(Member& m) {
  if (m.is_level) fall_behind(m);
  for (size_t at = m.own_boundary; at < m.own.size();) {
    size_t size = static_cast<size_t>(m.own[at + 16]) << 8 | m.own[at + 17];
    take_back(ByteView(m.own).subspan(at, size), m);
    at += size;
  }
  m.own.resize(m.own_boundary);
  return m.catch_up;
}

void ExportGroup::become_level(Member& m) {
  m.is_level = true;
  m.position = log_.end();
  m.catch_up = CatchUp{};
  m.awaited = {};
  m.own = Bytes{};  // gives the memory back
  m.own_sent = m.own_boundary = 0;
  std::erase(behind_, &m);
}

// ---- a member's outgoing bytes ------------------------------------------------------------------------------------

ByteView ExportGroup::read(PeerId peer, size_t max) {
  Member& m = member(peer);
  // A slice may hold nothing but rows that are about to be decided again: it says nothing, and the next one has its turn.
  while (m.own_sent == m.own.size() && !m.is_level)
    if (!fill_own(m)) return {};
  if (m.own_sent < m.own.size()) return ByteView(m.own).subspan(m.own_sent, std::min(max, m.own.size() - m.own_sent));
  return log_.read(m.position, peer, max);
}

size_t ExportGroup::sent(PeerId peer, size_t count) {
  Member& m = member(peer);
  if (m.own_sent == m.own.size()) return log_.advance(m.position, count);
  size_t complete = m.own_boundary > m.own_sent && m.own_boundary <= m.own_sent + count;
  m.own_sent += count;
  while (m.own_boundary < m.own_sent) {
    m.own_boundary += static_cast<size_t>(m.own[m.own_boundary + 16]) << 8 | m.own[m.own_boundary + 17];
    complete += m.own_boundary <= m.own_sent;
  }
  return complete;
}

bool ExportGroup::is_inside_message(PeerId peer) const {
  const Member& m = member(peer);
  return m.own_sent < m.own_boundary || (m.is_level && m.position.is_inside_message());
}

// Moves a level member over what is for others, so that it does not hold back the log: the source of a whole table
// reads none of it.
bool ExportGroup::has_output(PeerId peer) {
  Member& m = member(peer);
  return m.own_sent < m.own.size() || !m.is_level || !log_.read(m.position, peer, 1).empty();
}

// False: there is nothing to say before something was decided.
bool ExportGroup::fill_own(Member& m) {
  m.own.clear();
  m.own_sent = m.own_boundary = 0;
  for (Family family : kFamilies)
    if (m.own.empty() && key_.codec.families.has(family)) write_catch_up(m, family);
  if (!m.own.empty() || !m.catch_up.is_done()) return true;
  bool has_ends_due = !m.end_of_rib_due.empty() || !m.end_of_refresh_due.empty();
  if (has_ends_due && is_awaiting(m)) return false;
  if (!write_ends(m)) become_level(m);
  return true;
}

// A receiver that sweeps at End-of-RIB or EoRR must not lose what it is about to be told.
bool ExportGroup::is_awaiting(Member& m) const {
  forget_decided(m);
  return !m.awaited[0].empty() || !m.awaited[1].empty();
}

void ExportGroup::forget_decided(Member& m) const {
  for (Family family : kFamilies)
    std::erase_if(m.awaited[index_of(family)],
                  [&](DestinationId id) { return !tables_[family].prefixes.has(id, RowFlag::Dirty); });
}

bool ExportGroup::write_ends(Member& m) {
  auto append = [&](const Bytes& message) { m.own.insert(m.own.end(), message.begin(), message.end()); };
  for (Family family : kFamilies) {
    if (m.end_of_rib_due.has(family) && !tables_.end_of_rib_held) append(wire::encode_end_of_rib(family));
    if (m.end_of_refresh_due.has(family)) append(wire::encode(wire::end_of_refresh(family)));
  }
  if (!tables_.end_of_rib_held) m.end_of_rib_due = {};
  m.end_of_refresh_due = {};
  return !m.own.empty();
}

// One slice of what the member does not know, newest state.
void ExportGroup::write_catch_up(Member& m, Family family) {
  if (tells_all_paths(family)) return write_catch_up_paths(m, family);
  const FamilyTable& table = tables_[family];
  ChunkedArray<uint16_t>& told = told_[index_of(family)];
  told.grow_to(table.prefixes.id_end());
  auto is_for_member = [&](DestinationId id) { return told[id] != 0 && told[id] != m.peer + 1; };
  scratch_ids_.clear();
  m.catch_up.take(family, kCatchUpSlice, table.prefixes.id_end(), is_for_member, scratch_ids_);

  scratch_changes_.clear();
  for (DestinationId id : scratch_ids_) {
    if (!is_for_member(id)) {
      scratch_changes_.push_back({0, 0, id});
      continue;
    }
    if (table.prefixes.has(id, RowFlag::BestTouched)) {  // about to be decided again, and marked then
      m.awaited[index_of(family)].push_back(id);
      continue;
    }
    const Path& best = table.paths[table.prefixes.first_path(id)];
    scratch_changes_.push_back({best.attr, best.peer, id});
  }
  std::stable_sort(scratch_changes_.begin(), scratch_changes_.end(), [](const BestChange& a, const BestChange& b) {
    return std::pair(a.attr, a.source) < std::pair(b.attr, b.source);
  });
  wire::UpdateWriter writer(m.own, key_.codec);
  Policy policy(*this, family);
  auto write = [&](const Outgoing* look, std::span<const BestChange> alike) {
    BGP_ASSERT((look == nullptr) == (alike[0].attr == 0));
    write_messages(
        writer, table.prefixes, alike,
        [&] {
          if (look == nullptr) writer.withdraw(family);
          else BGP_ASSERT(writer.announce(family, look->attributes, look->next_hop));
        },
        [](const BestChange& change) { return Told{change.destination}; });
  };
  for_each_run(std::span<const BestChange>(scratch_changes_), [&](std::span<const BestChange> run) {
    policy.turn_to(run[0].attr, run[0].source);
    policy.for_each_look(run, [](const BestChange& change) { return change.destination; }, write);
  });
}

}  // namespace bgp::rib
