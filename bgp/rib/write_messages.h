// Routes to messages: runs of one attribute set and source share messages. Private to the export group.
#pragma once

#include <span>

#include "bgp/base/assert.h"
#include "bgp/rib/prefix_table.h"
#include "bgp/wire/update.h"

namespace bgp::rib {

// What stands in an NLRI field: a destination, and with ADD-PATH our path identifier.
struct Told {
  DestinationId destination = 0;
  uint32_t path_id = 0;
};

// Requires: sorted, so that equal (attr, source) stand together.
template <class Change, class Visit>
void for_each_run(std::span<const Change> changes, Visit&& visit) {
  for (size_t begin = 0; begin < changes.size();) {
    size_t end = begin + 1;
    while (end < changes.size() && changes[end].attr == changes[begin].attr &&
           changes[end].source == changes[begin].source)
      ++end;
    visit(changes.subspan(begin, end - begin));
    begin = end;
  }
}

// Writes as many messages as `items` need. `begin` starts one, `told_of` says what an item puts into it.
template <class Items, class Begin, class ToldOf>
void write_messages(wire::UpdateWriter& writer, const PrefixTable& prefixes, const Items& items, Begin&& begin,
                    ToldOf&& told_of) {
  begin();
  for (const auto& item : items) {
    Told told = told_of(item);
    uint8_t length = prefixes.length(told.destination);
    if (writer.add(length, prefixes.octets(told.destination), told.path_id)) continue;
    writer.finish();
    begin();
    BGP_ASSERT(writer.add(length, prefixes.octets(told.destination), told.path_id));
  }
  writer.finish();
}

}  // namespace bgp::rib
