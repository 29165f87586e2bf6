#include "bgp/io/memory_meter.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace bgp::io {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// nullopt: no number, as "max" and an absent file.
std::optional<uint64_t> to_number(const std::string& text) {
  uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

// Of lines "name value" or "name:   value kB".
uint64_t field(const std::string& text, const std::string& name) {
  std::istringstream lines(text);
  for (std::string word, value; lines >> word >> value; lines.ignore(256, '\n'))
    if (word == name) return to_number(value).value_or(0);
  return 0;
}

// Of a line of /proc/self/cgroup, "0::/kubepods/pod1" or "4:memory:/docker/1"; nullopt when there is none for us.
std::optional<std::string> group_path(const std::string& cgroups, bool version_1) {
  std::istringstream lines(cgroups);
  for (std::string line; std::getline(lines, line);) {
    size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    bool is_ours = version_1 ? controllers.find(",memory,") != std::string::npos : line.starts_with("0::");
    if (is_ours) return line.substr(second + 1);
  }
  return std::nullopt;
}

}  // namespace

MemoryMeter::MemoryMeter(std::optional<uint64_t> bound, const std::string& root) : root_(root) {
  uint64_t machine = field(read_file(root_ + "/proc/meminfo"), "MemTotal:") * 1024;
  if (bound) {
    bound_ = *bound;
    origin_ = "--memory-max";
    return;
  }
  std::string cgroups = read_file(root_ + "/proc/self/cgroup");
  for (bool version_1 : {false, true}) {
    std::optional<std::string> path = group_path(cgroups, version_1);
    if (!path) continue;
    std::string mount = version_1 ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup";
    // In a container the path may be the one outside, and what is mounted our own group alone.
    for (const std::string& group : {mount + *path, mount}) {
      auto limit = to_number(read_file(root_ + group + (version_1 ? "/memory.limit_in_bytes" : "/memory.max")));
      if (!limit || (machine != 0 && *limit >= machine)) continue;
      bound_ = *limit;
      origin_ = "the limit of the control group";
      group_ = group;
      is_version_1_ = version_1;
      return;
    }
  }
  bound_ = machine / 2;
  origin_ = "half of the machine's memory";
}

speaker::input::MemoryUse MemoryMeter::measure() const {
  if (bound_ == 0) return {};
  return {group_.empty() ? process_use() : group_use(), bound_};
}

uint64_t MemoryMeter::group_use() const {
  std::string directory = root_ + group_;
  uint64_t all = to_number(read_file(directory + (is_version_1_ ? "/memory.usage_in_bytes" : "/memory.current"))).value_or(0);
  if (all < bound_ / 4) return all;  // then the exact figure, which costs the kernel more, makes no difference
  std::string parts = read_file(directory + "/memory.stat");
  std::string prefix = is_version_1_ ? "total_" : "";
  uint64_t files = field(parts, prefix + "inactive_file") + field(parts, prefix + "active_file");
  return all - std::min(all, files);
}

// /proc/self/statm: size, resident, shared, ... in pages. What is shared are the pages of files.
uint64_t MemoryMeter::process_use() const {
  std::istringstream text(read_file(root_ + "/proc/self/statm"));
  uint64_t size = 0, resident = 0, shared = 0;
  text >> size >> resident >> shared;
  return (resident - std::min(resident, shared)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

std::string MemoryMeter::to_string() const {
  if (bound_ == 0) return "none";
  return std::to_string(bound_ >> 20) + " MiB: " + origin_ + (group_.empty() ? "" : " " + group_);
}

}  // namespace bgp::io
