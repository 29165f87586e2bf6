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
#include <variant>
#include <vector>

#include "bgp/base/log.h"
#include "bgp/base/prng.h"
#include "bgp/base/time.h"
#include "bgp/session/peer_config.h"
#include "bgp/wire/message.h"

namespace bgp::session {

enum class State : uint8_t { Idle, Connect, Active, OpenSent, OpenConfirm, Established };
const char* to_string(State state);

struct ConnIdSource {
  uint32_t next = 1;
  ConnId take() { return ConnId{next++}; }
};

// What a step may ask of the world, all of it passed in.
struct Environment {
  Instant now;
  Prng& prng;
  ConnIdSource& conn_ids;
};

// What both sides agreed on; fixed while a session is Established.
struct Negotiated {
  wire::CodecContext codec;
  uint16_t hold_time_s = 0;  // the smaller of both offers; 0 = off
  wire::Open peer_open;
  IpAddress local_address;   // of the TCP connection
  bool operator==(const Negotiated&) const = default;
};

// Why a session that was Established is no more, or why an attempt came to nothing.
struct Fault {
  enum class Kind : uint8_t { None, NotificationSent, NotificationReceived, Socket, Admin, HoldExpired };
  Kind kind = Kind::None;
  wire::Notification notification;  // for the first two
  std::string socket_error;         // "Connection refused", "Connection closed", ...
  // As BIRD says it in the last column of `show protocols`: "Received: Bad peer AS", "Socket: Connection refused",
  // "BGP Error: Hold timer expired". Empty for None.
  std::string to_string() const;
  bool operator==(const Fault&) const = default;
};

namespace action {
struct Connect { ConnId conn; bool operator==(const Connect&) const = default; };
struct Send { ConnId conn; Bytes message; bool operator==(const Send&) const = default; };
// What was Sent before is still delivered, if the socket takes it.
struct Close { ConnId conn; bool operator==(const Close&) const = default; };
struct Up { ConnId conn; bool operator==(const Up&) const = default; };  // negotiated() is set
struct Down { ConnId conn; Fault fault; bool operator==(const Down&) const = default; };  // only after Up
struct RefreshRequested { Family family; bool operator==(const RefreshRequested&) const = default; };
struct Log { LogRecord record; bool operator==(const Log&) const = default; };
}  // namespace action
using Action = std::variant<action::Connect, action::Send, action::Close, action::Up, action::Down,
                            action::RefreshRequested, action::Log>;
using ActionList = std::vector<Action>;

// The messages that the state machine itself looks at. An UPDATE in Established never comes here: see heard().
struct UpdateMessage { bool operator==(const UpdateMessage&) const = default; };
struct KeepaliveMessage { bool operator==(const KeepaliveMessage&) const = default; };
using Message = std::variant<wire::Open, UpdateMessage, wire::Notification, KeepaliveMessage, wire::RouteRefresh>;

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
  bool operator==(const Counters&) const = default;
};

class Peer {
 public:
  explicit Peer(PeerConfig config);

  const PeerConfig& config() const;

  // Begins: dials at once unless passive. A started peer tries for ever.
  ActionList start(Environment& env);
  // Ends whatever is open with this Cease and stays Idle until start().
  ActionList stop(const wire::Notification& cease, Environment& env);
  // Ends whatever is open with this NOTIFICATION and tries again after the idle-hold time (administrative reset,
  // maximum prefixes, send hold, out of resources).
  ActionList reset(const wire::Notification& notification, Environment& env);
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
  Instant state_since() const;
  bool is_started() const;
  // The established connection, or nullopt.
  std::optional<ConnId> connection() const;
  // Requires state() == Established.
  const Negotiated& negotiated() const;
  const Fault& last_fault() const;  // kind None after a session came up
  const std::optional<wire::Notification>& last_notification_sent() const;
  const std::optional<wire::Notification>& last_notification_received() const;
  const std::vector<StateChange>& history() const;  // newest last, at most limits::kStateHistoryMax
  Counters& counters();
  const Counters& counters() const;
};

// True when a change from one configuration to the other can only be had by a new session.
bool needs_reset(const PeerConfig& from, const PeerConfig& to);

}  // namespace bgp::session
