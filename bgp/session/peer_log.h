// The log records of this room, one maker each. Operators grep for these events; tests pin them. Private to the room.
#pragma once

#include "bgp/base/log.h"
#include "bgp/session/action.h"

namespace bgp::session {

LogRecord log_session_up(const IpAddress& peer, const Negotiated& negotiated);         // info
LogRecord log_no_common_family(const IpAddress& peer, const Negotiated& negotiated);   // warn
LogRecord log_session_down(const IpAddress& peer, const Fault& fault, Duration was_up);  // info
LogRecord log_notification(const IpAddress& peer, const char* event, const wire::Notification& notification);  // info
LogRecord log_connection_failed(const IpAddress& peer, const Fault& fault);            // debug
LogRecord log_connection_refused(const IpAddress& peer, State state);                  // debug

}  // namespace bgp::session
