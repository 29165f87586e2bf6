#include "bgp/rib/attr_store.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "bgp/base/assert.h"
#include "bgp/base/hash.h"
#include "bgp/base/limits.h"

namespace bgp::rib {
namespace {

// Multiply-and-fold over 8 octets at a time, in the manner of wyhash.
uint32_t hash_bytes(ByteView bytes, uint64_t made_from) {
  uint64_t h = hash_seed ^ made_from ^ 0xa0761d6478bd642fULL;
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + i, 8);
    h = hash_fold(h ^ hash_seed ^ word, 0xe7037ed1a0b428dbULL);
  }
  uint64_t tail = 0;
  if (i < bytes.size()) std::memcpy(&tail, bytes.data() + i, bytes.size() - i);
  return static_cast<uint32_t>(hash_fold(h ^ hash_seed ^ tail, 0x8ebc6af09c88c6e3ULL ^ bytes.size()));
}

PackedFacts pack(const wire::AttributeFacts& facts) {
  PackedFacts packed;
  packed.neighbor_as = facts.neighbor_as.value;
  packed.med = facts.med.value_or(0);
  packed.local_pref = facts.local_pref.value_or(100);
  packed.originator_id = facts.originator_id.value_or(BgpIdentifier{}).value;
  packed.as_path_length = facts.as_path_length;
  packed.cluster_list_length = facts.cluster_list_length;
  packed.origin = static_cast<uint8_t>(facts.origin);
  packed.has_originator_id = facts.originator_id.has_value();
  packed.no_export = facts.no_export;
  packed.llgr_stale = facts.llgr_stale;
  packed.no_llgr = facts.no_llgr;
  packed.no_advertise = facts.no_advertise;
  packed.graceful_shutdown = facts.graceful_shutdown;
  packed.blackhole = facts.blackhole;
  return packed;
}

}  // namespace

AttrStore::AttrStore(NextHops& next_hops) : next_hops_(next_hops), index_(kIndexSlotsMin) {
  sets_.push();  // id 0 = none
}

AttrId AttrStore::intern(ByteView canonical, const wire::NextHop& next_hop) {
  if (last_next_hop_.id != 0 && last_next_hop_.next_hop == next_hop) return intern(canonical, last_next_hop_.id);
  NextHopId id = next_hops_.intern(next_hop);
  next_hops_.release(last_next_hop_.id);
  last_next_hop_ = {next_hop, id};  // keeps the reference of intern()
  return intern(canonical, id);
}

AttrId AttrStore::intern_local(ByteView canonical) { return intern(canonical, NextHopId{0}); }

AttrId AttrStore::intern_edited(ByteView canonical, AttrId original) {
  BGP_ASSERT(!sets_[original].facts.is_edited);
  ByteView before = this->canonical(original);
  if (std::equal(canonical.begin(), canonical.end(), before.begin(), before.end())) return add_reference(original), original;
  return intern(canonical, sets_[original].next_hop, original);
}

bool AttrStore::is_made_from(AttrId id, AttrId original) const {
  return sets_[id].facts.is_edited ? originals_.at(id) == original : original == 0;
}

AttrId AttrStore::intern(ByteView canonical, NextHopId next_hop, AttrId original) {
  BGP_ASSERT(canonical.size() <= limits::kAttributeBytesMax);
  uint32_t hash = hash_bytes(canonical, static_cast<uint64_t>(original) << 32 | next_hop);
  const auto mask = static_cast<uint32_t>(index_.size() - 1);
  uint32_t slot = hash & mask;
  for (; index_[slot] != 0; slot = (slot + 1) & mask) {
    Set& set = sets_[index_[slot]];
    if (set.hash != hash || set.next_hop != next_hop || set.size != canonical.size()) continue;
    if (std::memcmp(set.bytes, canonical.data(), canonical.size()) != 0) continue;
    if (!is_made_from(index_[slot], original)) continue;
    ++set.references;
    return index_[slot];
  }
  AttrId id = add(canonical, next_hop, hash, slot);
  if (original == 0) return id;
  sets_[id].facts.is_edited = true;
  originals_.emplace(id, original);
  add_reference(original);
  return id;
}

AttrId AttrStore::add(ByteView canonical, NextHopId next_hop, uint32_t hash, uint32_t slot) {
  AttrId id;
  if (free_.empty()) {
    id = sets_.push();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  if (next_hop != 0) next_hops_.add_reference(next_hop);
  sets_[id] = Set{arena_.copy(canonical), 1, hash, next_hop, static_cast<uint16_t>(canonical.size()),
                  pack(wire::facts_of(canonical))};
  index_[slot] = id;
  if (++in_use_ * 2 > index_.size()) rebuild_index(index_.size() * 2);
  return id;
}

void AttrStore::rebuild_index(size_t slots) {
  std::vector<AttrId> old = std::exchange(index_, std::vector<AttrId>(slots));
  const auto mask = static_cast<uint32_t>(index_.size() - 1);
  for (AttrId id : old) {
    if (id == 0) continue;
    uint32_t slot = sets_[id].hash & mask;
    while (index_[slot] != 0) slot = (slot + 1) & mask;
    index_[slot] = id;
  }
}

void AttrStore::give_back_memory() {
  if (sets_.size() < 2 * in_use_ + kSmall) return;
  ByteArena arena;
  uint32_t end = 1;
  for (AttrId id = 1; id < sets_.size(); ++id) {
    Set& set = sets_[id];
    if (set.references == 0) continue;
    set.bytes = arena.copy({set.bytes, set.size});
    end = id + 1;
  }
  arena_ = std::move(arena);
  sets_.shrink_to(end);
  free_ = {};
  for (AttrId id = end; --id > 0;)
    if (sets_[id].references == 0) free_.push_back(id);  // the smallest is taken first
  rebuild_index(std::max(kIndexSlotsMin, std::bit_ceil(size_t{in_use_} * 2 + 1)));
}

void AttrStore::release(AttrId id) {
  Set& set = sets_[id];
  BGP_ASSERT(set.references > 0);
  if (--set.references > 0) return;
  const auto mask = static_cast<uint32_t>(index_.size() - 1);
  uint32_t slot = set.hash & mask;
  while (index_[slot] != id) slot = (slot + 1) & mask;
  for (uint32_t next = (slot + 1) & mask; index_[next] != 0; next = (next + 1) & mask) {
    uint32_t home = sets_[index_[next]].hash & mask;
    if (((next - home) & mask) < ((next - slot) & mask)) continue;
    index_[slot] = index_[next];
    slot = next;
  }
  index_[slot] = 0;
  arena_.free(set.bytes, set.size);
  next_hops_.release(set.next_hop);
  bool is_edited = set.facts.is_edited;
  set = Set{};
  free_.push_back(id);
  --in_use_;
  if (!is_edited) return;
  AttrId original = originals_.at(id);
  originals_.erase(id);
  release(original);
}

}  // namespace bgp::rib
