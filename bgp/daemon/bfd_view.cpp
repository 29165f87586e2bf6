#include "bgp/daemon/bfd_view.h"

namespace bgp::daemon {
namespace {

uint64_t to_us(Duration interval) {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(interval).count());
}
uint32_t to_us32(Duration interval) { return static_cast<uint32_t>(to_us(interval)); }

}  // namespace

ctl::protocol::BfdInfo to_bfd_info(const bfd::Status& status, const Clocks& clocks) {
  bfd::Config config = bfd::clamped(status.wish.config);
  const bfd::Remote& remote = status.remote;
  ctl::protocol::BfdInfo out;
  out.since = clocks.to_wall(status.since);
  out.multihop = config.multihop;
  out.local = {to_string(status.state), to_string(status.last_diagnostic), status.discriminator,
               to_us32(config.min_tx),  to_us32(config.min_rx),            config.multiplier};
  out.remote = {to_string(remote.state), to_string(remote.diagnostic), remote.discriminator,
                to_us32(remote.min_tx),  to_us32(remote.min_rx),       remote.multiplier};
  out.tx_interval_us = to_us(status.tx_interval.value_or(Duration{}));
  out.detection_time_us = to_us(status.detection_time.value_or(Duration{}));
  out.packets_received = status.counters.received;
  out.packets_sent = status.counters.sent;
  out.packets_discarded = status.counters.discarded;
  out.ups = status.counters.ups;
  out.downs = status.counters.downs;
  return out;
}

}  // namespace bgp::daemon
