// UPDATE as RFC 4271 wrote it.
//
//   | context: see harness/update.h | body of the message ...
#include "harness/update.h"

namespace fuzz {

void one(ByteView input) {
  if (input.empty()) return;
  bgp::wire::CodecContext context = context_of(input[0]);
  bgp::wire::DecodedUpdate update;
  if (decode_update(input.subspan(1), context, update)) check(update, context);
}

}  // namespace fuzz
