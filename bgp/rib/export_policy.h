// What a group's filter says of routes, and how those look that it lets through. Private to the room.
//
// Asked in runs: of one attribute set from one source, all but the prefix is known, so the rules whose conditions hold are
// picked once, and every kind of edits that comes up is applied once.
#pragma once

#include <algorithm>
#include <map>
#include <span>
#include <vector>

#include "bgp/rib/export_group.h"

namespace bgp::rib {

class ExportGroup::Policy {
 public:
  Policy(const ExportGroup& group, Family family);

  // What follows is about routes with this set from this source. Attr 0: nothing may be told.
  void turn_to(AttrId attr, PeerId source);
  // How the route to this prefix is told; nullptr: not at all. Valid until turn_to() turns to another set or source.
  const Outgoing* look_of(DestinationId id);

  // A run's items by how they are told (nullptr: not at all), each kind in the order of the run: nearly always one kind.
  template <class Item, class DestinationOf, class Visit>
  void for_each_look(std::span<const Item> run, DestinationOf&& destination_of, Visit&& visit) {
    const Outgoing* first = look_of(destination_of(run[0]));
    size_t same = 1;
    while (same < run.size() && look_of(destination_of(run[same])) == first) ++same;
    if (same == run.size()) return visit(first, run);
    std::vector<std::pair<const Outgoing*, std::vector<Item>>> kinds;
    for (const Item& item : run) {
      const Outgoing* look = look_of(destination_of(item));
      auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return k.first == look; });
      if (kind == kinds.end()) kind = kinds.insert(kinds.end(), {look, {}});
      kind->second.push_back(item);
    }
    for (const auto& [look, items] : kinds) visit(look, std::span<const Item>(items));
  }

 private:
  const Outgoing* look_with(const policy::Edits& edits);

  const ExportGroup& group_;
  Family family_;
  AttrId attr_ = 0;
  PeerId source_ = 0;
  policy::Applicable rules_;
  std::map<policy::Edits, Outgoing> looks_;  // found out so far
  const Outgoing* plain_ = nullptr;          // the one without edits, if it is among them
};

}  // namespace bgp::rib
