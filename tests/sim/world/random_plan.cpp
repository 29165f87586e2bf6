// Chance. A fault is a verb with the verb that ends it; which of them a seed has, and how often, is drawn first.
#include <algorithm>
#include <cerrno>

#include "bgp/base/prng.h"
#include "hostile.h"
#include "scenarios.h"

namespace sim {
namespace {

using namespace std::chrono_literals;

struct Fault {
  const char* verb;
  const char* end;   // nullptr: it passes by itself
  enum class Args : uint8_t { Node, Pair, NodeNumber, None, Refuse, Interrupt, Lost, Mesh, As, Hostile, Crash } args;
};
using Args = Fault::Args;

constexpr Fault kFaults[] = {
    {"cut", "heal", Args::Pair},           {"reset", nullptr, Args::Pair},
    {"kill", "start", Args::Node},         {"power", "start", Args::Node},
    {"freeze", "thaw", Args::Node},        {"unplug", "plug", Args::Node},
    {"carrier", "carrier 1", Args::Node},  {"mtu", nullptr, Args::Node},
    {"rename", "rename 1", Args::Node},    {"renumber", nullptr, Args::NodeNumber},
    {"unaddress", "address", Args::Node},  {"workload", "unworkload", Args::NodeNumber},
    {"detour", "straight", Args::Pair},    {"hole", "straight", Args::Pair},
    {"usurp", "unusurp", Args::Pair},      {"remove", nullptr, Args::NodeNumber},
    {"refuse", "refuse", Args::Refuse},    {"interrupt", "interrupt", Args::Interrupt},
    {"overrun", nullptr, Args::Lost},      {"block", "unblock", Args::NodeNumber},
    {"move", nullptr, Args::Pair},         {"mesh", "mesh", Args::Mesh},
    {"unpeer", "peer", Args::Pair},        {"as", nullptr, Args::As},
    {"storecrash", "storeback", Args::Crash}, {"hostile", "hostile", Args::Hostile},
};
constexpr int kErrors[] = {EINVAL, ENOMEM, ESRCH, EEXIST, ENETDOWN, EPERM, EBUSY};

class Author {
 public:
  explicit Author(uint64_t seed) : chance_(seed * 2 + 1) { plan_.seed = seed; }

  Plan write() {
    settings();
    for (const Fault& fault : kFaults) {
      bool is_in = chance_.below(100) < 30;
      uint64_t times = 1 + chance_.below(is_in ? 12 : 1);
      for (uint64_t i = 0; is_in && i < times; ++i) happen(fault);
    }
    plan_.sort();
    return plan_;
  }

 private:
  void settings() {
    uint64_t size = chance_.below(100);
    int64_t count = size < 70 ? 2 + static_cast<int64_t>(chance_.below(4)) : 2 + static_cast<int64_t>(chance_.below(11));
    plan_.set("nodes", count).set("topology", static_cast<int64_t>(chance_.below(5)));
    plan_.set("hostiles", static_cast<int64_t>(chance_.below(3)));
    plan_.set("length_s", 20 + static_cast<int64_t>(chance_.below(size < 90 ? 120 : 580)));
    constexpr int64_t kHoldTimes[] = {3, 9, 30, 90}, kChunks[] = {1, 7, 100, 4096, 65536};
    plan_.set("hold_s", kHoldTimes[chance_.below(4)]).set("chunk", kChunks[1 + chance_.below(4)]);
    plan_.set("latency_ms", static_cast<int64_t>(chance_.below(100)));
    plan_.set("event_latency_ms", static_cast<int64_t>(chance_.below(5)));
    plan_.set("blocks", 1 + static_cast<int64_t>(chance_.below(4)));
    plan_.set("graceful", static_cast<int64_t>(chance_.below(2)));
    // In a full mesh of external neighbours that all send every path, the paths are as many as there are ways through it
    // (RFC 7911 sets no bound): beyond a few nodes nobody gets anywhere, with any speaker. Any topology may become one,
    // by the verbs `mesh` and `as`.
    bool explodes = count > 5;
    int64_t add_path = static_cast<int64_t>(chance_.below(4));
    plan_.set("add_path", explodes ? add_path & 1 : add_path);
    plan_.set("max_prefix", chance_.below(3) == 0 ? 20 : 0);
  }
  Duration moment() {
    return Duration(static_cast<Duration::rep>(chance_.below(static_cast<uint64_t>(length().count()))));
  }
  Duration length() const { return std::chrono::seconds(plan_.get("length_s")); }
  int64_t node() { return static_cast<int64_t>(chance_.below(static_cast<uint64_t>(plan_.nodes()))); }

  std::vector<int64_t> arguments(Args kind) {
    switch (kind) {
      case Args::Node: return {node(), 0};
      case Args::Pair: {
        int64_t a = node();
        return {a, (a + 1 + static_cast<int64_t>(chance_.below(static_cast<uint64_t>(plan_.nodes() - 1)))) % plan_.nodes()};
      }
      case Args::NodeNumber: return {node(), static_cast<int64_t>(chance_.below(20))};
      case Args::None: return {};
      case Args::Refuse: return {node(), kErrors[chance_.below(std::size(kErrors))], static_cast<int64_t>(chance_.below(1001))};
      case Args::Interrupt: return {node(), 1};
      case Args::Lost: return {node(), 1 + static_cast<int64_t>(chance_.below(300))};
      case Args::Mesh: return {0};
      case Args::As: return {node(), 65001 + static_cast<int64_t>(chance_.below(12))};
      case Args::Hostile:
        return {static_cast<int64_t>(chance_.below(3)), 1 + static_cast<int64_t>(chance_.below(8))};
      case Args::Crash: return {static_cast<int64_t>(chance_.below(2))};
    }
    return {};
  }

  void happen(const Fault& fault) {
    std::vector<int64_t> args = arguments(fault.args);
    Duration at = moment();
    plan_.at(at, fault.verb, args);
    if (fault.end == nullptr) return;
    std::string end = fault.end;
    if (end.ends_with(" 1")) end.resize(end.size() - 2), args[1] = 1;
    else if (fault.args == Args::Refuse) args = {args[0], 0, 0};
    else if (fault.args == Args::Interrupt) args[1] = 0;
    else if (fault.args == Args::Mesh) args = {1};
    else if (fault.args == Args::Hostile && chance_.below(3) == 0) args[1] = 0;
    Duration lasts = Duration(static_cast<Duration::rep>(chance_.below(static_cast<uint64_t>(length().count()) / 2 + 1)));
    plan_.at(at + lasts, end, args);
  }

  Prng chance_;
  Plan plan_;
};

}  // namespace

Plan random_plan(uint64_t seed) { return Author(seed).write(); }

Plan any_plan(uint64_t seed) {
  if (seed % 2 == 0) return random_plan(seed);
  return kScenarios[seed / 2 % kScenarios.size()].make(seed);
}

}  // namespace sim
