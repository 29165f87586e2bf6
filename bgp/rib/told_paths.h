// What an export group with ADD-PATH (RFC 7911) has told: of each prefix every path, under a path identifier of ours.
//
//   destination ──▶ | attribute set, source, the source's path id | our id | ──▶ ...      16 octets a path
//
// Our identifiers are small: the first one free among the prefix's own, kept while the path lives, whatever its
// attributes. So all that a member can hold lies between 1 and the most ids that the prefix ever needed, and a member that
// missed changes needs no memory of its own: it is told what is there and withdrawn the rest of that range.
// Every entry holds a reference on its attribute set: what was told can be told again, though the path has changed since.
#pragma once

#include <span>
#include <vector>

#include "bgp/rib/attr_store.h"
#include "bgp/rib/chunked_array.h"
#include "bgp/rib/path.h"

namespace bgp::rib {

struct ToldPath {
  uint32_t next = 0;
  AttrId attr = 0;       // 0: what was told no longer holds, the next decision says what does
  uint32_t path_id = 0;  // the source's
  PeerId source = 0;
  uint16_t id = 0;       // ours; 1 and up
};

// A path that shall be told, or (attr 0) withdrawn.
struct PathChange {
  AttrId attr = 0;
  PeerId source = 0;
  DestinationId destination = 0;
  uint32_t path_id = 0;  // in what shall be told the source's, in a change ours
};

class ToldPaths {
 public:
  explicit ToldPaths(AttrStore& attrs) : attrs_(attrs) { pool_.push(); }
  ~ToldPaths();
  ToldPaths(const ToldPaths&) = delete;
  ToldPaths& operator=(const ToldPaths&) = delete;

  // Makes `wanted`, at most limits::kPathsToldMax, what is told of the destination; appends what that changes: a path
  // that is new or has another set, then those that go. `forgets_ids`: nobody can hold an id that is not told now.
  void update(DestinationId destination, std::span<const PathChange> wanted, bool forgets_ids,
              std::vector<PathChange>& changes);
  // What is told of a path from this source is to be told anew by its next update().
  void distrust(PeerId source);
  void distrust_destination(DestinationId destination);

  template <class Visit>
  void for_each(DestinationId destination, Visit&& visit) const {
    if (destination >= rows_.size()) return;
    for (uint32_t i = rows_[destination].first; i != 0; i = pool_[i].next) visit(pool_[i]);
  }
  bool is_told(DestinationId destination, PeerId source, uint32_t path_id) const {
    bool found = false;
    for_each(destination, [&](const ToldPath& p) { found = found || (p.source == source && p.path_id == path_id); });
    return found;
  }
  // No member holds a larger id of this prefix.
  uint16_t ids_used(DestinationId destination) const {
    return destination < rows_.size() ? rows_[destination].ids_used : uint16_t{0};
  }
  // A member may hold this id.
  void note_id(DestinationId destination, uint32_t id);

 private:
  struct Row {
    uint32_t first = 0;
    uint16_t ids_used = 0;
  };
  ToldPath* find(Row& row, const PathChange& wanted);
  void add(Row& row, const PathChange& wanted);
  uint16_t free_id(const Row& row) const;

  AttrStore& attrs_;
  ChunkedArray<Row> rows_;
  ChunkedArray<ToldPath> pool_;  // index 0 is never used
  uint32_t free_ = 0;
};

}  // namespace bgp::rib
