// When was it? A moment of the steady clock as a time of day. Pure; whoever asks reads both clocks.
#pragma once

#include <chrono>
#include <optional>

#include "bgp/base/time.h"
#include "ctl/protocol/timestamp.h"

namespace bgp::daemon {

// Both clocks at one moment.
struct Clocks {
  Instant steady;
  std::chrono::system_clock::time_point wall;
  ctl::protocol::Timestamp to_wall(Instant at) const;
};

// Keeps how far the two clocks are apart, so that one moment is one time of day, to the millisecond, whenever it is shown:
// read twice, the clocks are never quite as far apart as before. A wall clock that was set, or slewed beyond
// limits::kWallClockTolerance, is followed: all times of day shift, and nothing else.
class WallClock {
 public:
  // What the clocks say now, made to agree with what they said before.
  Clocks read(Instant steady, std::chrono::system_clock::time_point wall);

 private:
  std::optional<Duration> offset_;  // of the wall clock to the steady one
};

}  // namespace bgp::daemon
