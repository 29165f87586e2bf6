#include "bgp/wire/notification.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "bgp/base/limits.h"
#include "bgp/wire/message_header.h"

namespace bgp::wire {
namespace {

constexpr size_t kDataBytesMax = limits::kMessageBytesMax - limits::kMessageHeaderBytes - 2;

Notification make(uint8_t code, uint8_t subcode, Bytes data = {}) { return {code, subcode, std::move(data)}; }

Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }

Bytes big_endian(uint16_t value) { return {static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)}; }

// The longest prefix of at most `max` octets that does not end inside a UTF-8 sequence.
std::string_view cut_utf8(std::string_view text, size_t max) {
  if (text.size() <= max) return text;
  size_t end = max;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

struct ErrorName {
  uint8_t code;
  uint8_t subcode;
  const char* text;
};

// BIRD's words where BIRD has any: operators search for them.
constexpr std::array kErrorNames = {
    ErrorName{1, 0, "Invalid message header"},
    ErrorName{1, 1, "Connection not synchronized"},
    ErrorName{1, 2, "Bad message length"},
    ErrorName{1, 3, "Bad message type"},
    ErrorName{2, 0, "Invalid OPEN message"},
    ErrorName{2, 1, "Unsupported version number"},
    ErrorName{2, 2, "Bad peer AS"},
    ErrorName{2, 3, "Bad BGP identifier"},
    ErrorName{2, 4, "Unsupported optional parameter"},
    ErrorName{2, 5, "Authentication failure"},
    ErrorName{2, 6, "Unacceptable hold time"},
    ErrorName{2, 7, "Required capability missing"},
    ErrorName{2, 8, "No supported AFI/SAFI"},
    ErrorName{2, 11, "Role mismatch"},
    ErrorName{3, 0, "Invalid UPDATE message"},
    ErrorName{3, 1, "Malformed attribute list"},
    ErrorName{3, 2, "Unrecognized well-known attribute"},
    ErrorName{3, 3, "Missing mandatory attribute"},
    ErrorName{3, 4, "Invalid attribute flags"},
    ErrorName{3, 5, "Invalid attribute length"},
    ErrorName{3, 6, "Invalid ORIGIN attribute"},
    ErrorName{3, 7, "AS routing loop"},
    ErrorName{3, 8, "Invalid NEXT_HOP attribute"},
    ErrorName{3, 9, "Optional attribute error"},
    ErrorName{3, 10, "Invalid network field"},
    ErrorName{3, 11, "Malformed AS_PATH"},
    ErrorName{4, 0, "Hold timer expired"},
    ErrorName{5, 0, "Finite state machine error"},
    ErrorName{5, 1, "Unexpected message in OpenSent state"},
    ErrorName{5, 2, "Unexpected message in OpenConfirm state"},
    ErrorName{5, 3, "Unexpected message in Established state"},
    ErrorName{6, 0, "Cease"},
    ErrorName{6, 1, "Maximum number of prefixes reached"},
    ErrorName{6, 2, "Administrative shutdown"},
    ErrorName{6, 3, "Peer de-configured"},
    ErrorName{6, 4, "Administrative reset"},
    ErrorName{6, 5, "Connection rejected"},
    ErrorName{6, 6, "Other configuration change"},
    ErrorName{6, 7, "Connection collision resolution"},
    ErrorName{6, 8, "Out of Resources"},
    ErrorName{6, 9, "Hard reset"},
    ErrorName{6, 10, "BFD down"},
    ErrorName{7, 0, "Invalid ROUTE-REFRESH message"},
    ErrorName{7, 1, "Invalid ROUTE-REFRESH message length"},
    ErrorName{8, 0, "Send hold timer expired"},
};

bool carries_text(uint8_t code, uint8_t subcode) {
  return code == 6 && (subcode == static_cast<uint8_t>(CeaseReason::AdministrativeShutdown) ||
                       subcode == static_cast<uint8_t>(CeaseReason::AdministrativeReset));
}

}  // namespace

Notification bad_marker() { return make(1, 1); }
Notification bad_message_length(uint16_t length) { return make(1, 2, big_endian(length)); }
Notification bad_message_type(uint8_t type) { return make(1, 3, {type}); }

