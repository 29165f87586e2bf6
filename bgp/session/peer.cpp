#include "bgp/session/peer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "bgp/base/assert.h"
#include "bgp/base/limits.h"
#include "bgp/session/collision.h"
#include "bgp/session/negotiation.h"
#include "bgp/session/peer_log.h"

namespace bgp::session {

namespace {

Event to_event(const Message& message) {
  return std::visit([](const auto& m) -> Event { return m; }, message);
}

// RFC 4724 §4.2: a peer that restarts gracefully may be back before its old connection is known to be dead.
bool may_restart(const Session& session) {
  return session.state == State::Established && !session.negotiated->graceful.families.empty();
}

// Deviates from §4.2 in two ways, because a session is worth more than a connection: the newcomer has to say a good
// OPEN first, and beside a session that has only just come up it is the other half of a collision.
bool has_restarted(const Session& session, Instant now) {
  return may_restart(session) && now - session.up_since >= kCollisionsOver;
}

Contender contender(const Session& session) { return {session.state, session.opened_by_peer}; }

}  // namespace

Peer::Peer(PeerConfig config) : config_(std::move(config)) {}

// ---- what the speaker decides -----------------------------------------------------------------------------------

ActionList Peer::start(Environment& env) {
  ActionList out;
  if (started_) return out;
  if (!config_.held.empty()) {
    last_fault_ = {Fault::Kind::Held, {}, config_.held};
    if (state_since_ == Instant{}) state_since_ = env.now;
    return out;
  }
  started_ = true;
  last_fault_ = {};
  run(first_, event::Start{}, env, out);
  return out;
}

ActionList Peer::stop(const wire::Notification& cease, Environment& env) {
  started_ = false;
  return run_on_all(event::Stop{cease}, env);
}

ActionList Peer::reset(const wire::Notification& notification, Environment& env, std::optional<Duration> wait) {
  return run_on_all(event::Reset{notification, wait}, env);
}

bool Peer::explain(const std::string& hint) {
  if (last_fault_.kind != Fault::Kind::Socket || last_fault_.socket_error.find(hint) != std::string::npos) return false;
  last_fault_.socket_error += " (" + hint + ")";
  return true;
}

void Peer::reconfigure_live(const PeerConfig& config) {
  BGP_ASSERT(!needs_reset(config_, config));
  bool is_held_down = started_ && first_.state == State::Idle;
  config_ = config;
  // Held down (maximum prefixes, out of resources): whoever changes the configuration wants it tried again.
  if (is_held_down) first_.timers.set(Timer::IdleHold, Instant{});
  if (first_.state != State::Active) return;
  // Due at once: a peer that was passive begins to dial at the next expire().
  bool is_waiting = first_.timers.is_running(Timer::ConnectRetry);
  if (config.passive) first_.timers.stop(Timer::ConnectRetry);
  if (!config.passive && !is_waiting) first_.timers.set(Timer::ConnectRetry, Instant{});
}

// ---- what happened ----------------------------------------------------------------------------------------------

ActionList Peer::connected(ConnId conn, const IpAddress& local_address, Environment& env) {
  return run_on(conn, event::Connected{local_address}, env);
}

ActionList Peer::connect_failed(ConnId conn, std::string reason, Environment& env) {
  return run_on(conn, event::ConnectFailed{std::move(reason)}, env);
}

ActionList Peer::closed(ConnId conn, std::string reason, Environment& env) {
  return run_on(conn, event::Closed{std::move(reason)}, env);
}

ActionList Peer::bad_message(ConnId conn, const wire::Notification& notification, Environment& env) {
  return run_on(conn, event::BadMessage{notification}, env);
}

// The first session takes the connection if it has none; else a second one is made (RFC 4271 §8.2.1.2). In Idle, in
// Established, and when two are there already, the first session's refusal is the answer.
ActionList Peer::accepted(ConnId conn, const IpAddress& local_address, Environment& env) {
  ActionList out;
  event::Accepted accepted{conn, local_address};
  bool takes_second = first_.conn.has_value() && (first_.state != State::Established || may_restart(first_));
  if (takes_second && !second_) {
    second_ = Session::listening();
    run(*second_, accepted, env, out);
    return out;
  }
  run(first_, accepted, env, out);
  if (first_.conn != conn) {
    ++counters_.connections_refused;
    out.push_back(action::Log{log_connection_refused(config_.address, first_.state)});
  }
  return out;
}

ActionList Peer::received(ConnId conn, const Message& message, Environment& env) {
  if (find(conn) == nullptr) return {};
  ActionList out;
  note_received(message, out);
  const auto* open = std::get_if<wire::Open>(&message);
  ActionList rest = open ? open_received(conn, *open, env) : run_on(conn, to_event(message), env);
  out.insert(out.end(), std::make_move_iterator(rest.begin()), std::make_move_iterator(rest.end()));
  return out;
}

// Collision is looked at before the OPEN is answered: the KEEPALIVE that answers it would let the peer believe in a
// connection that is about to go (collision.h). An OPEN that is refused anyway decides nothing.
ActionList Peer::open_received(ConnId conn, const wire::Open& open, Environment& env) {
  ActionList out;
  Session* receiver = find(conn);
  Session* other = receiver != &first_ ? &first_ : second_ ? &*second_ : nullptr;
  bool is_acceptable = receiver->state == State::OpenSent &&
                       negotiate(config_, *receiver->our_open, open, receiver->local_address).ok();
  Verdict verdict = Verdict::KeepBoth;
  if (other && is_acceptable) {
    verdict = resolve_collision(contender(*receiver), contender(*other), is_dominant(config_, open));
  }
  if (verdict == Verdict::CloseReceiver && has_restarted(*other, env.now)) {
    run(*other, event::Replaced{}, env, out);
    verdict = Verdict::KeepBoth;
  }
  if (verdict == Verdict::CloseOther) run(*other, event::CollisionLost{}, env, out);
  // The winner has not been answered yet. Its peer is alive, for it called us: if it stays silent on the winner, that
  // connection died with an earlier life of the peer, and must not keep the living one out for four minutes.
  if (verdict == Verdict::CloseReceiver && other->state == State::OpenSent) {
    Instant soon = env.now + limits::kInboundOpenWait;
    other->timers.set(Timer::Hold, std::min(other->timers.deadline(Timer::Hold), soon));
  }
  Event answer = verdict == Verdict::CloseReceiver ? Event(event::CollisionLost{}) : Event(open);
  run(*find(conn), answer, env, out);
  return out;
}

ActionList Peer::expire(Environment& env) {
  ActionList out;
  for (;;) {
    Session& next = second_ && second_->timers.next_deadline() < first_.timers.next_deadline() ? *second_ : first_;
    std::optional<Timer> due = next.timers.find_due(env.now);
    if (!due) return out;
    next.timers.stop(*due);
    run(next, event::Expired{*due}, env, out);
  }
}

// ---- the two sessions -------------------------------------------------------------------------------------------

Session* Peer::find(ConnId conn) {
  if (first_.conn == conn) return &first_;
  if (second_ && second_->conn == conn) return &*second_;
  return nullptr;
}

ActionList Peer::run_on(ConnId conn, const Event& event, Environment& env) {
  ActionList out;
  if (Session* session = find(conn)) run(*session, event, env, out);
  return out;
}

ActionList Peer::run_on_all(const Event& event, Environment& env) {
  ActionList out;
  if (second_) run(*second_, event, env, out);
  run(first_, event, env, out);
  return out;
}

// Afterwards `session` may be gone, or have moved (settle).
void Peer::run(Session& session, const Event& event, Environment& env, ActionList& out) {
  State before = state();
  Step done = step(session, event, config_, env);
  bool came_up = false;
  for (const Action& action : done.actions) {
    out.push_back(action);
    note(session, action, env, out);
    came_up = came_up || std::holds_alternative<action::Up>(action);
  }
  if (done.fault && state() != State::Established) note_fault(std::move(*done.fault), out);
  if (came_up && second_) run(&session == &first_ ? *second_ : first_, event::CollisionLost{}, env, out);
  settle();
  if (state() != before) note_change(before, event, env.now);
}

// The second session is for a connection; one that lost it is no more. A first session without one gives way.
void Peer::settle() {
  if (!second_) return;
  if (second_->conn && !first_.conn) {
    second_->backoff.session_errors = first_.backoff.session_errors;
    first_ = std::move(*second_);
    second_.reset();
  } else if (!second_->conn) {
    second_.reset();
  }
}

// ---- asked often ------------------------------------------------------------------------------------------------

Instant Peer::next_deadline() const {
  Instant first = first_.timers.next_deadline();
  return second_ ? std::min(first, second_->timers.next_deadline()) : first;
}

bool Peer::is_established(ConnId conn) const { return first_.state == State::Established && first_.conn == conn; }

void Peer::heard(ConnId conn, Instant now) {
  if (!is_established(conn)) return;
  uint16_t hold_time_s = first_.negotiated->hold_time_s;
  if (hold_time_s != 0) first_.timers.set(Timer::Hold, now + std::chrono::seconds(hold_time_s));
}

void Peer::wrote(ConnId conn, Instant now) {
  if (!is_established(conn)) return;
  restart_send_hold(first_, config_, now);
}

State Peer::state() const {
  // The enumerators are in the order of progress, but for Active, which is no further than Connect.
  return second_ ? std::max(first_.state, second_->state) : first_.state;
}

std::optional<ConnId> Peer::connection() const {
  return first_.state == State::Established ? first_.conn : std::nullopt;
}

const Negotiated& Peer::negotiated() const {
  BGP_ASSERT(first_.state == State::Established);
  return *first_.negotiated;
}

// Everything that an OPEN or the socket's options say needs a new session; how patient we are does not.
bool needs_reset(const PeerConfig& from, const PeerConfig& to) {
  PeerConfig patient = to;
  patient.passive = from.passive;
  patient.allow_own_as = from.allow_own_as;
  patient.connect_retry = from.connect_retry;
  patient.idle_hold_min = from.idle_hold_min;
  patient.idle_hold_max = from.idle_hold_max;
  patient.keepalive_time_s = from.keepalive_time_s;
  patient.send_hold_time_s = from.send_hold_time_s;
  patient.max_prefix = from.max_prefix;
  if (can_roll_over(from.tcp_ao, to.tcp_ao)) patient.tcp_ao = from.tcp_ao;
  return patient != from;
}

const char* reset_reason(const PeerConfig& from, const PeerConfig& to) {
  if (!needs_reset(from, to)) return "";
  if (from.password != to.password) return "password";
  if (!can_roll_over(from.tcp_ao, to.tcp_ao)) return "TCP-AO keys";
  if (from.held != to.held) return "held";
  if (from.peer_as != to.peer_as || from.local_as != to.local_as) return "AS number";
  if (from.identifier != to.identifier) return "BGP identifier";
  if (from.port != to.port) return "port";
  if (from.local_address != to.local_address) return "local address";
  if (from.ttl_security_hops != to.ttl_security_hops) return "TTL security";
  if (from.hold_time_s != to.hold_time_s) return "hold time";
  return "capabilities";
}

}  // namespace bgp::session
