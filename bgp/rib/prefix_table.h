// The destinations of one family: prefix -> small id, and a row per id.
//
//   row of IPv4:  | address u32 |                     | length u8, flags u24 | first path u32 |   12 octets
//   row of IPv6:  | address u32 | u32 | u32 | u32     | length u8, flags u24 | first path u32 |   24 octets
//   index: open addressing, u32 slots: | tag 8 bits | id 24 bits |, load at most 0.75
//
// The tag spares a cache miss on nearly every slot that is another prefix's. Ids are reused once released.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bgp/base/prefix.h"
#include "bgp/rib/chunked_array.h"
#include "bgp/rib/path.h"

namespace bgp::rib {

// Ids fit 24 bits. Overflow: the route is not taken (counted).
inline constexpr uint32_t kDestinationsMax = (1U << 24) - 2;

enum class RowFlag : uint32_t {
  InUse = 1U << 8,
  Dirty = 1U << 9,        // waits for a decision
  HasBest = 1U << 10,     // the first path is the selected one
  BestTouched = 1U << 11, // the selected path was replaced or removed since the last decision
  Multipath = 1U << 12,   // the FIB was given more than one leg
  Undead = 1U << 13,      // in FamilyTable::undead
  ChangedLately = 1U << 14,  // its selected path changed in this window: the next change waits
};

class PrefixTable {
 public:
  explicit PrefixTable(Family family);

  Family family() const { return family_; }
  uint32_t size() const { return in_use_; }
  // Ids are below this; not all of them are in use.
  uint32_t id_end() const { return rows_end_; }

  // `bytes`: (length + 7) / 8 octets; bits behind `length` are ignored. nullopt: absent, or (find_or_add) table full.
  std::optional<DestinationId> find(uint8_t length, const uint8_t* bytes) const;
  std::optional<DestinationId> find_or_add(uint8_t length, const uint8_t* bytes);
  std::optional<DestinationId> find(const Prefix& prefix) const {
    return find(prefix.length(), prefix.address().bytes().data());
  }
  // Brings the index slot of a prefix closer to the core; for callers that know the next few prefixes.
  void prefetch(uint8_t length, const uint8_t* bytes) const;
  // The same for a row that is about to be released.
  void prefetch(DestinationId id) const { __builtin_prefetch(&index_[hash(key_of(id)) & (index_.size() - 1)]); }
  // Shrinks the index to what is in use, and the rows to the last one that is. Ids stay. Cost: O(rows), 0 unless most of
  // the index is empty.
  void give_back_memory();
  // Octets of one row, its share of the index included.
  uint64_t row_bytes() const { return row_words_ * 4 + 8; }
  // Requires no path on it.
  void release(DestinationId id);

  Prefix prefix(DestinationId id) const;
  uint8_t length(DestinationId id) const { return static_cast<uint8_t>(meta(id)); }
  // Network-order octets for the wire, `bits / 8` of them, valid until the next call.
  const uint8_t* octets(DestinationId id) const;

  bool has(DestinationId id, RowFlag flag) const { return (meta(id) & static_cast<uint32_t>(flag)) != 0; }
  void set(DestinationId id, RowFlag flag) { meta(id) |= static_cast<uint32_t>(flag); }
  void clear(DestinationId id, RowFlag flag) { meta(id) &= ~static_cast<uint32_t>(flag); }

  PathIndex& first_path(DestinationId id) { return row(id)[key_words_ + 1]; }
  PathIndex first_path(DestinationId id) const { return row(id)[key_words_ + 1]; }

 private:
  static constexpr uint32_t kChunkBits = 12;
  static constexpr size_t kIndexSlotsMin = 1024;
  struct Key {
    uint32_t words[4];
    uint8_t length;
  };

  Key make_key(uint8_t length, const uint8_t* bytes) const;
  Key key_of(DestinationId id) const;
  uint32_t hash(const Key& key) const;
  bool equals(DestinationId id, const Key& key) const;
  std::optional<DestinationId> find(const Key& key, uint32_t hash, uint32_t* slot) const;
  DestinationId take_id();
  void rebuild_index(size_t slots);

  const uint32_t* row(DestinationId id) const {
    return chunks_[id >> kChunkBits].get() + (id & ((1U << kChunkBits) - 1)) * row_words_;
  }
  uint32_t* row(DestinationId id) {
    return chunks_[id >> kChunkBits].get() + (id & ((1U << kChunkBits) - 1)) * row_words_;
  }
  uint32_t& meta(DestinationId id) { return row(id)[key_words_]; }
  uint32_t meta(DestinationId id) const { return row(id)[key_words_]; }

  Family family_;
  uint32_t key_words_;  // 1 or 4
  uint32_t row_words_;  // 3 or 6
  std::vector<std::unique_ptr<uint32_t[]>> chunks_;
  uint32_t rows_end_ = 0;
  uint32_t in_use_ = 0;
  DestinationId free_ = 0;  // list through first_path, ids + 1; 0 = empty
  std::vector<uint32_t> index_;  // 0 = empty, else tag << 24 | id + 1
  mutable uint8_t octets_[16];
};

}  // namespace bgp::rib
