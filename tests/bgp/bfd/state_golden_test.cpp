// Every state x everything that can happen to it, as a table to be read: tests/golden/bfd.txt.
// After a deliberate change run with UPDATE_GOLDEN=1 and review the difference.
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "bfd_support.h"

namespace bgp::bfd {
namespace {

const State kStates[] = {State::AdminDown, State::Down, State::Init, State::Up};

// Each state as it comes about.
OneSession session_in(State state) {
  OneSession one;
  if (state == State::AdminDown) one.session.disable(one.now, one.prng);
  if (state == State::Init || state == State::Up) one.hear(heard(State::Down, 0));
  if (state == State::Up) one.hear(heard(State::Init));
  REQUIRE(one.session.state() == state);
  return one;
}

struct Event {
  std::string name;
  std::function<std::optional<Packet>(OneSession&)> happen;
};

std::vector<Event> all_events() {
  std::vector<Event> events;
  for (State state : kStates)
    events.push_back({std::string("heard ") + to_string(state), [state](OneSession& one) {
                        return one.hear(heard(state, state == State::Down || state == State::AdminDown ? 0 : 7));
                      }});
  events.push_back({"detection time over", [](OneSession& one) {
                      one.now += one.session.detection_time().value_or(10s);
                      return one.session.expire(one.now, one.prng);
                    }});
  events.push_back({"disabled", [](OneSession& one) { return one.session.disable(one.now, one.prng); }});
  events.push_back({"enabled", [](OneSession& one) { return one.session.enable(one.now, one.prng); }});
  return events;
}

std::string row(const Event& event, State state) {
  OneSession one = session_in(state);
  std::optional<Packet> sent = event.happen(one);
  std::ostringstream out;
  auto pad = [](std::string text, size_t width) { return text + std::string(width - std::min(width, text.size()), ' '); };
  out << pad(event.name, 20) << "-> " << pad(to_string(one.session.state()), 10) << "| "
      << pad(to_string(one.session.diagnostic()), 32) << "| "
      << (sent ? std::string("sends ") + to_string(sent->state) + (sent->poll ? ", polls" : "") : "");
  std::string line = out.str();
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

TEST_CASE("the state machine is the golden table (RFC 5880 §6.2, §6.8.6, §6.8.16)") {
  std::string table =
      "# event -> next state | diagnostic | what is sent at once\n"
      "# The neighbour is there and has said something; written by state_golden_test.\n";
  for (State state : kStates) {
    table += std::string("\n== ") + to_string(state) + "\n";
    for (const Event& event : all_events()) table += row(event, state);
  }
  const std::string path = std::string(CALICO_SOURCE_DIR) + "/tests/golden/bfd.txt";
  if (std::getenv("UPDATE_GOLDEN")) std::ofstream(path) << table;
  std::stringstream golden;
  golden << std::ifstream(path).rdbuf();
  CHECK(table == golden.str());
}

}  // namespace
}  // namespace bgp::bfd
