// Attribute sets, each once. A set is its canonical bytes (bgp/wire/attribute.h) and its next hop; equal sets have
// equal ids, so comparing, grouping and storing routes costs four octets a route.
//
// Cost of a set: 48 octets and its canonical bytes. The facts that decisions need are decoded once, here.
// A set that import policy edited remembers the one that was received, so that another policy can be asked about it
// without asking the peer: the set does, not the path, which so costs what it always did.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "bgp/rib/byte_arena.h"
#include "bgp/rib/chunked_array.h"
#include "bgp/rib/next_hops.h"
#include "bgp/rib/path.h"
#include "bgp/wire/attribute.h"

namespace bgp::rib {

// AttributeFacts in 24 octets: the optionals are flags.
struct PackedFacts {
  uint32_t neighbor_as = 0;
  uint32_t med = 0;           // absent reads as 0 (RFC 4271 §9.1.2.2 c)
  uint32_t local_pref = 100;  // absent reads as 100
  uint32_t originator_id = 0;
  uint16_t as_path_length = 0;
  uint16_t cluster_list_length = 0;
  uint8_t origin = 0;
  bool has_originator_id : 1 = false;
  bool no_export : 1 = false;
  bool no_advertise : 1 = false;
  bool graceful_shutdown : 1 = false;
  bool blackhole : 1 = false;
  bool llgr_stale : 1 = false;
  bool no_llgr : 1 = false;
  bool is_edited : 1 = false;  // AttrStore::original() is another set
};

class AttrStore {
 public:
  explicit AttrStore(NextHops& next_hops);

  // The id of this set, with one reference added for the caller. `canonical` may die afterwards.
  AttrId intern(ByteView canonical, const wire::NextHop& next_hop);
  // The set of a route of our own: no next hop.
  AttrId intern_local(ByteView canonical);
  // What policy made of `original`, with its next hop; `original` itself where nothing changed.
  AttrId intern_edited(ByteView canonical, AttrId original);
  // What was received: itself, unless policy edited it. Lives as long as `id` does.
  AttrId original(AttrId id) const { return sets_[id].facts.is_edited ? originals_.at(id) : id; }
  void add_reference(AttrId id) { ++sets_[id].references; }
  void release(AttrId id);

  ByteView canonical(AttrId id) const { return {sets_[id].bytes, sets_[id].size}; }
  const PackedFacts& facts(AttrId id) const { return sets_[id].facts; }
  NextHopId next_hop(AttrId id) const { return sets_[id].next_hop; }
  uint32_t size() const { return in_use_; }
  // What one of its users costs: the set's octets, shared among all of them.
  uint64_t share_of(AttrId id) const { return (sizeof(Set) + sets_[id].size) / sets_[id].references; }
  // When most of what was once used is free: moves what is left together. Ids stay. Cost: O(sets).
  void give_back_memory();

 private:
  static constexpr size_t kIndexSlotsMin = 1024;
  static constexpr uint32_t kSmall = 4096;  // fewer free ones are not worth a move
  struct Set {
    const uint8_t* bytes = nullptr;
    uint32_t references = 0;
    uint32_t hash = 0;
    NextHopId next_hop = 0;
    uint16_t size = 0;
    PackedFacts facts;
  };
  AttrId intern(ByteView canonical, NextHopId next_hop, AttrId original = 0);
  AttrId add(ByteView canonical, NextHopId next_hop, uint32_t hash, uint32_t slot);
  void rebuild_index(size_t slots);
  bool is_made_from(AttrId id, AttrId original) const;

  NextHops& next_hops_;
  ByteArena arena_;
  ChunkedArray<Set> sets_;
  std::vector<AttrId> free_;
  std::unordered_map<AttrId, AttrId> originals_;  // of edited sets, each with a reference
  std::vector<AttrId> index_;  // open addressing; 0 = empty
  uint32_t in_use_ = 0;
  struct {  // consecutive UPDATEs often repeat a next hop
    wire::NextHop next_hop;
    NextHopId id = 0;
  } last_next_hop_;
};

}  // namespace bgp::rib
