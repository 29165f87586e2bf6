// Memory for many short byte strings (attribute sets): slabs, cut by size class, freed strings are reused by size.
// malloc would add 16 octets to each of them, which is what a whole path record costs.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "bgp/base/bytes.h"

namespace bgp::rib {

class ByteArena {
 public:
  ByteArena() = default;
  ByteArena(const ByteArena&) = delete;
  ByteArena& operator=(const ByteArena&) = delete;
  ByteArena(ByteArena&&) = default;
  ByteArena& operator=(ByteArena&&) = default;

  // A copy of `bytes`, owned by the arena until free(). At most limits::kAttributeBytesMax octets.
  const uint8_t* copy(ByteView bytes) {
    uint8_t* at = allocate(size_class(bytes.size()));
    if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
    return at;
  }
  void free(const uint8_t* at, size_t size) {
    size_t c = size_class(size);
    auto* slot = const_cast<uint8_t*>(at);
    std::memcpy(slot, &free_[c], sizeof(uint8_t*));
    free_[c] = slot;
  }

 private:
  static constexpr size_t kStep = 8;              // every string starts and ends on 8 octets
  static constexpr size_t kSlabBytes = 256 * 1024;
  static constexpr size_t kClasses = 4096 / kStep + 2;

  static size_t size_class(size_t size) { return size == 0 ? 1 : (size + kStep - 1) / kStep; }

  uint8_t* allocate(size_t c) {
    if (uint8_t* slot = free_[c]) {
      std::memcpy(&free_[c], slot, sizeof(uint8_t*));
      return slot;
    }
    if (slab_left_ < c * kStep) {
      slabs_.push_back(std::make_unique_for_overwrite<uint8_t[]>(kSlabBytes));
      slab_next_ = slabs_.back().get();
      slab_left_ = kSlabBytes;
    }
    uint8_t* slot = slab_next_;
    slab_next_ += c * kStep;
    slab_left_ -= c * kStep;
    return slot;
  }

  std::array<uint8_t*, kClasses> free_{};  // heads of intrusive lists
  std::vector<std::unique_ptr<uint8_t[]>> slabs_;
  uint8_t* slab_next_ = nullptr;
  size_t slab_left_ = 0;
};

}  // namespace bgp::rib
