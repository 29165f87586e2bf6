// Hashes of what peers choose: addresses, prefixes, attribute sets.
//
// Unseeded, a peer could work out beforehand a hundred thousand prefixes that fall into one slot, and each of them would cost
// us as many steps. Nothing that can be seen depends on the seed: not an order, not an id.
#pragma once

#include <cstdint>

namespace bgp {

// Set once, by main(), before the first table is made.
inline uint64_t hash_seed = 0;

// Multiply and fold, in the manner of wyhash.
inline uint64_t hash_fold(uint64_t a, uint64_t b) {
  __extension__ using U128 = unsigned __int128;
  U128 product = static_cast<U128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace bgp
