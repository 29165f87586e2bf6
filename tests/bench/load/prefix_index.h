// Prefix -> number of its route. Open addressing at a load of at most one half: receivers must not be what is measured.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "tests/bench/load/universe.h"

namespace bench {

class PrefixIndex {
 public:
  static constexpr uint32_t kNone = 0xffffffff;

  explicit PrefixIndex(const std::vector<Route>& routes)
      : slots_(std::bit_ceil(2 * routes.size() + 16)), mask_(slots_.size() - 1) {
    for (uint32_t n = 0; n < routes.size(); ++n) {
      size_t at = home(routes[n].address, routes[n].length);
      while (slots_[at].number != kNone) at = (at + 1) & mask_;
      slots_[at] = {routes[n].address, n, routes[n].length};
    }
  }

  uint32_t find(uint32_t address, uint8_t length) const {
    for (size_t at = home(address, length);; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.number == kNone || (slot.address == address && slot.length == length)) return slot.number;
    }
  }

 private:
  struct Slot {
    uint32_t address = 0, number = kNone;
    uint8_t length = 0;
  };
  size_t home(uint32_t address, uint8_t length) const {
    return ((uint64_t{address} << 6 | length) * 0x9e3779b97f4a7c15ULL >> 24) & mask_;
  }

  std::vector<Slot> slots_;
  size_t mask_;
};

}  // namespace bench
