// What a Peer remembers for `node peer` and says to the log. Nothing here changes what happens next.
#include <utility>

#include "bgp/base/limits.h"
#include "bgp/session/peer.h"
#include "bgp/session/peer_log.h"

namespace bgp::session {

namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace

void Peer::note(const Session& session, const Action& action, Environment& env, ActionList& out) {
  if (const auto* send = std::get_if<action::Send>(&action)) note_sent(send->message, out);
  if (std::holds_alternative<action::Up>(action)) note_up(*session.negotiated, out);
  if (const auto* down = std::get_if<action::Down>(&action)) note_down(down->fault, env.now - session.up_since, out);
}

// Our own message, so its header may be trusted.
void Peer::note_sent(const Bytes& message, ActionList& out) {
  constexpr size_t kTypeOffset = 18;
  switch (static_cast<wire::MessageType>(message[kTypeOffset])) {
    case wire::MessageType::Open: ++counters_.opens_out; break;
    case wire::MessageType::Update: ++counters_.updates_out; break;
    case wire::MessageType::Keepalive: ++counters_.keepalives_out; break;
    case wire::MessageType::RouteRefresh: ++counters_.refreshes_out; break;
    case wire::MessageType::Notification:
      ++counters_.notifications_out;
      notification_sent_ = wire::decode_notification(ByteView(message).subspan(limits::kMessageHeaderBytes));
      out.push_back(action::Log{log_notification(config_.address, "notification_sent", *notification_sent_)});
      break;
  }
}

void Peer::note_received(const Message& message, ActionList& out) {
  std::visit(Overloaded{
    [&](const wire::Open&) { ++counters_.opens_in; },
    [&](const UpdateMessage&) { ++counters_.updates_in; },
    [&](const KeepaliveMessage&) { ++counters_.keepalives_in; },
    [&](const wire::RouteRefresh&) { ++counters_.refreshes_in; },
    [&](const wire::Notification& notification) {
      ++counters_.notifications_in;
      notification_received_ = notification;
      out.push_back(action::Log{log_notification(config_.address, "notification_received", notification)});
    },
  }, message);
}

void Peer::note_up(const Negotiated& negotiated, ActionList& out) {
  last_fault_ = {};
  out.push_back(action::Log{log_session_up(config_.address, negotiated)});
  if (!negotiated.codec.families.empty()) return;
  out.push_back(action::Log{log_no_common_family(config_.address, negotiated)});
}

void Peer::note_down(const Fault& fault, Duration was_up, ActionList& out) {
  ++counters_.flaps;
  out.push_back(action::Log{log_session_down(config_.address, fault, was_up)});
}

void Peer::note_fault(Fault fault, ActionList& out) {
  if (fault.kind == Fault::Kind::Socket) out.push_back(action::Log{log_connection_failed(config_.address, fault)});
  last_fault_ = std::move(fault);
}

void Peer::note_change(State before, const Event& event, Instant now) {
  if (history_.size() == limits::kStateHistoryMax) history_.erase(history_.begin());
  history_.push_back(StateChange{now, before, state(), describe(event)});
  state_since_ = now;
}

}  // namespace bgp::session
