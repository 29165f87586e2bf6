#include "bgp/session/fsm_moves.h"

#include <utility>

#include "bgp/base/limits.h"
#include "bgp/session/negotiation.h"

namespace bgp::session {

namespace {

using wire::CeaseReason;

constexpr uint8_t kCease = 6;

// A peer that leaves in good order, or that preferred its other connection, broke nothing: it may dial us at once.
// Refusing it through an idle hold would make each rolling restart of a mesh an outage of that length.
bool is_clean(const wire::Notification& received) {
  wire::Notification notification = wire::cause_of(received);
  if (notification.code != kCease) return false;
  switch (static_cast<CeaseReason>(notification.subcode)) {
    case CeaseReason::AdministrativeShutdown:
    case CeaseReason::PeerDeconfigured:
    case CeaseReason::AdministrativeReset:
    case CeaseReason::OtherConfigurationChange:
    case CeaseReason::ConnectionCollisionResolution: return true;
    case CeaseReason::MaximumPrefixesReached:
    case CeaseReason::ConnectionRejected:
    case CeaseReason::OutOfResources:
    case CeaseReason::HardReset:
    case CeaseReason::BfdDown: return false;
  }
  return false;
}

// RFC 8538 §5.1, and BFD: what comes back only by an operator's hand, or has no path to forward on, is not kept; nor is what
// takes the memory that is to be had back.
bool is_for_good(const wire::Notification& notification) {
  if (notification.code != kCease) return false;
  switch (static_cast<CeaseReason>(notification.subcode)) {
    case CeaseReason::MaximumPrefixesReached:
    case CeaseReason::AdministrativeShutdown:
    case CeaseReason::PeerDeconfigured:
    case CeaseReason::OutOfResources:
    case CeaseReason::BfdDown: return true;
    case CeaseReason::AdministrativeReset:
    case CeaseReason::ConnectionRejected:
    case CeaseReason::OtherConfigurationChange:
    case CeaseReason::ConnectionCollisionResolution:
    case CeaseReason::HardReset: return false;
  }
  return false;
}

// RFC 4724 §4.2: a connection that was lost. RFC 8538 §4: with the N-bit of both, every NOTIFICATION that is no hard
// reset, the expired hold timer's among them.
bool keeps_routes(const Fault& fault, const GracefulRestart& graceful) {
  if (!graceful.negotiated) return false;
  switch (fault.kind) {
    case Fault::Kind::Socket: return true;
    case Fault::Kind::NotificationReceived: return graceful.notification && !wire::is_hard_reset(fault.notification);
    case Fault::Kind::NotificationSent:
    case Fault::Kind::HoldExpired: return graceful.notification && !is_for_good(fault.notification);
    case Fault::Kind::None:
    case Fault::Kind::Held:
    case Fault::Kind::Admin: return false;
  }
  return false;
}

bool has_said_open(State state) {
  return state == State::OpenSent || state == State::OpenConfirm || state == State::Established;
}

wire::FsmErrorState fsm_error_state(State state) {
  if (state == State::OpenSent) return wire::FsmErrorState::OpenSent;
  return state == State::OpenConfirm ? wire::FsmErrorState::OpenConfirm : wire::FsmErrorState::Established;
}

std::optional<Family> find_family(const wire::RouteRefresh& refresh) {
  if (refresh.safi != static_cast<uint8_t>(Safi::Unicast)) return std::nullopt;
  if (refresh.afi == static_cast<uint16_t>(Afi::IPv4)) return Family::IPv4;
  if (refresh.afi == static_cast<uint16_t>(Afi::IPv6)) return Family::IPv6;
  return std::nullopt;
}

}  // namespace

void Moves::send(Bytes message) { done.actions.push_back(action::Send{*session.conn, std::move(message)}); }

// ---- towards Established --------------------------------------------------------------------------------------------

void Moves::seek() {
  session.timers.clear();
  if (!config.passive) return dial();
  session.state = State::Active;
}

void Moves::dial() {
  session.state = State::Connect;
  session.conn = env.conn_ids.take();
  session.opened_by_peer = false;
  session.timers.clear();
  session.timers.set(Timer::ConnectRetry, env.now + session.backoff.connect_retry(config, env.prng));
  done.actions.push_back(action::Connect{*session.conn});
}

void Moves::redial() {
  ++session.backoff.connect_failures;
  end(Fault{Fault::Kind::Socket, {}, "Connection timed out"}, true);
  seek();
}

void Moves::open(const IpAddress& local_address, Duration wait_for_open) {
  session.state = State::OpenSent;
  session.local_address = local_address;
  session.timers.clear();
  session.timers.set(Timer::Hold, env.now + wait_for_open);
  session.our_open = make_open(config, env.open);
  send(wire::encode(*session.our_open));
}

void Moves::take(const event::Accepted& accepted) {
  session.conn = accepted.conn;
  session.opened_by_peer = true;
  open(accepted.local_address, limits::kInboundOpenWait);
}

void Moves::confirm(const wire::Open& peer_open) {
  Result<Negotiated, wire::Notification> agreed = negotiate(config, *session.our_open, peer_open, session.local_address);
  if (!agreed) return give_up(agreed.error());
  session.negotiated = std::move(agreed).value();
  session.state = State::OpenConfirm;
  keepalive();
  restart_hold();
}

void Moves::establish() {
  session.state = State::Established;
  session.up_since = env.now;
  session.backoff.connect_failures = 0;
  restart_hold();
  restart_send_hold(session, config, env.now);
  done.actions.push_back(action::Up{*session.conn});
}

// ---- within Established ---------------------------------------------------------------------------------------------

void Moves::restart_hold() {
  uint16_t hold_time_s = session.negotiated->hold_time_s;
  session.timers.set(Timer::Hold, hold_time_s == 0 ? kNever : env.now + std::chrono::seconds(hold_time_s));
}

void Moves::keepalive() {
  uint16_t hold_time_s = session.negotiated->hold_time_s;
  session.timers.set(Timer::Keepalive,
                     hold_time_s == 0 ? kNever : keepalive_due(hold_time_s, config, env.now, env.prng));
  send(wire::encode_keepalive());
}

void Moves::refresh(const wire::RouteRefresh& refresh) {
  constexpr uint8_t kRequest = 0;
  restart_hold();
  if (!session.negotiated->codec.route_refresh) {
    return give_up(wire::bad_message_type(static_cast<uint8_t>(wire::MessageType::RouteRefresh)));
  }
  // RFC 2918 §4 and RFC 7313 §5: a family that was not agreed on, or an unknown subtype, is ignored.
  std::optional<Family> family = find_family(refresh);
  if (!family || !session.negotiated->codec.families.has(*family)) return;
  bool is_mark = refresh.subtype == wire::kBeginOfRefresh || refresh.subtype == wire::kEndOfRefresh;
  if (refresh.subtype == kRequest) done.actions.push_back(action::RefreshRequested{*family});
  else if (is_mark && session.negotiated->enhanced_refresh)
    done.actions.push_back(action::RefreshMarked{*family, refresh.subtype == wire::kEndOfRefresh});
}

// ---- away from it ---------------------------------------------------------------------------------------------------

void Moves::end(Fault fault, bool close) {
  if (session.state == State::Established) {
    const GracefulRestart& graceful = session.negotiated->graceful;
    done.actions.push_back(action::Down{*session.conn, fault, keeps_routes(fault, graceful), graceful});
  }
  if (close && session.conn) done.actions.push_back(action::Close{*session.conn});
  done.fault = std::move(fault);
  session.conn.reset();
  session.our_open.reset();
  session.negotiated.reset();
  session.timers.clear();
}

void Moves::retry(Fault fault) {
  forget_old_errors();
  // A connection that the peer closed is gone already; one that it ended with a NOTIFICATION is ours to close.
  bool is_open = fault.kind != Fault::Kind::Socket;
  end(std::move(fault), is_open);
  ++session.backoff.connect_failures;
  session.state = State::Active;
  if (config.passive) return;
  session.timers.set(Timer::ConnectRetry, env.now + session.backoff.connect_retry(config, env.prng));
}

void Moves::idle_hold(bool is_error) {
  if (is_error) ++session.backoff.session_errors;
  session.state = State::Idle;
  Duration wait = is_error ? session.backoff.idle_hold(config) : config.idle_hold_min;
  session.timers.set(Timer::IdleHold, env.now + wait);
}

void Moves::forget_old_errors() {
  bool was_up_long = session.state == State::Established && env.now - session.up_since >= kErrorsForgottenAfter;
  if (was_up_long) session.backoff.session_errors = 0;
}

void Moves::fail_with(const wire::Notification& notification, Fault::Kind kind) {
  forget_old_errors();
  bool is_graceful = session.state == State::Established && session.negotiated->graceful.notification;
  bool is_hard = is_graceful && is_for_good(notification);
  if (has_said_open(session.state)) send(wire::encode(is_hard ? wire::hard_reset(notification) : notification));
  end(Fault{kind, notification, {}}, true);
}

void Moves::give_up(const wire::Notification& notification) {
  fail_with(notification, Fault::Kind::NotificationSent);
  idle_hold(true);
}

void Moves::hold_expired() {
  fail_with(wire::hold_timer_expired(), Fault::Kind::HoldExpired);
  idle_hold(true);
}

void Moves::unexpected(wire::MessageType type) {
  give_up(wire::unexpected_message(fsm_error_state(session.state), static_cast<uint8_t>(type)));
}

void Moves::peer_gave_up(const wire::Notification& received) {
  Fault fault{Fault::Kind::NotificationReceived, received, {}};
  if (is_clean(received)) return retry(std::move(fault));
  forget_old_errors();
  end(std::move(fault), true);
  idle_hold(true);
}

void Moves::reset(const event::Reset& reset) {
  fail_with(reset.notification, Fault::Kind::NotificationSent);
  idle_hold(!is_clean(reset.notification));
  if (!reset.wait) return;
  session.timers.set(Timer::IdleHold, *reset.wait == kForever ? kNever : env.now + *reset.wait);
}

void Moves::stop(const wire::Notification& cease) {
  fail_with(cease, Fault::Kind::Admin);
  session.state = State::Idle;
  session.backoff = {};
}

void Moves::lose_collision() {
  wire::Notification cease = wire::cease(CeaseReason::ConnectionCollisionResolution);
  if (has_said_open(session.state)) send(wire::encode(cease));
  retry(Fault{Fault::Kind::NotificationSent, cease, {}});
}

// RFC 4724 §4.2: the old connection is closed without a word; nobody is there to hear one.
void Moves::yield_to_newcomer() {
  end(Fault{Fault::Kind::Socket, {}, "Replaced by a new connection of the peer"}, true);
  session.state = State::Active;
}

void Moves::refuse(ConnId newcomer) { done.actions.push_back(action::Close{newcomer}); }

void Moves::refuse_for_established(ConnId newcomer) {
  Bytes cease = wire::encode(wire::cease(CeaseReason::ConnectionCollisionResolution));
  done.actions.push_back(action::Send{newcomer, std::move(cease)});
  done.actions.push_back(action::Close{newcomer});
}

}  // namespace bgp::session
