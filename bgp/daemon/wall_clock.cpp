#include "bgp/daemon/wall_clock.h"

#include "bgp/base/limits.h"

namespace bgp::daemon {

using Wall = std::chrono::system_clock::time_point;

ctl::protocol::Timestamp Clocks::to_wall(Instant at) const {
  auto age = std::chrono::duration_cast<Wall::duration>(steady - at);
  return std::chrono::floor<std::chrono::milliseconds>(wall - age);
}

Clocks WallClock::read(Instant steady, Wall wall) {
  const Duration offset = wall.time_since_epoch() - steady.time_since_epoch();
  if (!offset_ || std::chrono::abs(offset - *offset_) > limits::kWallClockTolerance) offset_ = offset;
  return {steady, Wall(std::chrono::duration_cast<Wall::duration>(steady.time_since_epoch() + *offset_))};
}

}  // namespace bgp::daemon
