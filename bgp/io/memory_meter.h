// How much memory we may use, and how much is used: of the control group that the process lives in, or of the process.
//
// A limited control group (memory.max, or memory.limit_in_bytes of v1) is what the OOM killer looks at, and the kernel's
// routes count there, so then it is measured: all but the pages of files, which the kernel takes back when it likes. Without
// such a limit, or with one of our own (--memory-max), it is the private memory of the process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bgp/speaker/input.h"

namespace bgp::io {

class MemoryMeter {
 public:
  // `bound` nullopt: the control group's limit, else half of the machine's memory (the other half is the workloads'); 0: no
  // bound. `root` is for tests: "" the machine's /proc and /sys.
  explicit MemoryMeter(std::optional<uint64_t> bound, const std::string& root = "");

  speaker::input::MemoryUse measure() const;
  // "4096 MiB: the limit of the control group /sys/fs/cgroup"
  std::string to_string() const;

 private:
  uint64_t group_use() const;
  uint64_t process_use() const;

  std::string root_;
  uint64_t bound_ = 0;
  std::string group_;         // directory; empty: the process is measured
  bool is_version_1_ = false;
  const char* origin_ = "";
};

}  // namespace bgp::io
