#include "bgp/session/event.h"

namespace bgp::session {

namespace {

struct Describe {
  std::string operator()(const event::Start&) const { return "started"; }
  std::string operator()(const event::Stop& e) const { return "stopped: " + text(e.cease); }
  std::string operator()(const event::Reset& e) const { return "reset: " + text(e.notification); }
  std::string operator()(const event::Connected&) const { return "connected"; }
  std::string operator()(const event::ConnectFailed& e) const { return e.reason; }
  std::string operator()(const event::Accepted&) const { return "connection accepted"; }
  std::string operator()(const event::Closed& e) const { return e.reason; }
  std::string operator()(const event::BadMessage& e) const { return "bad message: " + text(e.notification); }
  std::string operator()(const event::CollisionLost&) const { return "connection collision"; }
  std::string operator()(const event::Replaced&) const { return "the peer restarted"; }
  std::string operator()(const event::Expired& e) const { return std::string(to_string(e.timer)) + " timer expired"; }
  std::string operator()(const wire::Open&) const { return "OPEN received"; }
  std::string operator()(const UpdateMessage&) const { return "UPDATE received"; }
  std::string operator()(const wire::Notification& n) const { return "NOTIFICATION received: " + text(n); }
  std::string operator()(const KeepaliveMessage&) const { return "KEEPALIVE received"; }
  std::string operator()(const wire::RouteRefresh&) const { return "ROUTE-REFRESH received"; }

  static std::string text(const wire::Notification& notification) { return wire::notification_text(notification); }
};

}  // namespace

std::string describe(const Event& event) { return std::visit(Describe{}, event); }

}  // namespace bgp::session
