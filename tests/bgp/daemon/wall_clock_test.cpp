#include "bgp/daemon/wall_clock.h"

#include <doctest/doctest.h>

#include "bgp/base/limits.h"

using namespace bgp;
using namespace bgp::daemon;

namespace {

using Wall = std::chrono::system_clock::time_point;

// Exactly on a millisecond, where the least jitter is seen.
const Wall kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 28} + std::chrono::hours{12}};
const Instant kEstablished{1h};

std::string shown(const Clocks& clocks) { return ctl::protocol::to_rfc3339(clocks.to_wall(kEstablished)); }

Wall wall_at(Duration after_noon) { return kNoon + std::chrono::duration_cast<Wall::duration>(after_noon); }

}  // namespace

TEST_CASE("a moment of the steady clock is shown as one of the wall clock") {
  const Clocks clocks{Instant(1h), kNoon};
  CHECK(clocks.to_wall(Instant(1h)) == kNoon);
  CHECK(clocks.to_wall(Instant(59min)) == kNoon - std::chrono::minutes{1});
}

TEST_CASE("clocks that are read a little apart show one moment as one time of day") {
  WallClock clock;
  const std::string first = shown(clock.read(kEstablished, kNoon));
  CHECK(first == "2026-11-28T12:00:00.000Z");
  for (Duration jitter : {-3us, 3us, -900us, 900us, -20'000us, 20'000us})
    CHECK(shown(clock.read(kEstablished + 30min, wall_at(30min + jitter))) == first);
}

TEST_CASE("what was read is the time of day now, so an age is right, too") {
  WallClock clock;
  (void)clock.read(kEstablished, kNoon);
  const Clocks later = clock.read(kEstablished + 30min, wall_at(30min - 5us));
  CHECK(later.steady == kEstablished + 30min);
  CHECK(later.wall == wall_at(30min));
}

TEST_CASE("a wall clock that is set is followed, forwards and back") {
  WallClock clock;
  (void)clock.read(kEstablished, kNoon);
  CHECK(shown(clock.read(kEstablished + 1s, wall_at(1s + 1h))) == "2026-11-28T13:00:00.000Z");
  CHECK(shown(clock.read(kEstablished + 2s, wall_at(2s + 1h))) == "2026-11-28T13:00:00.000Z");
  CHECK(shown(clock.read(kEstablished + 3s, wall_at(3s - 2h))) == "2026-11-28T10:00:00.000Z");
}

TEST_CASE("a wall clock that is slewed is followed in steps, once it is further off than the tolerance") {
  WallClock clock;
  (void)clock.read(kEstablished, kNoon);
  const Duration most = limits::kWallClockTolerance;
  CHECK(shown(clock.read(kEstablished + 1h, wall_at(1h + most / 2))) == "2026-11-28T12:00:00.000Z");
  CHECK(shown(clock.read(kEstablished + 2h, wall_at(2h + most))) == "2026-11-28T12:00:00.000Z");
  CHECK(shown(clock.read(kEstablished + 3h, wall_at(3h + most + 1ms))) == "2026-11-28T12:00:00.501Z");
  CHECK(shown(clock.read(kEstablished + 4h, wall_at(4h + most / 2))) == "2026-11-28T12:00:00.501Z");
}
