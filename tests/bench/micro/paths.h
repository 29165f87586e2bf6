// The inner loops that every route passes, each over the same made-up table: for Google Benchmark (bench_micro) and for the
// guard that counts their instructions (tools/test guard).
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace bench {

struct MicroPath {
  std::string name;
  size_t items;               // in one run: routes, sets or decisions
  std::function<void()> run;  // may be repeated; each run does the same work
};

// What they work on is made here, so that a run is nothing but the path itself. Lives to the end of the program.
std::vector<MicroPath> micro_paths();

}  // namespace bench
