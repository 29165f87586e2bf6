// What can happen to one connection, and the messages that the state machine itself looks at. The numbers in the
// comments are the events of RFC 4271 §8.1.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "bgp/session/timers.h"
#include "bgp/wire/message.h"

namespace bgp::session {

// An UPDATE in Established never comes here: see Peer::heard().
struct UpdateMessage { bool operator==(const UpdateMessage&) const = default; };
struct KeepaliveMessage { bool operator==(const KeepaliveMessage&) const = default; };
using Message = std::variant<wire::Open, UpdateMessage, wire::Notification, KeepaliveMessage, wire::RouteRefresh>;

namespace event {
struct Start {};                                                    // 1, 3, 4, 5, 6, 7
struct Stop { wire::Notification cease; };                          // 2: stays Idle
// 8: tries again after `wait`, or when none is given after the idle hold; kForever: only when the configuration changes.
struct Reset { wire::Notification notification; std::optional<Duration> wait = {}; };
struct Connected { IpAddress local_address; };                      // 16: our dial was answered
struct ConnectFailed { std::string reason; };                       // 18, of a dial
struct Accepted { ConnId conn; IpAddress local_address; };          // 17: the peer dialled us
struct Closed { std::string reason; };                              // 18, of a connection
struct BadMessage { wire::Notification notification; };             // 21, 22, 28: what the decoder found
struct CollisionLost {};                                            // 23
struct Replaced {};                                                 // RFC 4724 §4.2: the peer restarted, and is back
struct Expired { Timer timer; };                                    // 9, 10, 11, 13; RFC 9687: 29
}  // namespace event

using Event = std::variant<event::Start, event::Stop, event::Reset, event::Connected, event::ConnectFailed,
                           event::Accepted, event::Closed, event::BadMessage, event::CollisionLost, event::Replaced,
                           event::Expired, wire::Open, UpdateMessage, wire::Notification, KeepaliveMessage, wire::RouteRefresh>;

// "OPEN received", "hold timer expired", ...: the reason in a peer's history. Socket errors as the rim said them.
std::string describe(const Event& event);

}  // namespace bgp::session
