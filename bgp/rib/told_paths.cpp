#include "bgp/rib/told_paths.h"

#include <algorithm>
#include <bitset>
#include <utility>

#include "bgp/base/assert.h"
#include "bgp/base/limits.h"

namespace bgp::rib {

ToldPaths::~ToldPaths() {
  for (uint32_t i = 1; i < pool_.size(); ++i)
    if (pool_[i].attr != 0) attrs_.release(pool_[i].attr);
}

void ToldPaths::update(DestinationId destination, std::span<const PathChange> wanted, bool forgets_ids,
                       std::vector<PathChange>& changes) {
  BGP_ASSERT(wanted.size() <= limits::kPathsToldMax);
  rows_.grow_to(destination + 1);
  Row& row = rows_[destination];
  if (row.first == 0 && forgets_ids) row.ids_used = 0;
  for (const PathChange& path : wanted) {
    ToldPath* told = find(row, path);
    if (told && told->attr == path.attr) continue;
    if (told && told->attr != 0) attrs_.release(told->attr);
    if (!told) add(row, path), told = &pool_[row.first];
    attrs_.add_reference(told->attr = path.attr);
    changes.push_back({path.attr, path.source, destination, told->id});
  }
  // Afterwards: an id that becomes free is not used again in the same update.
  for (uint32_t* link = &row.first; *link != 0;) {
    uint32_t at = *link;
    ToldPath& told = pool_[at];
    bool stays = std::any_of(wanted.begin(), wanted.end(), [&](const PathChange& path) {
      return path.source == told.source && path.path_id == told.path_id;
    });
    if (stays) {
      link = &told.next;
      continue;
    }
    changes.push_back({0, told.source, destination, told.id});
    if (told.attr != 0) attrs_.release(told.attr);
    *link = told.next;
    told = ToldPath{free_, 0, 0, 0, 0};
    free_ = at;
  }
}

void ToldPaths::distrust(PeerId source) {
  for (uint32_t i = 1; i < pool_.size(); ++i)
    if (pool_[i].attr != 0 && pool_[i].source == source) attrs_.release(std::exchange(pool_[i].attr, 0));
}

void ToldPaths::distrust_destination(DestinationId destination) {
  if (destination >= rows_.size()) return;
  for (uint32_t i = rows_[destination].first; i != 0; i = pool_[i].next)
    if (pool_[i].attr != 0) attrs_.release(std::exchange(pool_[i].attr, 0));
}

void ToldPaths::note_id(DestinationId destination, uint32_t id) {
  rows_.grow_to(destination + 1);
  rows_[destination].ids_used = std::max(rows_[destination].ids_used, static_cast<uint16_t>(id));
}

ToldPath* ToldPaths::find(Row& row, const PathChange& wanted) {
  for (uint32_t i = row.first; i != 0; i = pool_[i].next)
    if (pool_[i].source == wanted.source && pool_[i].path_id == wanted.path_id) return &pool_[i];
  return nullptr;
}

// In front of the others, with the smallest id that is free.
void ToldPaths::add(Row& row, const PathChange& wanted) {
  uint16_t id = free_id(row);
  uint32_t at = free_ != 0 ? free_ : pool_.push();
  if (free_ != 0) free_ = pool_[at].next;
  pool_[at] = {row.first, 0, wanted.path_id, wanted.source, id};
  row.first = at;
  row.ids_used = std::max(row.ids_used, id);
}

uint16_t ToldPaths::free_id(const Row& row) const {
  std::bitset<2 * limits::kPathsToldMax + 2> taken;  // those told, and those about to be
  for (uint32_t i = row.first; i != 0; i = pool_[i].next) taken.set(pool_[i].id);
  uint16_t id = 1;
  while (taken.test(id)) ++id;
  return id;
}

}  // namespace bgp::rib
