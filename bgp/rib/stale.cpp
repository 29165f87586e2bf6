// Paths that a peer said before it restarted (RFC 4724 §4.2) or began to tell everything anew (RFC 7313 §4). A mark on the
// path is all that differs: a stale path is selected, forwarded and told like any other, until it is said again, swept,
// or turned into a long-lived one, which is a path with another attribute set (RFC 9494 §4.2).
#include "bgp/rib/rib.h"
#include "bgp/wire/attributes/communities.h"

namespace bgp::rib {

void Rib::visit_paths(PeerId peer, Family family, const std::function<void(DestinationId, PathIndex)>& visit) {
  FamilyTable& table = tables_[family];
  uint64_t left = path_count(peer, family);
  for (DestinationId id = 0; left > 0 && id < table.prefixes.id_end(); ++id) {
    if (!table.prefixes.has(id, RowFlag::InUse)) continue;
    for (PathIndex path = table.prefixes.first_path(id); path != 0; path = table.paths[path].next) {
      if (table.paths[path].peer != peer) continue;
      visit(id, path);
      --left;
    }
  }
}

void Rib::mark_stale(PeerId peer, Family family) {
  visit_paths(peer, family, [&](DestinationId, PathIndex i) {
    Path& path = tables_[family].paths[i];
    count(path, family, -1);
    path.is_stale = true;
    count(path, family, +1);
  });
}

void Rib::sweep_stale(PeerId peer, Family family) {
  remove_paths(peer, family, stale_count(peer, family), [](const Path& path) { return path.is_stale; });
}

void Rib::make_long_lived(PeerId peer, Family family) {
  auto may_not_stay = [&](const Path& path) { return path.is_stale && tables_.attrs.facts(path.attr).no_llgr; };
  uint64_t forbidden = 0;
  visit_paths(peer, family,
              [&](DestinationId, PathIndex i) { forbidden += may_not_stay(tables_[family].paths[i]) ? 1 : 0; });
  remove_paths(peer, family, forbidden, may_not_stay);
  if (stale_count(peer, family) == 0) return;
  visit_paths(peer, family, [&](DestinationId id, PathIndex i) {
    FamilyTable& table = tables_[family];
    Path& path = table.paths[i];
    if (!path.is_stale || tables_.attrs.facts(path.attr).llgr_stale) return;
    AttrId marked = long_lived(path.attr);
    tables_.attrs.release(std::exchange(path.attr, marked));
    if (i == table.prefixes.first_path(id)) table.prefixes.set(id, RowFlag::BestTouched);
    mark_dirty(family, id);
  });
}

// The same set with LLGR_STALE; the caller has a reference on it. What policy made it from is marked as well.
AttrId Rib::long_lived(AttrId attr) {
  AttrId original = tables_.attrs.original(attr);
  if (original == attr) return with_llgr_stale(attr, 0);
  AttrId marked_original = with_llgr_stale(original, 0);
  AttrId marked = with_llgr_stale(attr, marked_original);
  tables_.attrs.release(marked_original);
  return marked;
}

// `original`: what the new set counts as made from; 0: nothing.
AttrId Rib::with_llgr_stale(AttrId attr, AttrId original) {
  namespace flag = wire::flag;
  ByteView canonical = tables_.attrs.canonical(attr);
  Bytes communities;
  if (auto list = wire::find_attribute(canonical, wire::AttributeCode::Communities))
    communities.assign(list->begin(), list->end());
  ByteWriter(communities).u32(wire::attributes::kLlgrStale);
  wire::AttributeEditor edit(canonical);
  edit.set(wire::AttributeCode::Communities, flag::kOptional | flag::kTransitive, communities);
  if (original != 0) return tables_.attrs.intern_edited(edit.finish(), original);
  return tables_.attrs.intern(edit.finish(), tables_.next_hops.get(tables_.attrs.next_hop(attr)));
}

}  // namespace bgp::rib
