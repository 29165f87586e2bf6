#include "bgp/rib/multipath.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "bgp/base/limits.h"

namespace bgp::rib {
namespace {

// The legs that are taken already: a next hop once, and so many of each kind of peer.
class Legs {
 public:
  explicit Legs(const Multipath& config) : room_{std::max<size_t>(config.ibgp, 1), std::max<size_t>(config.ebgp, 1)} {}

  bool take(const Candidate& c) {
    auto end = next_hops_.begin() + static_cast<ptrdiff_t>(count_);
    if (std::find(next_hops_.begin(), end, c.next_hop) != end) return true;
    if (count_ == next_hops_.size() || room_[c.is_ebgp] == 0) return false;
    --room_[c.is_ebgp];
    next_hops_[count_++] = c.next_hop;
    return true;
  }

 private:
  std::array<NextHopId, limits::kEcmpLegsMax> next_hops_;  // the first count_
  size_t count_ = 0;
  std::array<size_t, 2> room_;  // by is_ebgp
};

}  // namespace

size_t choose_multipath(std::span<Candidate> equal, const Multipath& config) {
  if (equal.size() < 2 || equal[0].is_local) return equal.size();
  std::sort(equal.begin() + 1, equal.end(), [](const Candidate& a, const Candidate& b) {
    auto rest = [](const Candidate& c) {
      return std::tuple(!c.is_ebgp, c.identifier, c.facts->cluster_list_length, c.peer_rank, c.path_id);
    };
    return rest(a) < rest(b);
  });
  Legs legs(config);
  size_t used = 0;
  for (size_t i = 0; i < equal.size(); ++i)
    if (legs.take(equal[i])) std::swap(equal[used++], equal[i]);
  return used;
}

}  // namespace bgp::rib
