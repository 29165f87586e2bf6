#include "bgp/bfd/session.h"

#include <algorithm>
#include <utility>

#include "bgp/base/assert.h"

namespace bgp::bfd {
namespace {

uint32_t to_us(Duration interval) {
  return static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(interval).count());
}

bool is_same_but_poll(Packet a, const Packet& b) {
  a.poll = b.poll;
  a.final = b.final;
  return a == b;
}

// §6.8.7: 75 to 100 %, and at most 90 % when one lost packet is all that the neighbour waits for.
Duration jittered(Duration whole, uint8_t multiplier, Prng& prng) {
  double part = prng.between(0.75, multiplier == 1 ? 0.9 : 1.0);
  return Duration(static_cast<Duration::rep>(static_cast<double>(whole.count()) * part));
}

}  // namespace

State next_state(State local, State heard) {
  switch (local) {
    case State::AdminDown: return State::AdminDown;
    case State::Down:
      if (heard == State::Down) return State::Init;
      return heard == State::Init ? State::Up : State::Down;
    case State::Init:
      if (heard == State::AdminDown) return State::Down;
      return heard == State::Down ? State::Init : State::Up;
    case State::Up: return heard == State::AdminDown || heard == State::Down ? State::Down : State::Up;
  }
  return local;
}

Session::Session(const Config& config, uint32_t discriminator, Instant now)
    : config_(clamped(config)), discriminator_(discriminator), state_since_(now), tx_at_(now) {
  BGP_ASSERT(discriminator != 0);
  told_tx_ = tx_in_use_ = std::max(config_.min_tx, kSlowInterval);
  told_rx_ = rx_in_use_ = config_.min_rx;
}

// ---- what happens -------------------------------------------------------------------------------------------------

std::optional<Packet> Session::receive(const Packet& packet, Instant now, Prng& prng) {
  remember(packet, now);
  if (packet.final && poll_) end_poll();
  arm_detection();
  if (state_ == State::AdminDown) return std::nullopt;
  State next = next_state(state_, packet.state);
  if (next != state_) move_to(next, Diagnostic::NeighborSignaledSessionDown, now);
  arm_detection();  // what counts may have changed with the state
  return send_if_news(packet.poll, packet.poll, now, prng);
}

std::optional<Packet> Session::expire(Instant now, Prng& prng) {
  if (detect_at_ <= now) {
    detect_at_ = kNever;
    forget_remote();
    bool is_lost = state_ == State::Init || state_ == State::Up;
    if (is_lost) move_to(State::Down, Diagnostic::ControlDetectionTimeExpired, now);
    if (is_lost) return send_if_news(true, false, now, prng);
  }
  return send_if_news(tx_at_ <= now, false, now, prng);
}

std::optional<Packet> Session::reconfigure(const Config& config, Instant now, Prng& prng) {
  config_ = clamped(config);
  tell_intervals();
  arm_detection();
  return send_if_news(false, false, now, prng);
}

std::optional<Packet> Session::disable(Instant now, Prng& prng) {
  if (state_ == State::AdminDown) return std::nullopt;
  move_to(State::AdminDown, Diagnostic::AdministrativelyDown, now);
  return send_if_news(true, false, now, prng);
}

std::optional<Packet> Session::enable(Instant now, Prng& prng) {
  if (state_ != State::AdminDown) return std::nullopt;
  move_to(State::Down, Diagnostic::None, now);
  return send_if_news(true, false, now, prng);
}

// ---- state --------------------------------------------------------------------------------------------------------

void Session::remember(const Packet& packet, Instant now) {
  using std::chrono::microseconds;
  remote_ = {packet.my_discriminator, packet.state, packet.diagnostic, microseconds(packet.desired_min_tx_us),
             microseconds(packet.required_min_rx_us), packet.detect_multiplier, packet.demand,
             packet.control_plane_independent};
  heard_at_ = now;
}

