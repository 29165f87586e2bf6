// calico-replay FILE: runs what `calico-bgpd --record FILE` wrote once more and compares every output.
// Exit codes: 0 all outputs are identical, 1 one is not, 2 the file cannot be replayed.
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>

#include "bgp/base/escape.h"
#include "bgp/base/limits.h"
#include "bgp/speaker/transcript/replay.h"

namespace {

namespace transcript = bgp::speaker::transcript;

int fail(const char* path, const std::string& reason) {
  std::fprintf(stderr, "calico-replay: %s: %s\n", bgp::printable(path).c_str(), reason.c_str());
  return 2;
}

int report(const transcript::Replayed& r) {
  double seconds = std::chrono::duration<double>(r.duration).count();
  std::printf("%s: %zu calls in %.3f s, %zu results compared%s\n", r.program.c_str(), r.calls, seconds, r.outputs,
              r.is_cut ? "; the last record is not whole: the recording was killed there" : "");
  std::printf("%s\n", r.difference ? to_text(*r.difference).c_str() : "identical");
  return r.difference ? 1 : 0;
}

int run(int argc, char** argv) {
  const bool asks = argc == 2 && argv[1] == std::string("--help");
  if (argc != 2 || asks) return std::fputs("usage: calico-replay FILE\n", asks ? stdout : stderr), asks ? 0 : 2;
  std::ifstream file(argv[1], std::ios::binary);
  if (!file) return fail(argv[1], "cannot be read");
  bgp::Bytes bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  auto replayed = transcript::replay(bytes);
  return replayed ? report(*replayed) : fail(argv[1], replayed.error());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {  // out of memory
    return fail(argc > 1 ? argv[1] : "", e.what());
  }
}
