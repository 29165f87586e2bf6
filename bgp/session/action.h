// The vocabulary of a step: what it may use, what it may ask the speaker to do, and why sessions end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bgp/base/log.h"
#include "bgp/base/prng.h"
#include "bgp/base/time.h"
#include "bgp/wire/message.h"

namespace bgp::session {

enum class State : uint8_t { Idle, Connect, Active, OpenSent, OpenConfirm, Established };
const char* to_string(State state);

struct ConnIdSource {
  uint32_t next = 1;
  ConnId take() { return ConnId{next++}; }
};

// What an OPEN of ours says beyond the peer's configuration: facts of the whole speaker.
struct OpenFacts {
  bool restarting = false;           // R (RFC 4724 §3): we came up with routes of an earlier life, and have not converged
  FamilySet forwarding;              // F: families whose routes stayed, or are, in the FIB
  std::string_view software = {};    // capability 75, where the configuration wants it; outlives the Environment
};

// What a step may ask of the world, all of it passed in.
struct Environment {
  Instant now;
  Prng& prng;
  ConnIdSource& conn_ids;
  OpenFacts open = {};
};

// What becomes of this peer's routes when the session is lost: our side as the receiving speaker (RFC 4724 §4.2, with
// RFC 8538 and 9494). What the peer does with our routes is its own business.
struct GracefulRestart {
  bool negotiated = false;     // both sides sent capability 64
  FamilySet families;          // of the session, and the peer forwards on while it restarts: their routes stay as stale
  uint16_t restart_time_s = 0; // the peer's; of waiting for the next session
  bool peer_restarting = false;  // R in the peer's OPEN: it waits for our End-of-RIB, not we for its
  FamilySet peer_forwarding;   // F in the peer's OPEN; a stale family without it is dropped at once
  bool notification = false;   // N from both sides: a NOTIFICATION does not end it, unless it is a hard reset
  FamilySet long_lived;        // both sides sent capability 71 for these, and 64
  uint32_t long_lived_stale_s_v4 = 0;  // the smaller of what the peer asks for and what we are configured with
  uint32_t long_lived_stale_s_v6 = 0;

  bool operator==(const GracefulRestart&) const = default;
};

// What both sides agreed on; fixed while a session is Established.
struct Negotiated {
  wire::CodecContext codec;
  uint16_t hold_time_s = 0;  // the smaller of both offers; 0 = off
  wire::Open our_open;       // as sent
  wire::Open peer_open;
  IpAddress local_address;   // of the TCP connection
  bool enhanced_refresh = false;  // both sides sent capability 70 (RFC 7313)
  GracefulRestart graceful;
  bool operator==(const Negotiated&) const = default;
};

// Why a session that was Established is no more, or why an attempt came to nothing.
struct Fault {
  enum class Kind : uint8_t { None, NotificationSent, NotificationReceived, Socket, Admin, HoldExpired, Held };
  Kind kind = Kind::None;
  wire::Notification notification;  // of every kind but None, Socket and Held
  std::string socket_error;         // "Connection refused", "Connection closed", ...; of Held: PeerConfig::held
  // As BIRD says it in the last column of `show protocols`: "Received: Bad peer AS", "Socket: Connection refused",
  // "BGP Error: Hold timer expired". Empty for None; for Admin the text of the Cease alone.
  std::string to_string() const;
  bool operator==(const Fault&) const = default;
};

namespace action {
struct Connect { ConnId conn; bool operator==(const Connect&) const = default; };
struct Send { ConnId conn; Bytes message; bool operator==(const Send&) const = default; };
// What was Sent before is still delivered, if the socket takes it.
struct Close { ConnId conn; bool operator==(const Close&) const = default; };
struct Up { ConnId conn; bool operator==(const Up&) const = default; };  // negotiated() is set
// Only after Up. keeps_routes: graceful restart covers this end, so that the routes of graceful.families stay as stale.
struct Down {
  ConnId conn;
  Fault fault;
  bool keeps_routes = false;
  GracefulRestart graceful = {};  // as it was negotiated
  bool operator==(const Down&) const = default;
};
struct RefreshRequested { Family family; bool operator==(const RefreshRequested&) const = default; };
// RFC 7313 §4: BoRR, and EoRR.
struct RefreshMarked {
  Family family;
  bool is_end = false;
  bool operator==(const RefreshMarked&) const = default;
};
struct Log { LogRecord record; bool operator==(const Log&) const = default; };
}  // namespace action
using Action = std::variant<action::Connect, action::Send, action::Close, action::Up, action::Down,
                            action::RefreshRequested, action::RefreshMarked, action::Log>;
using ActionList = std::vector<Action>;

}  // namespace bgp::session
