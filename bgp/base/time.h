// Time is an argument. Below floor 5 nobody asks a clock: the rim reads the steady clock once per wake-up and passes
// an Instant in; tests pass what they like.
#pragma once

#include <chrono>
#include <cstdint>

namespace bgp {

struct SteadyTime {  // the clock tag of Instant: monotonic, its zero has no meaning, never the wall clock
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SteadyTime>;
  static constexpr bool is_steady = true;
};

using Duration = std::chrono::nanoseconds;
using Instant = SteadyTime::time_point;
using namespace std::chrono_literals;

// "Never": the deadline of a timer that is not running.
inline constexpr Instant kNever = Instant::max();

}  // namespace bgp
