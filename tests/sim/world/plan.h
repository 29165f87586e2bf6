// A run of the simulation as data: settings, a seed for everything that is left to chance, and the list of what happens.
// The text form is what a failing run leaves behind (tests/sim/traces), what the shrinker shortens and what a person edits:
//
//   # why this trace is kept
//   seed 42
//   nodes 4
//   topology 0
//   at 12.500 cut 0 1
//   at 13.000 kill 2
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/base/result.h"
#include "bgp/base/time.h"

namespace sim {

using namespace bgp;

// Something that happens at a time; verbs and their arguments: world_events.cpp.
struct Event {
  Duration at{};
  std::string verb;
  std::vector<int64_t> args;

  int64_t arg(size_t i) const { return i < args.size() ? args[i] : 0; }
  bool operator==(const Event&) const = default;
};

enum class Topology : int64_t { Mesh, EbgpMesh, Chain, Ring, Reflectors };

struct Plan {
  uint64_t seed = 1;
  std::map<std::string, int64_t> settings;  // kSettings has their names and what holds when they are absent
  std::vector<Event> events;                // by time

  int64_t get(const std::string& setting) const;
  int nodes() const { return static_cast<int>(get("nodes")); }
  int hostiles() const { return static_cast<int>(get("hostiles")); }
  Topology topology() const { return static_cast<Topology>(get("topology")); }
  Plan& set(const std::string& setting, int64_t value);
  Plan& at(Duration time, std::string verb, std::vector<int64_t> args = {});
  void sort();
  bool operator==(const Plan&) const = default;
};

struct Setting {
  const char* name;
  int64_t fallback;
};
extern const std::vector<Setting> kSettings;

std::string to_text(const Plan& plan, std::string_view why);
Result<Plan, std::string> parse_plan(std::string_view text);

}  // namespace sim
