// Gives equal values one small number, counted: half a million routes share a handful of next-hop sets, and an entry
// of the table holds four octets instead of a vector.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace fib::table {

template <class T, class Hash>
class Interner {
 public:
  // 0 is never given out: the caller's "nothing".
  Interner() : slots_(1) {}

  struct Interned {
    uint32_t id;
    bool is_new;
  };

  // Counts one reference.
  Interned intern(const T& value) {
    auto [at, is_new] = ids_.try_emplace(value, 0);
    if (is_new) {
      at->second = take_slot();
      slots_[at->second].value = value;
    }
    ++slots_[at->second].references;
    return {at->second, is_new};
  }
  void add_reference(uint32_t id) {
    if (id != 0) ++slots_[id].references;
  }
  // True when that was the last one: the number may be given to another value now.
  bool release(uint32_t id) {
    if (id == 0 || --slots_[id].references > 0) return false;
    ids_.erase(slots_[id].value);
    free_.push_back(id);
    return true;
  }

  const T& operator[](uint32_t id) const { return slots_[id].value; }
  // One more than the largest number in use.
  size_t bound() const { return slots_.size(); }
  bool is_used(uint32_t id) const { return slots_[id].references > 0; }

 private:
  struct Slot {
    T value{};
    uint32_t references = 0;
  };
  uint32_t take_slot() {
    if (free_.empty()) {
      slots_.emplace_back();
      return static_cast<uint32_t>(slots_.size() - 1);
    }
    uint32_t id = free_.back();
    free_.pop_back();
    return id;
  }

  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  boost::unordered_flat_map<T, uint32_t, Hash> ids_;
};

inline void mix(size_t& hash, size_t value) { hash ^= value + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2); }

}  // namespace fib::table
