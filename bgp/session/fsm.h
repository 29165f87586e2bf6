// The state machine of RFC 4271 §8.2.2 for ONE connection, as values: step(session, event) -> actions.
//
// `step` is total: every state x event has a row, and tests/golden/fsm.txt shows them all. It reads no clock and opens
// no socket. A Peer drives at most two of these; which of them survives is collision.h's business, not the machine's.
//
//            start/idle-hold         connected            OPEN              KEEPALIVE
//     Idle ------------------> Connect -------> OpenSent ------> OpenConfirm ---------> Established
//      ^                        |   ^              ^                                          |
//      |                 failed v   | retry        | accepted                                 |
//      |                       Active -------------+      TCP closed, clean Cease received    |
//      |                         ^------------------------------------------------------------+
//      +---- any NOTIFICATION sent, any other received (idle-hold, doubling) -----------------+
#pragma once

#include <optional>

#include "bgp/session/action.h"
#include "bgp/session/event.h"
#include "bgp/session/peer_config.h"
#include "bgp/session/timers.h"

namespace bgp::session {

struct Session {
  State state = State::Idle;
  std::optional<ConnId> conn;  // set from Connect on, except in Active
  bool opened_by_peer = false;
  IpAddress local_address;
  std::optional<wire::Open> our_open;    // as sent; from OpenSent on
  std::optional<Negotiated> negotiated;  // from OpenConfirm on
  Instant up_since;                      // in Established
  Timers timers;
  Backoff backoff;

  // Where a session starts that is to take a connection from the peer.
  static Session listening() {
    Session session;
    session.state = State::Active;
    return session;
  }
};

// Requires Established. Off without a hold time (RFC 9687 §3.3): nothing is sent regularly, so silence proves nothing.
void restart_send_hold(Session& session, const PeerConfig& config, Instant now);

struct Step {
  ActionList actions;
  std::optional<Fault> fault;  // why a connection or an attempt ended, if it did
};

// Requires: an event that concerns a connection is about session.conn (the Peer sees to it), except Accepted.
Step step(Session& session, const Event& event, const PeerConfig& config, Environment& env);

}  // namespace bgp::session
