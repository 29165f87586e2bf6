// The framer: however a stream is cut, the same messages come out of it, and then the same error.
//
//   | flags: 1 = extended messages | size of the pieces | stream ...
#include "bgp/wire/message.h"
#include "harness/harness.h"

namespace fuzz {
namespace {

using namespace bgp::wire;

struct Cut {
  std::vector<Bytes> messages;
  std::optional<Notification> error;
  bool operator==(const Cut&) const = default;
};

void drain(Framer& framer, size_t bytes_max, Cut& out) {
  while (std::optional<Frame> frame = framer.next()) {
    BGP_ASSERT(frame->whole.size() >= 19 && frame->whole.size() <= bytes_max);
    BGP_ASSERT(frame->body.size() + 19 == frame->whole.size());
    BGP_ASSERT(static_cast<uint8_t>(frame->type) == frame->whole[18]);
    out.messages.emplace_back(frame->whole.begin(), frame->whole.end());
  }
  out.error = framer.error();
}

Cut cut(ByteView stream, size_t piece, bool extended) {
  Framer framer;
  if (extended) framer.allow_extended_messages();
  Cut out;
  for (size_t at = 0; at < stream.size(); at += piece) {
    framer.feed(stream.subspan(at, std::min(piece, stream.size() - at)));
    drain(framer, extended ? 65535 : 4096, out);
  }
  return out;
}

}  // namespace

void one(ByteView input) {
  ByteReader reader(input);
  bool extended = (reader.u8() & 1) != 0;
  size_t piece = size_t{reader.u8()} + 1;
  ByteView stream = reader.take_rest();
  BGP_ASSERT(cut(stream, piece, extended) == cut(stream, std::max<size_t>(stream.size(), 1), extended));
}

}  // namespace fuzz
