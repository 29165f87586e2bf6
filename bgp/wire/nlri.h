// NLRI fields (RFC 4271 §4.3, RFC 7911 §3): [path identifier u32] | length in bits | (length + 7) / 8 octets | ...
#pragma once

#include "bgp/base/bytes.h"

namespace bgp::wire {

// Every entry is whole and no longer than the family's address; what NlriField requires. An empty field is valid.
bool is_valid_nlri(ByteView field, uint8_t bits_max, bool with_path_ids);

}  // namespace bgp::wire
