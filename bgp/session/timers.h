// Timers are deadlines held in state: there is no start-timer action, and nobody has to cancel anything.
// Back-off is beside them, because it is what sets the two of them that pace our attempts.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "bgp/base/prng.h"
#include "bgp/base/time.h"
#include "bgp/session/peer_config.h"

namespace bgp::session {

enum class Timer : uint8_t { ConnectRetry, IdleHold, Hold, Keepalive, SendHold };
inline constexpr size_t kTimers = 5;
const char* to_string(Timer timer);

class Timers {
 public:
  Timers() { clear(); }
  void set(Timer timer, Instant deadline) { deadlines_[static_cast<size_t>(timer)] = deadline; }
  void stop(Timer timer) { set(timer, kNever); }
  void clear() { deadlines_.fill(kNever); }
  Instant deadline(Timer timer) const { return deadlines_[static_cast<size_t>(timer)]; }
  bool is_running(Timer timer) const { return deadline(timer) != kNever; }
  Instant next_deadline() const { return *std::min_element(deadlines_.begin(), deadlines_.end()); }
  // The timer that is due longest, or nullopt.
  std::optional<Timer> find_due(Instant now) const;

 private:
  std::array<Instant, kTimers> deadlines_;
};

inline constexpr Duration kForever = Duration::max();    // of event::Reset: no attempt follows
inline constexpr Duration kConnectRetryMin = 100ms;     // floor of a configured retry: never a busy loop
inline constexpr Duration kConnectRetryMax = 60s;       // the doubling stops here
inline constexpr Duration kErrorsForgottenAfter = 300s;  // of being Established
inline constexpr Duration kCollisionsOver = 5s;         // of being Established: who connects now has restarted
inline constexpr Duration kSendHoldMin = 480s;          // RFC 9687 §3.1 ("8 minutes or 2 x hold")

// How often we tried in vain, and how long to wait because of it.
struct Backoff {
  unsigned connect_failures = 0;  // since the last Established
  unsigned session_errors = 0;    // since the last Established that lasted kErrorsForgottenAfter

  // Waits for what was counted. connect_retry is also the patience with one dial; jitter 0.75..1.0 (RFC 4271 §10)
  // keeps the nodes of a mesh from dialling in step.
  Duration connect_retry(const PeerConfig& config, Prng& prng) const;
  Duration idle_hold(const PeerConfig& config) const;
};

// `whole` times 0.75..1.0, RFC 4271 §10.
Duration jittered(Duration whole, Prng& prng);

// Of a negotiated hold time and what the configuration says of it; hold_time_s 0 means that neither runs.
// 0.75..1.0 of the interval after `now` (RFC 4271 §10), on a tick that all peers share: a thousand of them wake us twice a
// second, and not at every keepalive. A tick is a tenth of the interval, at most limits::kKeepaliveTickMax.
Instant keepalive_due(uint16_t hold_time_s, const PeerConfig& config, Instant now, Prng& prng);
// Never less than the hold time: keepalives, which prove that the peer reads, go out in thirds of that. A configured 0
// turns it off: kForever.
Duration send_hold_time(uint16_t hold_time_s, const PeerConfig& config);

}  // namespace bgp::session
