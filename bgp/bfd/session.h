// One BFD session in asynchronous mode, RFC 5880 §6, as a value machine: packets and time in, packets out.
//
//                Down heard                    Init or Up heard
//     Down -----------------------> Init ---------------------------> Up
//      |  ^                          |                                 |
//      |  +--- detection time over --+---- Down or AdminDown heard,  --+
//      |       or AdminDown heard          or detection time over
//      +--- Init heard: Up at once
//
// Who calls: bgp/bfd/sessions.h, which has found out that a packet is this session's.
// Invariants: while not Up it sends no faster than once a second; while Up it sends no faster than either side wants;
// next_deadline() lies in the future after expire(). Left out, and never asked for: echo, demand mode of our own
// (a neighbour's is honoured), authentication.
#pragma once

#include <optional>

#include "bgp/base/prng.h"
#include "bgp/base/time.h"
#include "bgp/bfd/config.h"
#include "bgp/bfd/packet.h"

namespace bgp::bfd {

inline constexpr Duration kSlowInterval = 1s;  // while not Up, §6.8.3

// Where a session goes that hears `heard`, §6.8.6. Total; AdminDown hears nothing.
State next_state(State local, State heard);

// What a neighbour said last; as at the start once nothing came for the detection time (§6.8.1).
struct Remote {
  uint32_t discriminator = 0;
  State state = State::Down;
  Diagnostic diagnostic = Diagnostic::None;
  Duration min_tx{};
  Duration min_rx = 1us;   // 0: it wants no periodic packets
  uint8_t multiplier = 0;
  bool demand = false;
  bool control_plane_independent = false;
  bool operator==(const Remote&) const = default;
};

class Session {
 public:
  // Requires: discriminator != 0, unique among ours. The first packet is due at once.
  Session(const Config& config, uint32_t discriminator, Instant now);

  // Each returns a packet to be sent now, if there is one.
  // Requires: the packet is this session's and passed decode().
  std::optional<Packet> receive(const Packet& packet, Instant now, Prng& prng);
  std::optional<Packet> expire(Instant now, Prng& prng);
  // Other intervals, by a Poll Sequence (§6.8.3); a session that is Up stays so.
  std::optional<Packet> reconfigure(const Config& config, Instant now, Prng& prng);
  // AdminDown and back to Down (§6.8.16). While AdminDown it goes on sending, so that the neighbour hears of it.
  std::optional<Packet> disable(Instant now, Prng& prng);
  std::optional<Packet> enable(Instant now, Prng& prng);

  Instant next_deadline() const { return tx_at_ < detect_at_ ? tx_at_ : detect_at_; }

  // ---- what status shows ------------------------------------------------------------------------------------------
  State state() const { return state_; }
  Instant state_since() const { return state_since_; }
  Diagnostic diagnostic() const { return diagnostic_; }            // why it left Up; None while Up
  Diagnostic last_diagnostic() const { return last_diagnostic_; }  // of the last time that it left Up
  uint32_t discriminator() const { return discriminator_; }
  const Config& config() const { return config_; }
  const Remote& remote() const { return remote_; }
  bool is_polling() const { return poll_; }
  // How often we send, before jitter; nullopt: not at all, because the neighbour wants none.
  std::optional<Duration> tx_interval() const;
  // nullopt: nothing was heard, or not for long.
  std::optional<Duration> detection_time() const;

 private:
  void remember(const Packet& packet, Instant now);
  void forget_remote();
  void move_to(State state, Diagnostic diagnostic, Instant now);
  void tell_intervals();
  void start_poll();
  void end_poll();
  Packet make(bool final) const;
  std::optional<Packet> send_if_news(bool must, bool final, Instant now, Prng& prng);
  void restart_tx(Instant now, Prng& prng);
  void arm_detection();

  Config config_;
  uint32_t discriminator_;
  State state_ = State::Down;
  Instant state_since_;
  Diagnostic diagnostic_ = Diagnostic::None;
  Diagnostic last_diagnostic_ = Diagnostic::None;
  Remote remote_;
  Instant heard_at_;

  // What we tell, and what of it counts already: while Up a slower tx and a faster rx wait for the end of the Poll
  // Sequence, so that the neighbour never expects more than it gets (§6.8.3).
  Duration told_tx_, told_rx_;
  Duration tx_in_use_, rx_in_use_;
  bool poll_ = false;
  bool poll_again_ = false;  // something changed during a Poll Sequence: its Final may answer what was said before

  std::optional<Packet> last_sent_;
  std::optional<Duration> scheduled_interval_;  // what tx_at_ was made of
  Instant tx_at_;
  Instant detect_at_ = kNever;
};

}  // namespace bgp::bfd
