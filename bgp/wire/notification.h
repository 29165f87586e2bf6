// NOTIFICATION: why a session ends (RFC 4271 §4.5, §6). A Notification is a value that travels: the decoder makes
// it, the state machine sends it, the status shows it.
#pragma once

#include <cstdint>
#include <string>

#include "bgp/base/bytes.h"
#include "bgp/base/numbers.h"
#include "bgp/base/result.h"

namespace bgp::wire {

struct Notification {
  uint8_t code = 0;
  uint8_t subcode = 0;
  Bytes data;

  bool operator==(const Notification&) const = default;
};

// ---- one maker per row of the table in bgp/wire/README.md -------------------------------------------------------
Notification bad_marker();                                   // 1/1
Notification bad_message_length(uint16_t length);            // 1/2, data: the length field
Notification bad_message_type(uint8_t type);                 // 1/3, data: the type
Notification open_malformed();                               // 2/0
Notification unsupported_version();                          // 2/1, data: 4
Notification bad_peer_as();                                  // 2/2
Notification bad_bgp_identifier();                           // 2/3
Notification unsupported_optional_parameter();               // 2/4
Notification unacceptable_hold_time();                       // 2/6
Notification unsupported_capability(ByteView tlvs);          // 2/7, data: what we asked for (RFC 5492 §3)
Notification role_mismatch();                                // 2/11 (RFC 9234)
Notification malformed_attribute_list();                     // 3/1
Notification optional_attribute_error(ByteView attribute);   // 3/9, data: the attribute
Notification invalid_network_field();                        // 3/10
Notification hold_timer_expired();                           // 4/0
enum class FsmErrorState : uint8_t { OpenSent = 1, OpenConfirm = 2, Established = 3 };
Notification unexpected_message(FsmErrorState state, uint8_t type);  // 5/1..3 (RFC 6608)
Notification send_hold_timer_expired();                      // 8/0 (RFC 9687)
Notification route_refresh_bad_length(ByteView message);     // 7/1 (RFC 7313)

// Cease subcodes (RFC 4486, 8538, 9384).
enum class CeaseReason : uint8_t {
  MaximumPrefixesReached = 1, AdministrativeShutdown = 2, PeerDeconfigured = 3, AdministrativeReset = 4,
  ConnectionRejected = 5, OtherConfigurationChange = 6, ConnectionCollisionResolution = 7, OutOfResources = 8,
  HardReset = 9, BfdDown = 10,
};
// `text` goes with AdministrativeShutdown and AdministrativeReset alone (RFC 9003): cut at a UTF-8 boundary to 255.
Notification cease(CeaseReason reason, std::string_view text = {});
Notification maximum_prefixes_reached(Family family, uint32_t limit);  // 6/1, data: AFI, SAFI, limit (RFC 4486 §4)

// RFC 8538 §3: 6/9 around `cause`, which ends a graceful restart before it begins.
Notification hard_reset(const Notification& cause);
bool is_hard_reset(const Notification& notification);
// What a hard reset is about; any other notification is about itself.
Notification cause_of(const Notification& notification);

// "Hold timer expired", "Bad peer AS", "Hard reset: Peer de-configured", ...: BIRD's words, because people search for them; unknown codes as
// "Unknown error 7.3". Never shows peer-supplied bytes.
std::string notification_text(const Notification& notification);
// The communication of a Cease/2 or /4 (RFC 9003), also of one inside a hard reset, as received: hostile text, for whoever shows it to escape (log.h and
// the control socket do). Empty if there is none.
std::string shutdown_communication(const Notification& notification);

// The whole message, header included.
Bytes encode(const Notification& notification);
// The body of a received one. Never an error that is answered (RFC 4271 §6.4): short bodies read as 0/0.
Notification decode_notification(ByteView body);

}  // namespace bgp::wire
