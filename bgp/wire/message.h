// The five message types and their frame. bgp/wire is floor 1: bytes in, values out, nothing remembered.
//
//   +----------------+----------------+------+----------------
//   | marker 16 x ff | length u16     | type | body            RFC 4271 §4.1
//   +----------------+----------------+------+----------------
//
// Who calls this room: bgp/session (OPEN, NOTIFICATION, KEEPALIVE), bgp/speaker (framer, UPDATE in), bgp/rib (UPDATE
// out), bgp/policy (attribute edits). Start reading at update.h, which holds the idea of the room: an attribute set is
// its canonical bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "bgp/wire/context.h"
#include "bgp/wire/notification.h"
#include "bgp/wire/open.h"

namespace bgp::wire {

enum class MessageType : uint8_t { Open = 1, Update = 2, Notification = 3, Keepalive = 4, RouteRefresh = 5 };

// ROUTE-REFRESH, RFC 2918; subtype by RFC 7313 (0 request, 1 BoRR, 2 EoRR).
struct RouteRefresh {
  uint16_t afi = 1;
  uint8_t subtype = 0;
  uint8_t safi = 1;
  bool operator==(const RouteRefresh&) const = default;
};
inline constexpr uint8_t kBeginOfRefresh = 1, kEndOfRefresh = 2;
inline RouteRefresh begin_of_refresh(Family family) { return {static_cast<uint16_t>(to_afi(family)), kBeginOfRefresh, 1}; }
inline RouteRefresh end_of_refresh(Family family) { return {static_cast<uint16_t>(to_afi(family)), kEndOfRefresh, 1}; }
Bytes encode(const RouteRefresh& refresh);
Result<RouteRefresh, Notification> decode_route_refresh(ByteView body);  // length other than 4: see RFC 7313 §5

Bytes encode_keepalive();

// One message, framed and length-checked, not yet decoded. Views into the framer or the chunk.
struct Frame {
  MessageType type;
  ByteView body;   // without the header
  ByteView whole;  // with it
};

// Cuts a byte stream into frames, however TCP cut it. Holds at most one unfinished message; whole messages are framed
// in place, without a copy.
class Framer {
 public:
  // `chunk` must stay valid until next() returned nullopt (or an error).
  void feed(ByteView chunk);
  // The next whole message; nullopt when more bytes are needed or after an error. The views live until the next call.
  std::optional<Frame> next();
  // Marker, length or type was wrong (1/1, 1/2, 1/3): the stream cannot be resynchronised, and next() stays nullopt.
  const std::optional<Notification>& error() const { return error_; }
  // From OPEN onwards (RFC 8654): 4096 until both sides agreed to 65535. OPEN and KEEPALIVE stay at 4096.
  void allow_extended_messages() { max_bytes_ = 65535; }

 private:
  std::optional<Frame> frame_at_front(ByteView bytes, size_t& used);
  std::optional<Frame> next_across_chunks();
  void complete_partial(size_t size);
  void keep_rest();

  Bytes partial_;        // the beginning of a message whose end has not come
  ByteView rest_;        // what is left of the chunk
  size_t max_bytes_ = 4096;
  bool partial_is_done_ = false;
  std::optional<Notification> error_;
};

}  // namespace bgp::wire
