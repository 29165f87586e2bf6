#include "bgp/session/timers.h"

#include "bgp/base/limits.h"

namespace bgp::session {

namespace {

// base * 2^(count - 1), at most `cap`.
Duration doubled(Duration base, unsigned count, Duration cap) {
  Duration wait = base;
  for (unsigned i = 1; i < count && wait < cap; ++i) wait *= 2;
  return std::min(wait, cap);
}

Duration scaled(Duration whole, double by) {
  return Duration(static_cast<Duration::rep>(static_cast<double>(whole.count()) * by));
}

}  // namespace

const char* to_string(Timer timer) {
  switch (timer) {
    case Timer::ConnectRetry: return "connect-retry";
    case Timer::IdleHold: return "idle-hold";
    case Timer::Hold: return "hold";
    case Timer::Keepalive: return "keepalive";
    case Timer::SendHold: return "send-hold";
  }
  return "?";
}

std::optional<Timer> Timers::find_due(Instant now) const {
  auto earliest = std::min_element(deadlines_.begin(), deadlines_.end());
  if (*earliest > now || *earliest == kNever) return std::nullopt;
  return static_cast<Timer>(earliest - deadlines_.begin());
}

Duration jittered(Duration whole, Prng& prng) { return scaled(whole, prng.between(0.75, 1.0)); }

Duration Backoff::connect_retry(const PeerConfig& config, Prng& prng) const {
  Duration base = std::max(config.connect_retry, kConnectRetryMin);
  return jittered(doubled(base, connect_failures, std::max(base, kConnectRetryMax)), prng);
}

Duration Backoff::idle_hold(const PeerConfig& config) const {
  return doubled(config.idle_hold_min, session_errors, std::max(config.idle_hold_min, config.idle_hold_max));
}

Instant keepalive_due(uint16_t hold_time_s, const PeerConfig& config, Instant now, Prng& prng) {
  Duration third = Duration(std::chrono::seconds(hold_time_s)) / 3;
  Duration wanted = config.keepalive_time_s == 0 ? third : Duration(std::chrono::seconds(config.keepalive_time_s));
  Duration interval = std::min(wanted, third);
  Duration tick = std::min(interval / 10, limits::kKeepaliveTickMax);
  // Rounding down takes up to a tick away, hence one is added to the least.
  double least = 0.75 + static_cast<double>(tick.count()) / static_cast<double>(interval.count());
  Instant latest = now + scaled(interval, prng.between(least, 1.0));
  return latest - latest.time_since_epoch() % tick;
}

Duration send_hold_time(uint16_t hold_time_s, const PeerConfig& config) {
  if (config.send_hold_time_s == 0) return kForever;
  if (config.send_hold_time_s) return std::chrono::seconds(std::max(*config.send_hold_time_s, hold_time_s));
  return std::max<Duration>(kSendHoldMin, 2 * std::chrono::seconds(hold_time_s));
}

}  // namespace bgp::session
