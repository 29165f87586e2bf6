#include "bgp/session/fsm.h"

#include <concepts>

#include "bgp/base/limits.h"
#include "bgp/session/fsm_moves.h"

namespace bgp::session {

namespace {

// Each state lists every event by name: a new event does not compile until each state has said what it means.
template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

template <class T, class... Ts>
concept OneOf = (std::same_as<T, Ts> || ...);

using namespace event;
using wire::MessageType;
using wire::Open;
using wire::RouteRefresh;
using ReceivedNotification = wire::Notification;

Fault socket_fault(const std::string& reason) { return Fault{Fault::Kind::Socket, {}, reason}; }

// Stopped, or waiting for the idle hold. BIRD refuses connections here too: what was wrong is still wrong.
void in_idle(Moves& go, const Event& event) {
  std::visit(Overloaded{
    [&](const Start&) { go.seek(); },
    [&](const Stop& e) { go.stop(e.cease); },
    [&](const Accepted& e) { go.refuse(e.conn); },
    [&](const Expired& e) { if (e.timer == Timer::IdleHold) go.seek(); },
    [&](const OneOf<Reset, Connected, ConnectFailed, Closed, BadMessage, CollisionLost, Replaced> auto&) {},
    [&](const OneOf<Open, UpdateMessage, ReceivedNotification, KeepaliveMessage, RouteRefresh> auto&) {},
  }, event);
}

// A dial is under way.
void in_connect(Moves& go, const Event& event) {
  std::visit(Overloaded{
    [&](const Stop& e) { go.stop(e.cease); },
    [&](const Reset& e) { go.reset(e); },
    [&](const Connected& e) { go.open(e.local_address, limits::kOpenWait); },
    [&](const ConnectFailed& e) { go.retry(socket_fault(e.reason)); },
    [&](const Closed& e) { go.retry(socket_fault(e.reason)); },
    [&](const Accepted& e) { go.refuse(e.conn); },
    [&](const CollisionLost&) { go.lose_collision(); },
    [&](const Expired& e) { if (e.timer == Timer::ConnectRetry) go.redial(); },
    [&](const OneOf<Start, BadMessage, Replaced> auto&) {},
    [&](const OneOf<Open, UpdateMessage, ReceivedNotification, KeepaliveMessage, RouteRefresh> auto&) {},
  }, event);
}

// No connection: listening, and waiting to dial again unless passive.
void in_active(Moves& go, const Event& event) {
  std::visit(Overloaded{
    [&](const Stop& e) { go.stop(e.cease); },
    [&](const Accepted& e) { go.take(e); },
    [&](const Expired& e) { if (e.timer == Timer::ConnectRetry) go.seek(); },
    [&](const OneOf<Start, Reset, Connected, ConnectFailed, Closed, BadMessage, CollisionLost, Replaced> auto&) {},
    [&](const OneOf<Open, UpdateMessage, ReceivedNotification, KeepaliveMessage, RouteRefresh> auto&) {},
  }, event);
}

// We said OPEN and wait for the peer's. A peer that closes here is likely still in its idle hold, hence retry().
void in_open_sent(Moves& go, const Event& event) {
  std::visit(Overloaded{
    [&](const Stop& e) { go.stop(e.cease); },
    [&](const Reset& e) { go.reset(e); },
    [&](const ConnectFailed& e) { go.retry(socket_fault(e.reason)); },
    [&](const Closed& e) { go.retry(socket_fault(e.reason)); },
    [&](const Accepted& e) { go.refuse(e.conn); },
    [&](const BadMessage& e) { go.give_up(e.notification); },
    [&](const CollisionLost&) { go.lose_collision(); },
    [&](const Expired& e) { if (e.timer == Timer::Hold) go.hold_expired(); },
    [&](const Open& e) { go.confirm(e); },
    [&](const ReceivedNotification& e) { go.peer_gave_up(e); },
    [&](const UpdateMessage&) { go.unexpected(MessageType::Update); },
    [&](const KeepaliveMessage&) { go.unexpected(MessageType::Keepalive); },
    [&](const RouteRefresh&) { go.unexpected(MessageType::RouteRefresh); },
    [&](const OneOf<Start, Connected, Replaced> auto&) {},
  }, event);
}

// Both said OPEN, and we said KEEPALIVE; the peer's KEEPALIVE is due.
void in_open_confirm(Moves& go, const Event& event) {
  std::visit(Overloaded{
    [&](const Stop& e) { go.stop(e.cease); },
    [&](const Reset& e) { go.reset(e); },
    [&](const ConnectFailed& e) { go.retry(socket_fault(e.reason)); },
    [&](const Closed& e) { go.retry(socket_fault(e.reason)); },
    [&](const Accepted& e) { go.refuse(e.conn); },
    [&](const BadMessage& e) { go.give_up(e.notification); },
    [&](const CollisionLost&) { go.lose_collision(); },
    [&](const Expired& e) {
      if (e.timer == Timer::Hold) go.hold_expired();
      if (e.timer == Timer::Keepalive) go.keepalive();
    },
    [&](const KeepaliveMessage&) { go.establish(); },
    [&](const ReceivedNotification& e) { go.peer_gave_up(e); },
    [&](const Open&) { go.unexpected(MessageType::Open); },
    [&](const UpdateMessage&) { go.unexpected(MessageType::Update); },
    [&](const RouteRefresh&) { go.unexpected(MessageType::RouteRefresh); },
    [&](const OneOf<Start, Connected, Replaced> auto&) {},
  }, event);
}

// Deviates from §8.2.2, which goes to Idle when TCP fails here: a peer whose process died comes back within seconds
// and dials us, and Active lets it in. Our own dial still waits for connect-retry.
void in_established(Moves& go, const Event& event) {
  std::visit(Overloaded{
    [&](const Stop& e) { go.stop(e.cease); },
    [&](const Reset& e) { go.reset(e); },
    [&](const ConnectFailed& e) { go.retry(socket_fault(e.reason)); },
    [&](const Closed& e) { go.retry(socket_fault(e.reason)); },
    [&](const Accepted& e) { go.refuse_for_established(e.conn); },
    [&](const BadMessage& e) { go.give_up(e.notification); },
    [&](const CollisionLost&) { go.lose_collision(); },
    [&](const Replaced&) { go.yield_to_newcomer(); },
    [&](const Expired& e) {
      if (e.timer == Timer::Hold) go.hold_expired();
      if (e.timer == Timer::Keepalive) go.keepalive();
      if (e.timer == Timer::SendHold) go.give_up(wire::send_hold_timer_expired());
    },
    [&](const OneOf<KeepaliveMessage, UpdateMessage> auto&) { go.restart_hold(); },
    [&](const RouteRefresh& e) { go.refresh(e); },
    [&](const ReceivedNotification& e) { go.peer_gave_up(e); },
    [&](const Open&) { go.unexpected(MessageType::Open); },
    [&](const OneOf<Start, Connected> auto&) {},
  }, event);
}

}  // namespace

void restart_send_hold(Session& session, const PeerConfig& config, Instant now) {
  uint16_t hold_time_s = session.negotiated->hold_time_s;
  Duration wait = hold_time_s == 0 ? kForever : send_hold_time(hold_time_s, config);
  session.timers.set(Timer::SendHold, wait == kForever ? kNever : now + wait);
}

Step step(Session& session, const Event& event, const PeerConfig& config, Environment& env) {
  Moves go{session, config, env, {}};
  switch (session.state) {
    case State::Idle: in_idle(go, event); break;
    case State::Connect: in_connect(go, event); break;
    case State::Active: in_active(go, event); break;
    case State::OpenSent: in_open_sent(go, event); break;
    case State::OpenConfirm: in_open_confirm(go, event); break;
    case State::Established: in_established(go, event); break;
  }
  return std::move(go.done);
}

}  // namespace bgp::session
