#include "bgp/wire/attributes/link_bandwidth.h"

#include <bit>
#include <cmath>

#include "bgp/wire/attribute.h"

namespace bgp::wire {

std::optional<double> link_bandwidth(ByteView canonical) {
  std::optional<ByteView> communities = find_attribute(canonical, AttributeCode::ExtendedCommunities);
  if (!communities) return std::nullopt;
  for (ByteReader reader(*communities); !reader.empty();) {
    uint8_t type = reader.u8();
    uint8_t subtype = reader.u8();
    reader.u16();
    auto bandwidth = std::bit_cast<float>(reader.u32());
    bool is_one = (type & ~0x40) == 0 && subtype == 0x04;
    if (is_one && std::isfinite(bandwidth) && bandwidth > 0) return bandwidth;
  }
  return std::nullopt;
}

}  // namespace bgp::wire
