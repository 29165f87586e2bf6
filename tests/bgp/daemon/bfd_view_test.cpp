#include "bgp/daemon/bfd_view.h"

#include <doctest/doctest.h>

using namespace bgp;
using namespace bgp::daemon;

TEST_CASE("a BFD session in the words of the control socket: microseconds, states and diagnostics by name") {
  bfd::Status status;
  status.wish = {*IpAddress::parse("192.0.2.1"), {}, {.min_tx = 100ms, .min_rx = 1us, .multiplier = 3, .multihop = true, .minimum_ttl = 254}};
  status.state = bfd::State::Up;
  status.since = Instant(59min);
  status.last_diagnostic = bfd::Diagnostic::NeighborSignaledSessionDown;
  status.discriminator = 7;
  status.remote = {9, bfd::State::Init, bfd::Diagnostic::PathDown, 300ms, 400ms, 5, false, false};
  status.tx_interval = 400ms;
  status.counters = {.received = 1, .sent = 2, .discarded = 3, .ups = 4, .downs = 5};
  const std::chrono::sys_seconds noon{std::chrono::sys_days{std::chrono::year{2016} / 12 / 5} + std::chrono::hours{12}};
  ctl::protocol::BfdInfo info = to_bfd_info(status, {Instant(1h), noon});
  CHECK(info.since == noon - std::chrono::minutes{1});
  CHECK(info.multihop);
  CHECK(info.local == ctl::protocol::BfdSide{"Up", "neighbor signaled session down", 7, 100'000, 10'000, 3});
  CHECK(info.remote == ctl::protocol::BfdSide{"Init", "path down", 9, 300'000, 400'000, 5});
  CHECK(info.tx_interval_us == 400'000);
  CHECK(info.detection_time_us == 0);
  CHECK(info.packets_discarded == 3);
  CHECK(info.downs == 5);
}
