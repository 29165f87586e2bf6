// How often something may happen: `burst` times at once, and `per_second` times on the long run. Time is an argument.
#pragma once

#include <algorithm>
#include <cstdint>

#include "bgp/base/time.h"

namespace bgp::io {

class TokenBucket {
 public:
  TokenBucket(uint32_t per_second, uint32_t burst) : interval_(Duration(1s) / per_second), depth_(interval_ * burst) {}

  // One token, if there is one.
  bool take(Instant now) {
    if (wait(now) > Duration(0)) return false;
    full_at_ = std::max(full_at_, now) + interval_;
    return true;
  }
  // Until the next token is there; 0 when it is.
  Duration wait(Instant now) const { return std::max<Duration>(full_at_ + interval_ - depth_ - now, Duration(0)); }

 private:
  Duration interval_;
  Duration depth_;
  Instant full_at_;  // when nothing more is taken until then
};

}  // namespace bgp::io
