// Prefixes that change again and again. The first change of a selected path passes at once; a second in the same window
// waits for its end, so that what flaps is decided once a window. A clique of external neighbours that hunts for a path
// would otherwise say as many messages as there are ways through it. RFC 4271 §9.2.1.1 has MinRouteAdvertisementInterval
// for that, of 30 s; kChangeWindow is enough to let what is on its way arrive. Who calls says when a window ends.
#include "bgp/rib/rib.h"

namespace bgp::rib {

// A prefix that nobody can reach now does not wait: to have a path again is urgent.
bool Rib::must_wait(Family family, DestinationId id) {
  const PrefixTable& prefixes = tables_[family].prefixes;
  if (!prefixes.has(id, RowFlag::ChangedLately) || !prefixes.has(id, RowFlag::HasBest)) return false;
  waiting_[index_of(family)].push_back(id);
  return true;
}

void Rib::note_change(Family family, DestinationId id) {
  PrefixTable& prefixes = tables_[family].prefixes;
  if (!options_.waits_for_windows || prefixes.has(id, RowFlag::ChangedLately)) return;
  prefixes.set(id, RowFlag::ChangedLately);
  changed_lately_[index_of(family)].push_back(id);
}

void Rib::end_window() {
  for (Family family : kFamilies) {
    for (DestinationId id : changed_lately_[index_of(family)])
      tables_[family].prefixes.clear(id, RowFlag::ChangedLately);
    changed_lately_[index_of(family)].clear();
    DirtyQueue& dirty = dirty_[index_of(family)];
    dirty.insert(dirty.end(), waiting_[index_of(family)].begin(), waiting_[index_of(family)].end());
    waiting_[index_of(family)].clear();
  }
}

}  // namespace bgp::rib
