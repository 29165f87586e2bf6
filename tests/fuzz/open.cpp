// OPEN: what was read can be written, and reads the same again; the words about it are inert.
#include "bgp/wire/message.h"
#include "harness/harness.h"

namespace fuzz {

using namespace bgp::wire;

void one(ByteView input) {
  bgp::Result<Open, Notification> open = decode_open(input);
  if (!open) {
    BGP_ASSERT(open.error().code == 2);
    return;
  }
  for (const std::string& line : describe(open->capabilities)) BGP_ASSERT(is_inert(line));
  open->capabilities.other_families.clear();  // received only
  Bytes again = encode(*open);
  bgp::Result<Open, Notification> second = decode_open(ByteView(again).subspan(19));
  BGP_ASSERT(second.ok());
  BGP_ASSERT(encode(*second) == again);
}

}  // namespace fuzz
