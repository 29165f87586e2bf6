// Who takes how much of the memory, and how it is given back. Pools of rows and paths never shrink by themselves: in honest life
// what was needed once is needed again. When memory is short it is another matter.
#include "bgp/rib/rib.h"

namespace bgp::rib {

std::vector<uint64_t> Rib::bytes_by_peer() const {
  std::vector<uint64_t> bytes(tables_.peers.size());
  for (Family family : kFamilies) {
    const FamilyTable& table = tables_[family];
    for (DestinationId id = 0; id < table.prefixes.id_end(); ++id) {
      if (!table.prefixes.has(id, RowFlag::InUse)) continue;
      uint64_t on_row = 0;
      for (PathIndex i = table.prefixes.first_path(id); i != 0; i = table.paths[i].next) ++on_row;
      for (PathIndex i = table.prefixes.first_path(id); i != 0; i = table.paths[i].next)
        bytes[table.paths[i].peer] += sizeof(Path) + table.prefixes.row_bytes() / on_row + tables_.attrs.share_of(table.paths[i].attr);
    }
  }
  return bytes;
}

// The paths move, since nothing but the lists on the rows knows their places; rows and sets keep their ids, so they only
// give back what lies behind the last one in use.
void FamilyTable::give_back_memory() {
  prefixes.give_back_memory();
  if (!paths.is_sparse()) return;
  PathPool fewer;
  for (DestinationId id = 0; id < prefixes.id_end(); ++id) {
    if (!prefixes.has(id, RowFlag::InUse)) continue;
    PathIndex* link = &prefixes.first_path(id);
    for (PathIndex i = *link; i != 0; i = paths[i].next) {
      *link = fewer.take();
      fewer[*link] = paths[i];
      link = &fewer[*link].next;
    }
  }
  paths = std::move(fewer);
}

// What is undecided keeps its row (RowFlag::Dirty), and a row its id.
void Rib::give_back_memory() {
  end_window();  // forgets ids whose rows go
  for (const std::unique_ptr<ExportGroup>& group : groups_) group->forget_decided();
  for (Family family : kFamilies) tables_[family].give_back_memory();
  tables_.attrs.give_back_memory();
  for (const std::unique_ptr<ExportGroup>& group : groups_) group->give_back_memory();
}

void ExportGroup::forget_decided() {
  for (const auto& [peer, m] : members_) forget_decided(*m);
}

void ExportGroup::give_back_memory() {
  for (Family family : kFamilies) told_[index_of(family)].shrink_to(tables_[family].prefixes.id_end());
}

}  // namespace bgp::rib
