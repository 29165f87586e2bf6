// UPDATE with MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760). The lengths around the attributes are made here, so that
// mutations reach what is inside; the object is used twice, as the speaker uses it for message after message.
//
//   | context: see harness/update.h | length of the first's attributes u8 | attributes ... | attributes of the second ...
#include "harness/update.h"

namespace fuzz {
namespace {

void decode(ByteView attributes, const bgp::wire::CodecContext& context, bgp::wire::DecodedUpdate& update) {
  Bytes body;
  bgp::ByteWriter writer(body);
  writer.u16(0);
  writer.u16(static_cast<uint16_t>(attributes.size()));
  writer.bytes(attributes);
  if (decode_update(body, context, update)) check(update, context);
}

}  // namespace

void one(ByteView input) {
  ByteReader reader(input);
  bgp::wire::CodecContext context = context_of(reader.u8());
  ByteView first = reader.take(reader.u8());
  if (reader.failed()) return;
  ByteView second = reader.take_rest();
  if (second.size() > 65000) return;
  bgp::wire::DecodedUpdate update;
  decode(first, context, update);
  decode(second, context, update);
}

}  // namespace fuzz
