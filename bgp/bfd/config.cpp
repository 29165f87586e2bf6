#include "bgp/bfd/config.h"

#include <algorithm>

#include "bgp/base/limits.h"

namespace bgp::bfd {

Config clamped(Config config) {
  config.min_tx = std::clamp(config.min_tx, limits::kBfdIntervalMin, limits::kBfdIntervalMax);
  config.min_rx = std::clamp(config.min_rx, limits::kBfdIntervalMin, limits::kBfdIntervalMax);
  config.multiplier = std::max<uint8_t>(config.multiplier, 1);
  return config;
}

}  // namespace bgp::bfd
