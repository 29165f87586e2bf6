// bench_micro: the micro-paths under Google Benchmark; `items_per_second` are routes, sets or decisions.
#include <benchmark/benchmark.h>

#include "tests/bench/micro/paths.h"

int main(int argc, char** argv) {
  for (const bench::MicroPath& path : bench::micro_paths()) {
    benchmark::RegisterBenchmark(path.name.c_str(), [path](benchmark::State& state) {
      for (auto _ : state) path.run();
      state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * path.items));
    });
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
