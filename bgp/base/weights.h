// Shares -> the small whole numbers in which the kernel keeps the weights of a multipath route's legs (rtnh_hops + 1).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace bgp {

inline constexpr uint16_t kWeightMax = 256;

// 1..256 for each share: multiples of the smallest where all are ({10, 5} gives {2, 1}), else as near as 256 for the
// largest gets. A share of which too little is left gets 1 all the same: a leg that may be used is used.
// Requires: finite, above 0.
inline std::vector<uint16_t> weights_of(const std::vector<double>& shares) {
  std::vector<uint16_t> weights;
  if (shares.empty()) return weights;
  const auto ends = std::minmax_element(shares.begin(), shares.end());
  const double smallest = *ends.first, largest = *ends.second;  // no binding: clang 14 lets no lambda take one
  bool are_multiples = largest / smallest <= kWeightMax &&
                       std::all_of(shares.begin(), shares.end(), [&](double share) {
                         double times = share / smallest;
                         return std::abs(times - std::round(times)) < 1e-6;
                       });
  double unit = are_multiples ? smallest : largest / kWeightMax;
  for (double share : shares) weights.push_back(std::max<uint16_t>(static_cast<uint16_t>(std::round(share / unit)), 1));
  return weights;
}

}  // namespace bgp