// What it is built like outlives that: RFC 5882 §4.3 asks for it just when the neighbour is lost.
void Session::forget_remote() {
  bool is_independent = remote_.control_plane_independent;
  remote_ = {};
  remote_.control_plane_independent = is_independent;
  poll_again_ = false;
  if (poll_) end_poll();  // nobody is there to answer
}

// The diagnostic of a session that comes up is None; Init keeps telling why we went down.
void Session::move_to(State state, Diagnostic diagnostic, Instant now) {
  if (state_ == State::Up) last_diagnostic_ = diagnostic;
  if (state == State::Up) diagnostic_ = Diagnostic::None;
  else if (state != State::Init) diagnostic_ = diagnostic;
  state_ = state;
  state_since_ = now;
  tell_intervals();
}

// ---- intervals (§6.8.2 to §6.8.4) ---------------------------------------------------------------------------------

void Session::tell_intervals() {
  bool is_up = state_ == State::Up;
  Duration tx = is_up ? config_.min_tx : std::max(config_.min_tx, kSlowInterval);
  Duration rx = config_.min_rx;
  bool is_news = tx != told_tx_ || rx != told_rx_;
  told_tx_ = tx;
  told_rx_ = rx;
  if (!is_up || tx < tx_in_use_) tx_in_use_ = tx;
  if (!is_up || rx > rx_in_use_) rx_in_use_ = rx;
  if (is_news && remote_.discriminator != 0) start_poll();
}

void Session::start_poll() {
  poll_again_ = poll_;
  poll_ = true;
}

void Session::end_poll() {
  poll_ = std::exchange(poll_again_, false);
  if (poll_) return;
  tx_in_use_ = told_tx_;
  rx_in_use_ = told_rx_;
}

std::optional<Duration> Session::tx_interval() const {
  bool is_demand_active = remote_.demand && state_ == State::Up && remote_.state == State::Up;
  if (remote_.min_rx == Duration{} || (is_demand_active && !poll_)) return std::nullopt;
  return std::max(tx_in_use_, remote_.min_rx);
}

std::optional<Duration> Session::detection_time() const {
  if (remote_.discriminator == 0) return std::nullopt;
  return remote_.multiplier * std::max(rx_in_use_, remote_.min_tx);
}

void Session::arm_detection() {
  std::optional<Duration> patience = detection_time();
  detect_at_ = patience ? heard_at_ + *patience : kNever;
}

// ---- sending (§6.8.7) ---------------------------------------------------------------------------------------------

Packet Session::make(bool final) const {
  Packet packet;
  packet.diagnostic = diagnostic_;
  packet.state = state_;
  packet.poll = poll_ && !final;
  packet.final = final;
  packet.detect_multiplier = config_.multiplier;
  packet.my_discriminator = discriminator_;
  packet.your_discriminator = remote_.discriminator;
  packet.desired_min_tx_us = to_us(told_tx_);
  packet.required_min_rx_us = to_us(told_rx_);
  return packet;
}

// Sends when it must (a Final, or its time has come) and when it has something new to say; a neighbour that wants no
// periodic packets gets the news alone.
std::optional<Packet> Session::send_if_news(bool must, bool final, Instant now, Prng& prng) {
  Packet packet = make(final);
  bool is_news = !last_sent_ || !is_same_but_poll(packet, *last_sent_);
  if (!must && !is_news) {
    if (tx_interval() != scheduled_interval_) restart_tx(now, prng);
    return std::nullopt;
  }
  last_sent_ = packet;
  tx_at_ = kNever;
  restart_tx(now, prng);
  return packet;
}

// An interval that became shorter brings the next packet forward; a longer one counts from that packet on.
void Session::restart_tx(Instant now, Prng& prng) {
  scheduled_interval_ = tx_interval();
  if (!scheduled_interval_) tx_at_ = kNever;
  else tx_at_ = std::min(tx_at_, now + jittered(*scheduled_interval_, config_.multiplier, prng));
}

}  // namespace bgp::bfd
