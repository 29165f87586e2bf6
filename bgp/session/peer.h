// A configured peer: its state machine (RFC 4271 §8) over at most two TCP connections, as a pure value machine.
//
// Who calls: bgp/speaker, with what happened (a connection, a message, a deadline). What comes back: actions, in order,
// which the speaker carries out. No clock, no socket, no chance but what Environment brings.
// Invariants: at most one connection is Established; at most two exist; a Peer never acts on a ConnId that is not its.
// RFCs: 4271 §8 and §6.8, 6286 (collision tie), 6608, 4486, 9003, 5492, 9687 (send hold).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bgp/session/action.h"
#include "bgp/session/event.h"
#include "bgp/session/fsm.h"
#include "bgp/session/peer_config.h"

namespace bgp::session {

// A line of the peer's biography, for `node peer`.
struct StateChange {
  Instant at;
  State from;
  State to;
  std::string reason;
};

struct Counters {
  uint64_t opens_in = 0, opens_out = 0, updates_in = 0, updates_out = 0, keepalives_in = 0, keepalives_out = 0;
  uint64_t notifications_in = 0, notifications_out = 0, refreshes_in = 0, refreshes_out = 0;
  uint64_t flaps = 0;  // times the session left Established
  uint64_t connections_refused = 0;  // of those that this peer opened: stopped, idle hold, Established, or two already
  bool operator==(const Counters&) const = default;
};

class Peer {
 public:
  explicit Peer(PeerConfig config);

  const PeerConfig& config() const { return config_; }

  // Begins: dials at once unless passive. A started peer tries for ever. One that is held stays Idle.
  ActionList start(Environment& env);
  // Ends whatever is open with this Cease and stays Idle until start().
  ActionList stop(const wire::Notification& cease, Environment& env);
  // Ends whatever is open with this NOTIFICATION and tries again after `wait`, without one after the idle-hold time
  // (administrative reset, maximum prefixes, send hold, out of resources). kForever: not before it is reconfigured.
  ActionList reset(const wire::Notification& notification, Environment& env, std::optional<Duration> wait = {});
  // Adds to the last fault what the rim found out about it. False when it says so already, or is not about a socket.
  bool explain(const std::string& hint);
  // Takes over a configuration that does not need a reset (see needs_reset).
  void reconfigure_live(const PeerConfig& config);

  // ---- what happened to a connection that an action::Connect asked for, or that accepted() took -----------------
  ActionList connected(ConnId conn, const IpAddress& local_address, Environment& env);
  ActionList connect_failed(ConnId conn, std::string reason, Environment& env);
  // A connection from this peer's address. It is Closed at once where §8 says so (stopped, idle hold, two already).
  ActionList accepted(ConnId conn, const IpAddress& local_address, Environment& env);
  ActionList closed(ConnId conn, std::string reason, Environment& env);
  ActionList received(ConnId conn, const Message& message, Environment& env);
  // The framer or a decoder found `notification` in what came over conn.
  ActionList bad_message(ConnId conn, const wire::Notification& notification, Environment& env);
  // Carries out every timer whose deadline is not after env.now.
  ActionList expire(Environment& env);

  // The earliest deadline; kNever when nothing runs. Cost: O(1).
  Instant next_deadline() const;
  // Bytes of a whole message came over an Established connection: restarts the hold timer. Cost: O(1), no action.
  void heard(ConnId conn, Instant now);
  // The socket took bytes: restarts the send-hold timer (RFC 9687).
  void wrote(ConnId conn, Instant now);
  // True when conn is the Established one: the speaker's fast path for UPDATEs.
  bool is_established(ConnId conn) const;

  // ---- what status shows ---------------------------------------------------------------------------------------
  State state() const;  // of the connection that is furthest
  Instant state_since() const { return state_since_; }
  bool is_started() const { return started_; }
  // The established connection, or nullopt.
  std::optional<ConnId> connection() const;
  // Requires state() == Established.
  const Negotiated& negotiated() const;
  const Fault& last_fault() const { return last_fault_; }  // kind None after a session came up
  const std::optional<wire::Notification>& last_notification_sent() const { return notification_sent_; }
  const std::optional<wire::Notification>& last_notification_received() const { return notification_received_; }
  const std::vector<StateChange>& history() const { return history_; }  // newest last, at most limits::kStateHistoryMax
  Counters& counters() { return counters_; }
  const Counters& counters() const { return counters_; }

 private:
  Session* find(ConnId conn);
  void run(Session& session, const Event& event, Environment& env, ActionList& out);
  ActionList run_on(ConnId conn, const Event& event, Environment& env);
  ActionList run_on_all(const Event& event, Environment& env);
  ActionList open_received(ConnId conn, const wire::Open& open, Environment& env);
  void settle();
  // peer_notes.cpp: what is counted, logged and remembered of a step; none of it changes what happens next.
  void note(const Session& session, const Action& action, Environment& env, ActionList& out);
  void note_sent(const Bytes& message, ActionList& out);
  void note_received(const Message& message, ActionList& out);
  void note_up(const Negotiated& negotiated, ActionList& out);
  void note_down(const Fault& fault, Duration was_up, ActionList& out);
  void note_fault(Fault fault, ActionList& out);
  void note_change(State before, const Event& event, Instant now);

  PeerConfig config_;
  bool started_ = false;
  // The first session dials, waits and counts errors. The second exists only while it has a connection of its own, and
  // takes the place of the first when that has lost its one.
  Session first_;
  std::optional<Session> second_;

  Instant state_since_;
  Fault last_fault_;
  std::optional<wire::Notification> notification_sent_;
  std::optional<wire::Notification> notification_received_;
  std::vector<StateChange> history_;
  Counters counters_;
};

// True when a change from one configuration to the other can only be had by a new session.
bool needs_reset(const PeerConfig& from, const PeerConfig& to);
// What of it, in a word or two for the log; never a value. "" when nothing needs a reset.
const char* reset_reason(const PeerConfig& from, const PeerConfig& to);

}  // namespace bgp::session
