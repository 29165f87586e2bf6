// An array that grows without moving: fixed-size chunks, so growth copies nothing, wastes at most one chunk, and a
// million rows never exist twice while a vector doubles. Rows are addressed by u32 ids, which is half of a pointer.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace bgp::rib {

template <class T, unsigned kChunkBits = 13>
class ChunkedArray {
 public:
  T& operator[](uint32_t i) { return chunks_[i >> kChunkBits][i & kMask]; }
  const T& operator[](uint32_t i) const { return chunks_[i >> kChunkBits][i & kMask]; }

  uint32_t size() const { return size_; }
  // New rows are value-initialised.
  void grow_to(uint32_t size) {
    while ((static_cast<uint64_t>(chunks_.size()) << kChunkBits) < size)
      chunks_.push_back(std::make_unique<T[]>(size_t{1} << kChunkBits));
    if (size > size_) size_ = size;
  }
  // Gives chunks back. Requires that rows from `size` on are as new.
  void shrink_to(uint32_t size) {
    if (size >= size_) return;
    size_ = size;
    chunks_.resize((size_t{size} + kMask) >> kChunkBits);
  }
  uint32_t push() {
    grow_to(size_ + 1);
    return size_ - 1;
  }

 private:
  static constexpr uint32_t kMask = (1U << kChunkBits) - 1;
  std::vector<std::unique_ptr<T[]>> chunks_;
  uint32_t size_ = 0;
};

}  // namespace bgp::rib
