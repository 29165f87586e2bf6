// calico-bench-guard NAME: runs one micro-path, once to warm up and once inside measured_path(), which valgrind counts alone
// (tests/bench/guard.py).
#include <cstdio>
#include <cstring>

#include "tests/bench/micro/paths.h"

extern "C" __attribute__((noinline)) void measured_path(const std::function<void()>& run) {
  run();
  asm volatile("");  // no tail call: the function must still be there when run() returns
}

int main(int argc, char** argv) {
  for (const bench::MicroPath& path : bench::micro_paths()) {
    if (argc != 2 || path.name != argv[1]) continue;
    path.run();
    measured_path(path.run);
    std::printf("%zu\n", path.items);
    return 0;
  }
  std::fprintf(stderr, "usage: calico-bench-guard decode|filter|intern|decide|pack|netlink\n");
  return 2;
}