Notification open_malformed() { return make(2, 0); }
Notification unsupported_version() { return make(2, 1, big_endian(4)); }
Notification bad_peer_as() { return make(2, 2); }
Notification bad_bgp_identifier() { return make(2, 3); }
Notification unsupported_optional_parameter() { return make(2, 4); }
Notification unacceptable_hold_time() { return make(2, 6); }
Notification unsupported_capability(ByteView tlvs) { return make(2, 7, to_bytes(tlvs)); }
Notification role_mismatch() { return make(2, 11); }

Notification malformed_attribute_list() { return make(3, 1); }
Notification optional_attribute_error(ByteView attribute) {
  return make(3, 9, to_bytes(attribute.first(std::min(attribute.size(), kDataBytesMax))));
}
Notification invalid_network_field() { return make(3, 10); }

Notification hold_timer_expired() { return make(4, 0); }
Notification unexpected_message(FsmErrorState state, uint8_t type) {
  return make(5, static_cast<uint8_t>(state), {type});
}
Notification send_hold_timer_expired() { return make(8, 0); }
Notification route_refresh_bad_length(ByteView message) {
  return make(7, 1, to_bytes(message.first(std::min(message.size(), kDataBytesMax))));
}

Notification cease(CeaseReason reason, std::string_view text) {
  Notification n = make(6, static_cast<uint8_t>(reason));
  std::string_view cut = cut_utf8(text, limits::kShutdownTextBytesMax);
  if (!carries_text(n.code, n.subcode) || cut.empty()) return n;
  n.data.resize(1 + cut.size());
  n.data[0] = static_cast<uint8_t>(cut.size());
  std::copy(cut.begin(), cut.end(), n.data.begin() + 1);
  return n;
}

Notification maximum_prefixes_reached(Family family, uint32_t limit) {
  Notification n = cease(CeaseReason::MaximumPrefixesReached);
  ByteWriter writer(n.data);
  writer.u16(static_cast<uint16_t>(to_afi(family)));
  writer.u8(static_cast<uint8_t>(Safi::Unicast));
  writer.u32(limit);
  return n;
}

Notification hard_reset(const Notification& cause) {
  Notification n = cease(CeaseReason::HardReset);
  n.data = {cause.code, cause.subcode};
  n.data.insert(n.data.end(), cause.data.begin(), cause.data.end());
  return n;
}

bool is_hard_reset(const Notification& notification) {
  return notification.code == 6 && notification.subcode == static_cast<uint8_t>(CeaseReason::HardReset);
}

Notification cause_of(const Notification& notification) {
  if (!is_hard_reset(notification) || notification.data.size() < 2) return notification;
  return decode_notification(notification.data);
}

std::string notification_text(const Notification& notification) {
  Notification cause = cause_of(notification);
  if (is_hard_reset(notification) && !is_hard_reset(cause)) return "Hard reset: " + notification_text(cause);
  for (const ErrorName& name : kErrorNames)
    if (name.code == notification.code && name.subcode == notification.subcode) return name.text;
  return "Unknown error " + std::to_string(notification.code) + "." + std::to_string(notification.subcode);
}

std::string shutdown_communication(const Notification& notification) {
  Notification cause = cause_of(notification);
  const Bytes& data = cause.data;
  if (!carries_text(cause.code, cause.subcode) || data.empty()) return {};
  // A length that runs past the data is a lie about all of it (RFC 9003 §4 ignores such a text; CVE-2019-16159).
  size_t length = data[0];
  if (length > data.size() - 1) return {};
  return {reinterpret_cast<const char*>(data.data()) + 1, length};
}

Bytes encode(const Notification& notification) {
  Bytes out = begin_message(MessageType::Notification);
  ByteWriter writer(out);
  writer.u8(notification.code);
  writer.u8(notification.subcode);
  writer.bytes(ByteView(notification.data).first(std::min(notification.data.size(), kDataBytesMax)));
  end_message(out);
  return out;
}

Notification decode_notification(ByteView body) {
  if (body.size() < 2) return {};
  return {body[0], body[1], to_bytes(body.subspan(2))};
}

}  // namespace bgp::wire
