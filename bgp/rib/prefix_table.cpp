#include "bgp/rib/prefix_table.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "bgp/base/assert.h"
#include "bgp/base/hash.h"

namespace bgp::rib {
namespace {

constexpr uint32_t kIdMask = (1U << 24) - 1;

uint32_t load_be32(const uint8_t* p) {
  return static_cast<uint32_t>(p[0]) << 24 | static_cast<uint32_t>(p[1]) << 16 | static_cast<uint32_t>(p[2]) << 8 | p[3];
}

}  // namespace

PrefixTable::PrefixTable(Family family)
    : family_(family), key_words_(family == Family::IPv4 ? 1 : 4), row_words_(key_words_ + 2), index_(kIndexSlotsMin) {}

PrefixTable::Key PrefixTable::make_key(uint8_t length, const uint8_t* bytes) const {
  uint8_t padded[16] = {};
  std::memcpy(padded, bytes, (length + 7U) / 8);
  Key key{{load_be32(padded), 0, 0, 0}, length};
  if (key_words_ == 1) {
    key.words[0] &= length == 0 ? 0 : ~uint32_t{0} << (32 - length);
    return key;
  }
  if (length % 8 != 0) padded[length / 8] &= static_cast<uint8_t>(0xff00 >> length % 8);
  for (uint32_t i = 0; i < 4; ++i) key.words[i] = load_be32(padded + 4 * i);
  return key;
}

PrefixTable::Key PrefixTable::key_of(DestinationId id) const {
  const uint32_t* r = row(id);
  Key key{{r[0], 0, 0, 0}, static_cast<uint8_t>(r[key_words_])};
  for (uint32_t i = 1; i < key_words_; ++i) key.words[i] = r[i];
  return key;
}

uint32_t PrefixTable::hash(const Key& key) const {
  static constexpr uint64_t kFactor = 0x9e3779b97f4a7c15ULL;
  uint64_t h = hash_fold(hash_seed ^ (static_cast<uint64_t>(key.words[0]) << 8 | key.length), kFactor);
  for (uint32_t i = 1; i < key_words_; ++i) h = hash_fold(h ^ hash_seed ^ key.words[i], kFactor);
  return static_cast<uint32_t>(h ^ h >> 32);
}

bool PrefixTable::equals(DestinationId id, const Key& key) const {
  const uint32_t* r = row(id);
  if (r[0] != key.words[0] || static_cast<uint8_t>(r[key_words_]) != key.length) return false;
  return key_words_ == 1 || (r[1] == key.words[1] && r[2] == key.words[2] && r[3] == key.words[3]);
}

// `slot` receives where the prefix is, or where it would go.
std::optional<DestinationId> PrefixTable::find(const Key& key, uint32_t h, uint32_t* slot) const {
  const auto mask = static_cast<uint32_t>(index_.size() - 1);
  for (uint32_t i = h & mask;; i = (i + 1) & mask) {
    *slot = i;
    if (index_[i] == 0) return std::nullopt;
    if (index_[i] >> 24 != h >> 24) continue;
    DestinationId id = (index_[i] & kIdMask) - 1;
    if (equals(id, key)) return id;
  }
}

std::optional<DestinationId> PrefixTable::find(uint8_t length, const uint8_t* bytes) const {
  Key key = make_key(length, bytes);
  uint32_t slot = 0;
  return find(key, hash(key), &slot);
}

void PrefixTable::prefetch(uint8_t length, const uint8_t* bytes) const {
  __builtin_prefetch(&index_[hash(make_key(length, bytes)) & (index_.size() - 1)]);
}

std::optional<DestinationId> PrefixTable::find_or_add(uint8_t length, const uint8_t* bytes) {
  Key key = make_key(length, bytes);
  uint32_t h = hash(key);
  uint32_t slot = 0;
  if (std::optional<DestinationId> id = find(key, h, &slot)) return id;
  if (in_use_ == kDestinationsMax) return std::nullopt;
  if ((in_use_ + 1) * 4 > index_.size() * 3) {
    rebuild_index(index_.size() * 2);
    find(key, h, &slot);
  }
  DestinationId id = take_id();
  uint32_t* r = row(id);
  for (uint32_t i = 0; i < key_words_; ++i) r[i] = key.words[i];
  r[key_words_] = key.length | static_cast<uint32_t>(RowFlag::InUse);
  r[key_words_ + 1] = 0;
  index_[slot] = (h & ~kIdMask) | (id + 1);
  ++in_use_;
  return id;
}

DestinationId PrefixTable::take_id() {
  if (free_ != 0) {
    DestinationId id = free_ - 1;
    free_ = first_path(id);
    return id;
  }
  if (rows_end_ >> kChunkBits == chunks_.size())
    chunks_.push_back(std::make_unique<uint32_t[]>(static_cast<size_t>(row_words_) << kChunkBits));
  return rows_end_++;
}

void PrefixTable::rebuild_index(size_t slots) {
  std::vector<uint32_t> old = std::exchange(index_, std::vector<uint32_t>(slots));
  const auto mask = static_cast<uint32_t>(index_.size() - 1);
  // The rows lie in another order than the slots: each would be a cache miss, so they are asked for ahead.
  static constexpr size_t kAhead = 16;
  for (size_t at = 0; at < old.size(); ++at) {
    if (at + kAhead < old.size() && old[at + kAhead] != 0) __builtin_prefetch(row((old[at + kAhead] & kIdMask) - 1));
    uint32_t entry = old[at];
    if (entry == 0) continue;
    uint32_t i = hash(key_of((entry & kIdMask) - 1)) & mask;
    while (index_[i] != 0) i = (i + 1) & mask;
    index_[i] = entry;
  }
}

void PrefixTable::give_back_memory() {
  size_t slots = std::max(kIndexSlotsMin, std::bit_ceil(size_t{in_use_} * 2 + 1));
  if (slots * 2 > index_.size()) return;
  rebuild_index(slots);
  while (rows_end_ > 0 && !has(rows_end_ - 1, RowFlag::InUse)) --rows_end_;
  chunks_.resize((rows_end_ + (1U << kChunkBits) - 1) >> kChunkBits);
  free_ = 0;
  for (DestinationId id = rows_end_; id-- > 0;) {
    if (has(id, RowFlag::InUse)) continue;
    first_path(id) = free_;  // the smallest is taken first
    free_ = id + 1;
  }
}

// Backward-shift deletion keeps probe sequences short without tombstones.
void PrefixTable::release(DestinationId id) {
  BGP_ASSERT(has(id, RowFlag::InUse) && first_path(id) == 0);
  uint32_t slot = 0;
  Key key = key_of(id);
  BGP_ASSERT(find(key, hash(key), &slot) == id);
  const auto mask = static_cast<uint32_t>(index_.size() - 1);
  for (uint32_t next = (slot + 1) & mask; index_[next] != 0; next = (next + 1) & mask) {
    uint32_t home = hash(key_of((index_[next] & kIdMask) - 1)) & mask;
    if (((next - home) & mask) >= ((next - slot) & mask)) {
      index_[slot] = index_[next];
      slot = next;
    }
  }
  index_[slot] = 0;
  meta(id) = 0;
  first_path(id) = free_;
  free_ = id + 1;
  --in_use_;
}

const uint8_t* PrefixTable::octets(DestinationId id) const {
  const uint32_t* r = row(id);
  for (uint32_t i = 0; i < key_words_; ++i) {
    uint32_t big_endian = __builtin_bswap32(r[i]);
    std::memcpy(octets_ + 4 * i, &big_endian, 4);
  }
  return octets_;
}

Prefix PrefixTable::prefix(DestinationId id) const {
  std::span<const uint8_t> bytes(octets(id), key_words_ * 4);
  return Prefix(*IpAddress::from_bytes(bytes), length(id));
}

}  // namespace bgp::rib
