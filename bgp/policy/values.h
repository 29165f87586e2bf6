// Lists of values of one size, as communities are. Private to the room.
#pragma once

#include <algorithm>

#include "bgp/policy/edits.h"

namespace bgp::policy {

inline Bytes octets_of(uint32_t community) {
  Bytes octets;
  ByteWriter(octets).u32(community);
  return octets;
}

inline Bytes octets_of(const LargeCommunity& community) {
  Bytes octets;
  ByteWriter writer(octets);
  for (uint32_t part : {community.global_administrator, community.local_data_1, community.local_data_2}) writer.u32(part);
  return octets;
}

inline bool has_value(ByteView list, ByteView value) {
  for (size_t at = 0; at + value.size() <= list.size(); at += value.size())
    if (std::equal(value.begin(), value.end(), list.begin() + static_cast<ptrdiff_t>(at))) return true;
  return false;
}

}  // namespace bgp::policy
