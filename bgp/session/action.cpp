#include "bgp/session/action.h"

namespace bgp::session {

const char* to_string(State state) {
  switch (state) {
    case State::Idle: return "Idle";
    case State::Connect: return "Connect";
    case State::Active: return "Active";
    case State::OpenSent: return "OpenSent";
    case State::OpenConfirm: return "OpenConfirm";
    case State::Established: return "Established";
  }
  return "?";
}

std::string Fault::to_string() const {
  switch (kind) {
    case Kind::None: return "";
    case Kind::NotificationSent:
    case Kind::HoldExpired: return "BGP Error: " + wire::notification_text(notification);
    case Kind::NotificationReceived: return "Received: " + wire::notification_text(notification);
    case Kind::Held: return "Error: " + socket_error;
    case Kind::Socket: return "Socket: " + socket_error;
    case Kind::Admin: return wire::notification_text(notification);
  }
  return "";
}

}  // namespace bgp::session
