// What a member of an export group still has to be told when it does not read the group's log: a newcomer that wants
// the whole table, or one that fell behind. Newest state only: a walk over the table and one bit a prefix, so its size
// is bounded by the number of prefixes, however long the member sleeps.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "bgp/rib/tables.h"

namespace bgp::rib {

class CatchUp {
 public:
  // From the beginning of the table: every id in it is looked at once. `knows_nothing`: the member was told nothing yet,
  // so what the walk has not passed needs no mark; one that asked for a refresh must hear of a withdrawal all the same.
  void walk_from_start(Family family, bool knows_nothing) { walk_[index_of(family)] = Walk{0, true, knows_nothing}; }
  // `id` changed (again).
  void mark(Family family, DestinationId id) {
    const Walk& walk = walk_[index_of(family)];
    if (walk.active && walk.knows_nothing && id >= walk.next) return;
    std::vector<uint64_t>& bits = bits_[index_of(family)];
    if (bits.size() <= id / 64) bits.resize(id / 64 + 1);
    marked_ += (bits[id / 64] >> id % 64 & 1) == 0;
    bits[id / 64] |= uint64_t{1} << id % 64;
  }
  bool is_marked(Family family, DestinationId id) const {
    const std::vector<uint64_t>& bits = bits_[index_of(family)];
    return id / 64 < bits.size() && (bits[id / 64] >> id % 64 & 1) != 0;
  }
  bool is_done() const { return marked_ == 0 && !walk_[0].active && !walk_[1].active; }
  uint64_t marked() const { return marked_; }

  // Takes up to `max` ids: first along the walk, those for which `is_wanted(id)`, then the marked ones.
  template <class Wanted>
  void take(Family family, size_t max, DestinationId id_end, Wanted&& is_wanted, std::vector<DestinationId>& out) {
    Walk& walk = walk_[index_of(family)];
    while (walk.active && out.size() < max) {
      if (walk.next >= id_end) {
        walk = Walk{};
        break;
      }
      if (is_wanted(walk.next)) out.push_back(walk.next);
      ++walk.next;
    }
    take_marked(family, max, out);
  }

 private:
  struct Walk {
    DestinationId next = 0;
    bool active = false;
    bool knows_nothing = false;
  };

  void take_marked(Family family, size_t max, std::vector<DestinationId>& out) {
    std::vector<uint64_t>& bits = bits_[index_of(family)];
    size_t& cursor = cursor_[index_of(family)];
    for (size_t visited = 0; marked_ > 0 && visited < bits.size() && out.size() < max; ++visited) {
      if (cursor >= bits.size()) cursor = 0;
      for (uint64_t& word = bits[cursor]; word != 0 && out.size() < max; word &= word - 1, --marked_)
        out.push_back(static_cast<DestinationId>(cursor * 64 + static_cast<size_t>(std::countr_zero(word))));
      if (bits[cursor] == 0) ++cursor;
    }
  }

  std::array<Walk, 2> walk_;
  std::array<std::vector<uint64_t>, 2> bits_;
  std::array<size_t, 2> cursor_{};
  uint64_t marked_ = 0;  // in both families
};

}  // namespace bgp::rib
