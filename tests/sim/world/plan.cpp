#include "plan.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

#include "bgp/base/assert.h"

namespace sim {

const std::vector<Setting> kSettings{
    {"nodes", 3},          {"topology", 0},  // see Topology
    {"hostiles", 0},                         // peers that are not ours; what they do: event `hostile`
    {"length_s", 60},                        // of the phase with faults
    {"hold_s", 30},        {"latency_ms", 20}, {"chunk", 65536},  // octets of a read or write, at most
    {"event_latency_ms", 1},                 // from the kernel to the monitor socket
    {"blocks", 1},                           // of each node, at the beginning
    {"graceful", 1},                         // graceful restart is offered
    {"add_path", 0},                         // 1 receive, 2 send, 3 both
    {"max_prefix", 0},                       // of a hostile peer
};

int64_t Plan::get(const std::string& setting) const {
  if (auto found = settings.find(setting); found != settings.end()) return found->second;
  for (const Setting& known : kSettings)
    if (setting == known.name) return known.fallback;
  BGP_ASSERT(false && "an unknown setting");
  return 0;
}

Plan& Plan::set(const std::string& setting, int64_t value) {
  settings[setting] = value;
  return *this;
}

Plan& Plan::at(Duration time, std::string verb, std::vector<int64_t> args) {
  // Whole milliseconds, so that the text says it all.
  events.push_back({std::chrono::floor<std::chrono::milliseconds>(time), std::move(verb), std::move(args)});
  return *this;
}

void Plan::sort() {
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.at < b.at; });
}

std::string to_text(const Plan& plan, std::string_view why) {
  std::ostringstream out;
  out << "# " << why << "\nseed " << plan.seed << "\n";
  for (const auto& [name, value] : plan.settings) out << name << " " << value << "\n";
  for (const Event& event : plan.events) {
    char time[32];
    std::snprintf(time, sizeof time, "%.3f", std::chrono::duration<double>(event.at).count());
    out << "at " << time << " " << event.verb;
    for (int64_t arg : event.args) out << " " << arg;
    out << "\n";
  }
  return out.str();
}

Result<Plan, std::string> parse_plan(std::string_view text) {
  Plan plan;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::istringstream words(line);
    std::string word;
    if (!(words >> word) || word[0] == '#') continue;
    bool is_known = std::any_of(kSettings.begin(), kSettings.end(), [&](const Setting& s) { return word == s.name; });
    if (word == "seed") {
      words >> plan.seed;
    } else if (is_known) {
      words >> plan.settings[word];
    } else if (word == "at") {
      double seconds = 0;
      std::string verb;
      words >> seconds >> verb;
      Event event{std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000 + 0.5)), verb, {}};
      for (int64_t arg = 0; words >> arg;) event.args.push_back(arg);
      plan.events.push_back(std::move(event));
      words.clear();
    } else {
      return Err("line " + std::to_string(number) + ": nobody knows '" + word + "'");
    }
    if (words.fail()) return Err("line " + std::to_string(number) + ": not a number: " + line);
  }
  plan.sort();
  return plan;
}

}  // namespace sim
