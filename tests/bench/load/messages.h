// Whole BGP messages, encoded before any clock runs.
#pragma once

#include <functional>

#include "tests/bench/load/universe.h"

namespace bench {

inline constexpr size_t kHeaderBytes = 19, kMessageBytesMax = 4096;
inline constexpr uint8_t kOpen = 1, kUpdate = 2, kNotification = 3, kKeepalive = 4;

// With the capabilities of a plain IPv4 speaker: multiprotocol IPv4 unicast, route refresh, 4-octet AS numbers.
Bytes open_message(uint32_t asn, uint16_t hold_s, uint32_t identifier);
Bytes keepalive_message();
Bytes end_of_rib();

struct Range {
  size_t from = 0, to = 0;
  bool contains(size_t n) const { return n >= from && n < to; }
  size_t size() const { return to - from; }
};

// UPDATEs for these routes, as few as the 4096 octets allow; `dress` is asked once for each message.
Bytes announcements(const Universe& all, Range routes, const std::function<Dress(uint32_t set)>& dress);
Bytes withdrawals(const Universe& all, Range routes);

}  // namespace bench
