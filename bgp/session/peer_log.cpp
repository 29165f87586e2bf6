#include "bgp/session/peer_log.h"

namespace bgp::session {

namespace {

std::string families_text(FamilySet families) {
  if (families == FamilySet::both()) return "ipv4,ipv6";
  if (families.has(Family::IPv4)) return "ipv4";
  return families.has(Family::IPv6) ? "ipv6" : "none";
}

std::string seconds_text(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

}  // namespace

LogRecord log_session_up(const IpAddress& peer, const Negotiated& negotiated) {
  return {LogLevel::Info, "session_up", peer.to_string(),
          {{"as", negotiated.codec.peer_as.to_string()},
           {"id", negotiated.peer_open.identifier.to_string()},
           {"local", negotiated.local_address.to_string()},
           {"hold", std::to_string(negotiated.hold_time_s)},
           {"families", families_text(negotiated.codec.families)}}};
}

LogRecord log_no_common_family(const IpAddress& peer, const Negotiated& negotiated) {
  return {LogLevel::Warn, "no_common_family", peer.to_string(),
          {{"peer_offers", families_text(negotiated.peer_open.capabilities.multiprotocol)},
           {"effect", "the session carries no routes"}}};
}

LogRecord log_session_down(const IpAddress& peer, const Fault& fault, Duration was_up) {
  return {LogLevel::Info, "session_down", peer.to_string(),
          {{"reason", fault.to_string()}, {"up_s", seconds_text(was_up)}}};
}

LogRecord log_notification(const IpAddress& peer, const char* event, const wire::Notification& notification) {
  LogRecord record{LogLevel::Info, event, peer.to_string(),
                   {{"code", std::to_string(notification.code)},
                    {"subcode", std::to_string(notification.subcode)},
                    {"text", wire::notification_text(notification)}}};
  std::string communication = wire::shutdown_communication(notification);
  if (!communication.empty()) record.fields.emplace_back("communication", communication);
  return record;
}

LogRecord log_connection_failed(const IpAddress& peer, const Fault& fault) {
  return {LogLevel::Debug, "connection_failed", peer.to_string(), {{"reason", fault.to_string()}}};
}

LogRecord log_connection_refused(const IpAddress& peer, State state) {
  return {LogLevel::Debug, "connection_refused", peer.to_string(), {{"state", to_string(state)}}};
}

}  // namespace bgp::session
