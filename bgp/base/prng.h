// Chance is an argument too: a seed replays a run. SplitMix64 (Steele, Lea, Flood 2014): small, and good enough for
// jitter; not for secrets.
#pragma once

#include <cstdint>

namespace bgp {

class Prng {
 public:
  explicit Prng(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
  }
  // Uniform in [0, bound); bound > 0. The bias is below 2^-32 for the bounds used here.
  uint64_t below(uint64_t bound) { return next() % bound; }
  // Uniform in [low, high].
  double between(double low, double high) { return low + (high - low) * static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  uint64_t state_;
};

}  // namespace bgp
