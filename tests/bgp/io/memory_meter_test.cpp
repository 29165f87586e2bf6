#include "bgp/io/memory_meter.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace bgp::io;

namespace {

constexpr uint64_t kMiB = 1024 * 1024;

// A directory that looks like the root of a machine of 1024 MiB.
struct Machine {
  std::filesystem::path root;
  explicit Machine(const std::string& cgroups) {
    std::string name = std::filesystem::temp_directory_path() / "calico-meter-XXXXXX";
    root = mkdtemp(name.data());
    write("/proc/meminfo", "MemTotal:        1048576 kB\nMemFree:          1000 kB\n");
    write("/proc/self/cgroup", cgroups);
    write("/proc/self/statm", "9000 5000 1000 200 0 3000 0\n");
  }
  ~Machine() { std::filesystem::remove_all(root); }
  void write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories((root / path.substr(1)).parent_path());
    std::ofstream(root / path.substr(1)) << text;
  }
  MemoryMeter meter(std::optional<uint64_t> bound = {}) const { return MemoryMeter(bound, root); }
};

}  // namespace

TEST_CASE("a limited control group of version 2 is the bound, and what it holds but for files is what is used") {
  Machine machine("0::/system.slice/calico.service\n");
  machine.write("/sys/fs/cgroup/system.slice/calico.service/memory.max", "134217728\n");
  machine.write("/sys/fs/cgroup/system.slice/calico.service/memory.current", "104857600\n");
  machine.write("/sys/fs/cgroup/system.slice/calico.service/memory.stat", "anon 1\nfile 999\ninactive_file 1048576\nactive_file 2097152\n");
  CHECK(machine.meter().measure().bound == 128 * kMiB);
  CHECK(machine.meter().measure().used == 97 * kMiB);
  CHECK(machine.meter().to_string() == "128 MiB: the limit of the control group /sys/fs/cgroup/system.slice/calico.service");
}

TEST_CASE("in a container only the own group is mounted, whatever its path outside") {
  Machine machine("0::/kubepods/pod7\n");
  machine.write("/sys/fs/cgroup/memory.max", "268435456\n");
  machine.write("/sys/fs/cgroup/memory.current", "1048576\n");
  CHECK(machine.meter().measure().bound == 256 * kMiB);
  CHECK(machine.meter().measure().used == kMiB);
}

TEST_CASE("a control group of version 1") {
  Machine machine("9:name=systemd:/x\n4:cpu,memory:/docker/1\n0::/\n");
  machine.write("/sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "134217728\n");
  machine.write("/sys/fs/cgroup/memory/docker/1/memory.usage_in_bytes", "104857600\n");
  machine.write("/sys/fs/cgroup/memory/docker/1/memory.stat", "inactive_file 5\ntotal_inactive_file 1048576\ntotal_active_file 0\n");
  CHECK(machine.meter().measure().bound == 128 * kMiB);
  CHECK(machine.meter().measure().used == 99 * kMiB);
}

TEST_CASE("no limit, or one above what there is: half of the machine, and the private memory of the process") {
  for (const char* limit : {"max\n", "9223372036854771712\n", "2147483648\n", ""}) {
    Machine machine("0::/\n");
    machine.write("/sys/fs/cgroup/memory.max", limit);
    CHECK(machine.meter().measure().bound == 512 * kMiB);
    CHECK(machine.meter().measure().used == 4000 * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)));
    CHECK(machine.meter().to_string() == "512 MiB: half of the machine's memory");
  }
}

TEST_CASE("what the operator says wins; 0 is no bound; a machine that says nothing has none") {
  Machine machine("0::/\n");
  machine.write("/sys/fs/cgroup/memory.max", "134217728\n");
  CHECK(machine.meter(64 * kMiB).measure().bound == 64 * kMiB);
  CHECK(machine.meter(64 * kMiB).to_string() == "64 MiB: --memory-max");
  CHECK(machine.meter(0).measure().bound == 0);
  CHECK(machine.meter(0).to_string() == "none");
  CHECK(MemoryMeter({}, machine.root / "nowhere").measure().bound == 0);
}

TEST_CASE("this machine's own files are understood") {
  auto use = MemoryMeter(64 * kMiB).measure();
  CHECK(use.used > 100'000);
  CHECK(use.used < 1024 * kMiB);
}
