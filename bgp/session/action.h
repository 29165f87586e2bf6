// The vocabulary of a step: what it may use, what it may ask the speaker to do, and why sessions end.
#pragma once

#include <cstdint>
#include <string>
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
struct Down { ConnId conn; Fault fault; bool operator==(const Down&) const = default; };  // only after Up
struct RefreshRequested { Family family; bool operator==(const RefreshRequested&) const = default; };
struct Log { LogRecord record; bool operator==(const Log&) const = default; };
}  // namespace action
using Action = std::variant<action::Connect, action::Send, action::Close, action::Up, action::Down,
                            action::RefreshRequested, action::Log>;
using ActionList = std::vector<Action>;

}  // namespace bgp::session
