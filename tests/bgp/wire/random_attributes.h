// Canonical attribute sets at random, by a seed.
#pragma once

#include "bgp/base/prng.h"
#include "bgp/wire/update.h"

namespace tests::support {

using namespace bgp;
using namespace bgp::wire;

inline Bytes random_path(Prng& prng) {
  Bytes out;
  for (uint64_t segments = prng.below(4); segments > 0; --segments) {
    uint64_t count = 1 + prng.below(prng.below(10) == 0 ? 200 : 6);
    out.insert(out.end(), {static_cast<uint8_t>(1 + prng.below(2)), static_cast<uint8_t>(count)});
    for (; count > 0; --count)
      ByteWriter(out).u32(static_cast<uint32_t>(1 + prng.below(prng.below(2) != 0 ? 60000 : 4000000000)));
  }
  return out;
}

inline void maybe(Prng& prng, Bytes& out, uint8_t flags, uint8_t code, size_t size, size_t count_max) {
  if (prng.below(2) == 0) return;
  Bytes value(size * (1 + prng.below(count_max)));
  for (uint8_t& b : value) b = static_cast<uint8_t>(1 + prng.below(255));
  append_attribute(out, flags, code, value);
}

// A canonical set as an internal peer may send it.
inline Bytes random_attributes(Prng& prng) {
  Bytes out;
  append_attribute(out, 0x40, 1, Bytes{static_cast<uint8_t>(prng.below(3))});
  append_attribute(out, 0x40, 2, random_path(prng));
  maybe(prng, out, 0x80, 4, 4, 1);
  append_attribute(out, 0x40, 5, Bytes(4, static_cast<uint8_t>(prng.next())));
  if (prng.below(2) != 0) append_attribute(out, 0x40, 6, {});
  maybe(prng, out, 0xc0, 7, 8, 1);
  maybe(prng, out, 0xc0, 8, 4, 100);
  maybe(prng, out, 0x80, 9, 4, 1);
  maybe(prng, out, 0x80, 10, 4, 5);
  maybe(prng, out, 0xe0, 16, 8, 10);
  maybe(prng, out, 0xc0, 32, 12, 30);
  maybe(prng, out, 0xe0, 99, 1, 300);
  return out;
}

}  // namespace tests::support
