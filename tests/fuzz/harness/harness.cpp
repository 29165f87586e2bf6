// libFuzzer's entrance, and the clock: no input may cost more than 50 ms.
//
// Measured is the thread's CPU time, so that a loaded machine fails nothing. The build is instrumented (ASan, UBSan,
// coverage, -O1), which costs a factor; an input that is over the limit is tried twice more and the best of the three
// counts, because the first run also pays for page faults and for the scheduler's whims.
#include "harness.h"

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace {

constexpr double kInputMax_ms = 50;
constexpr double kInstrumentationFactor = 10;
constexpr int kTries = 3;

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double cost_ms(fuzz::ByteView input) {
  double start = cpu_ms();
  fuzz::one(input);
  return cpu_ms() - start;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::ByteView input(data, size);
  double best_ms = cost_ms(input);
  for (int i = 1; i < kTries && best_ms > kInputMax_ms * kInstrumentationFactor; ++i)
    best_ms = std::min(best_ms, cost_ms(input));
  if (best_ms <= kInputMax_ms * kInstrumentationFactor) return 0;
  std::fprintf(stderr, "slow input: %zu bytes took %.0f ms of instrumented CPU time, allowed are %.0f\n", size, best_ms,
               kInputMax_ms * kInstrumentationFactor);
  std::abort();
}
