#include "tests/bench/load/universe.h"

#include <unordered_set>

#include "bgp/base/prng.h"

namespace bench {

namespace {

constexpr size_t kRoutesPerSlash16 = 24;

bool is_usable(uint32_t slash16) {
  const uint32_t first = slash16 >> 8;
  return first >= 11 && first <= 223 && first != 100 && first != 127 && first != 169 && first != 172 && first != 192 &&
         first != 198 && first != 203;
}

uint8_t draw_length(bgp::Prng& random) {
  static constexpr struct { unsigned percent; uint8_t length; } kMix[] = {
      {60, 24}, {10, 22}, {10, 23}, {5, 21}, {5, 20}, {4, 19}, {2, 18}, {2, 17}, {2, 16}};
  auto left = static_cast<int>(random.below(100));
  for (const auto& [percent, length] : kMix) {
    left -= static_cast<int>(percent);
    if (left < 0) return length;
  }
  return 24;
}

uint32_t draw_asn(bgp::Prng& random) {
  return static_cast<uint32_t>(random.below(4) == 0 ? random.between(131072, 400000) : random.between(1000, 60000));
}

// 1..32, 7.2 in the mean: most sets have few prefixes.
size_t draw_run(bgp::Prng& random) {
  const double x = random.between(0, 1);
  return 1 + static_cast<size_t>(31.99 * x * x * x * (x * 0.6 + 0.4));
}

AttributeSet draw_set(bgp::Prng& random) {
  AttributeSet set;
  set.origin = random.below(20) == 0 ? 2 : 0;
  Segment path{2, {}};
  for (uint64_t n = 2 + random.below(5); n > 0; --n) path.asns.push_back(draw_asn(random));
  set.as_path.push_back(std::move(path));
  if (random.below(10) == 0) set.med = static_cast<uint32_t>(random.below(1000));
  if (random.below(20) == 0) set.aggregator = Aggregator{draw_asn(random), static_cast<uint32_t>(random.next()) | 0x0b000000};
  if (random.below(100) < 65) {
    for (uint64_t n = 1 + random.below(8); n > 0; --n) {
      set.communities.push_back(static_cast<uint32_t>(random.between(1000, 60000)) << 16 | static_cast<uint32_t>(random.below(65536)));
    }
  }
  if (random.below(10) == 0) set.large_communities.push_back({draw_asn(random), static_cast<uint32_t>(random.below(1000)), 1});
  return set;
}

}  // namespace

Universe make_universe(uint64_t seed, size_t routes) {
  bgp::Prng random(seed);
  Universe all;
  std::unordered_set<uint64_t> seen;
  all.routes.reserve(routes);
  seen.reserve(routes);
  uint32_t slash16 = 0;
  size_t left_in_slash16 = 0;
  while (all.routes.size() < routes) {
    all.sets.push_back(draw_set(random));
    for (size_t run = draw_run(random); run > 0 && all.routes.size() < routes; --run) {
      if (left_in_slash16-- == 0) {
        do slash16 = static_cast<uint32_t>(random.below(65536));
        while (!is_usable(slash16));
        left_in_slash16 = kRoutesPerSlash16;
      }
      const uint8_t length = draw_length(random);
      const uint32_t below = static_cast<uint32_t>(random.below(65536)) & ~(0xffffffffU >> length);
      const Route route{slash16 << 16 | below, length, static_cast<uint32_t>(all.sets.size() - 1)};
      if (seen.insert(uint64_t{route.address} << 8 | length).second) all.routes.push_back(route);
    }
  }
  return all;
}

Universe make_blocks(size_t blocks) {
  Universe all;
  all.sets.emplace_back();
  for (size_t n = 0; n < blocks; ++n) {
    all.routes.push_back({0x0a800000U + static_cast<uint32_t>(n << 6), 26, 0});
  }
  return all;
}

}  // namespace bench
