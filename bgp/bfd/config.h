// What one BFD session is configured with.
#pragma once

#include <cstdint>

#include "bgp/base/time.h"

namespace bgp::bfd {

// RFC 5880 §6.8.1 for one peer; RFC 5881 for a neighbour on the link, RFC 5883 otherwise.
struct Config {
  Duration min_tx = 300ms;  // how often we want to send while Up
  Duration min_rx = 300ms;  // how often we are willing to hear
  uint8_t multiplier = 3;   // of our packets, how many may be lost in a row before the neighbour gives up
  bool multihop = false;
  uint8_t minimum_ttl = 0;  // of what arrives over several hops (RFC 5883 §5); on the link it is always 255
  bool operator==(const Config&) const = default;
};

// Within limits.h: intervals between kBfdIntervalMin and kBfdIntervalMax, a multiplier of at least 1.
Config clamped(Config config);

}  // namespace bgp::bfd
