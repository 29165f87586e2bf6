// How long to wait before etcd is tried again: doubling from 0.5 s, each wait shortened by up to a quarter so that a
// thousand nodes do not come at once. Four seconds at most while etcd is away, for a node must be level again within five
// of its return; half a minute when it answers and is refused, for then a person has to act. Pure.
#pragma once

#include <algorithm>

#include "bgp/base/limits.h"
#include "bgp/base/prng.h"
#include "bgp/base/time.h"

namespace config::etcd {

class Backoff {
 public:
  explicit Backoff(uint64_t seed) : chance_(seed) {}

  bgp::Duration next(bool is_refused = false) {
    const bgp::Duration most = is_refused ? bgp::limits::kEtcdRefusedPause : bgp::limits::kEtcdPauseMax;
    const bgp::Duration pause = std::min(next_, most);
    next_ = std::min(next_ * 2, bgp::limits::kEtcdRefusedPause);
    return std::chrono::duration_cast<bgp::Duration>(pause * chance_.between(0.75, 1.0));
  }
  // etcd works again.
  void reset() { next_ = bgp::limits::kEtcdPauseMin; }

 private:
  bgp::Prng chance_;
  bgp::Duration next_ = bgp::limits::kEtcdPauseMin;
};

}  // namespace config::etcd
