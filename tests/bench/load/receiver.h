// What one peer of the speaker under test was told so far, compared route by route with what it must end up with.
#pragma once

#include <string>

#include "tests/bench/load/messages.h"
#include "tests/bench/load/prefix_index.h"

namespace bench {

// A fingerprint for each route of the universe; kAbsent: nobody may have it; kAny: present, whatever its attributes.
using Expected = std::vector<uint32_t>;
inline constexpr uint32_t kAbsent = 0, kAny = 2;

// Paced updates: when each route was sent, and how long it took until a receiver held it.
struct Stopwatch {
  std::vector<int64_t> sent_ns;     // by route; 0: not on its way
  std::vector<int64_t> latency_ns;  // in the order of arrival
};

class Receiver {
 public:
  // `own_as`: of the speaker under test, taken off each path (0 for an internal peer). Routes outside `scope` must not come;
  // those of `ignored` (its own) may.
  Receiver(const Universe& all, const PrefixIndex& index, uint32_t own_as, Range scope, Range ignored);

  void expect(const Expected& expected);                // kept by reference
  void expectation_changed(uint32_t route, uint32_t before);  // one entry of it, which was `before`
  void handle_update(ByteView body);
  void watch(Stopwatch* stopwatch) { stopwatch_ = stopwatch; }

  bool is_complete() const { return right_ == wanted_ && held_count_ == wanted_ && foreign_ == 0; }
  std::string what_is_wrong() const;
  uint64_t updates() const { return updates_; }
  uint64_t prefixes() const { return prefixes_; }

 private:
  uint32_t wanted(size_t route) const { return scope_.contains(route) ? (*expected_)[route] : kAbsent; }
  void each_prefix(ByteView nlri, uint32_t value);
  void set(uint32_t route, uint32_t value);

  const Universe& all_;
  const PrefixIndex& index_;
  uint32_t own_as_;
  Range scope_, ignored_;
  const Expected* expected_ = nullptr;
  Stopwatch* stopwatch_ = nullptr;
  std::vector<uint32_t> held_;
  size_t wanted_ = 0, right_ = 0, held_count_ = 0, foreign_ = 0;
  uint64_t updates_ = 0, prefixes_ = 0;
};

int64_t now_ns();  // CLOCK_MONOTONIC, as Python's time.monotonic()

}  // namespace bench
