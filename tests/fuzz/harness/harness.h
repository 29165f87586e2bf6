// What a fuzz target says: `void fuzz::one(ByteView input)`, which must not crash, leak, break an invariant (BGP_ASSERT)
// or take long, whatever the input. The harness measures the last.
#pragma once

#include <string>
#include <string_view>

#include "bgp/base/assert.h"
#include "bgp/base/bytes.h"

namespace fuzz {

using bgp::ByteReader;
using bgp::Bytes;
using bgp::ByteView;

void one(ByteView input);

inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// One line that a terminal and a log can take: what every text of ours must be that quotes others.
inline bool is_inert(std::string_view text) {
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return true;
}

}  // namespace fuzz
