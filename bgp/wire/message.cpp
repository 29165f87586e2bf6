#include "bgp/wire/message.h"

#include "bgp/base/limits.h"
#include "bgp/wire/message_header.h"

namespace bgp::wire {

void append_message_header(Bytes& out, MessageType type) {
  out.insert(out.end(), 16, 0xff);
  out.insert(out.end(), {0, 0, static_cast<uint8_t>(type)});
}

Bytes begin_message(MessageType type) {
  Bytes out;
  append_message_header(out, type);
  return out;
}

void end_message(Bytes& out, size_t begin) {
  size_t length = out.size() - begin;
  BGP_ASSERT(length <= limits::kExtendedMessageBytesMax);
  ByteWriter(out).patch_u16(begin + 16, length);
}

Bytes encode_keepalive() {
  Bytes out = begin_message(MessageType::Keepalive);
  end_message(out);
  return out;
}

// ROUTE-REFRESH, RFC 2918 §3; the third octet is the subtype since RFC 7313.
//   +----------------+---------+--------+
//   | AFI u16        | subtype | SAFI   |
//   +----------------+---------+--------+
Bytes encode(const RouteRefresh& refresh) {
  Bytes out = begin_message(MessageType::RouteRefresh);
  ByteWriter writer(out);
  writer.u16(refresh.afi);
  writer.u8(refresh.subtype);
  writer.u8(refresh.safi);
  end_message(out);
  return out;
}

Result<RouteRefresh, Notification> decode_route_refresh(ByteView body) {
  ByteReader reader(body);
  RouteRefresh refresh;
  refresh.afi = reader.u16();
  refresh.subtype = reader.u8();
  refresh.safi = reader.u8();
  if (body.size() == 4) return refresh;
  // RFC 7313 §5 answers 7/1 to a BoRR or EoRR alone. A request of another length carries an ORF (RFC 5291), which we
  // never negotiate, or is cut: a message of the wrong length.
  bool marks_refresh = body.size() >= 3 && (body[2] == 1 || body[2] == 2);
  if (!marks_refresh) return Err(bad_message_length(static_cast<uint16_t>(limits::kMessageHeaderBytes + body.size())));
  Bytes whole = begin_message(MessageType::RouteRefresh);
  whole.insert(whole.end(), body.begin(), body.end());
  end_message(whole);
  return Err(route_refresh_bad_length(whole));
}

}  // namespace bgp::wire
