// Virtual time: what happens when, in one order.
#pragma once

#include <functional>
#include <map>

#include "bgp/base/time.h"

namespace sim {

class Calendar {
 public:
  bgp::Instant now() const { return now_; }
  bgp::Instant next() const { return entries_.empty() ? bgp::kNever : entries_.begin()->first.first; }
  void at(bgp::Instant time, std::function<void()> happen) {
    entries_.emplace(std::pair(std::max(time, now_), next_number_++), std::move(happen));
  }
  void in(bgp::Duration time, std::function<void()> happen) { at(now_ + time, std::move(happen)); }
  // Requires that nothing is due before `time`.
  void advance(bgp::Instant time) { now_ = std::max(now_, time); }
  // Carries out the first thing that is due; false if there is none.
  bool happen_one() {
    if (next() > now_) return false;
    std::function<void()> happen = std::move(entries_.begin()->second);
    entries_.erase(entries_.begin());
    happen();
    return true;
  }

 private:
  bgp::Instant now_ = bgp::Instant{} + std::chrono::hours(1);
  std::map<std::pair<bgp::Instant, uint64_t>, std::function<void()>> entries_;
  uint64_t next_number_ = 0;
};

}  // namespace sim
