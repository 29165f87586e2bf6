// Every state x every event of the machine as a table to be read: tests/golden/fsm.txt.
// After a deliberate change run with UPDATE_GOLDEN=1 and review the difference.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "session_support.h"

namespace bgp::session {
namespace {

using wire::CeaseReason;

struct NamedEvent {
  const char* name;
  Event event;
};

std::vector<NamedEvent> all_events() {
  IpAddress local = *IpAddress::parse("192.0.2.1");
  wire::Open bad_open = neighbours_open();
  bad_open.my_as = Asn{65000};
  return {
      {"start", event::Start{}},
      {"stop (6/2)", event::Stop{wire::cease(CeaseReason::AdministrativeShutdown)}},
      {"reset (6/4)", event::Reset{wire::cease(CeaseReason::AdministrativeReset)}},
      {"reset (6/1)", event::Reset{wire::cease(CeaseReason::MaximumPrefixesReached)}},
      {"reset in 60 s", event::Reset{wire::cease(CeaseReason::MaximumPrefixesReached), 60s}},
      {"reset for good", event::Reset{wire::cease(CeaseReason::MaximumPrefixesReached), kForever}},
      {"connected", event::Connected{local}},
      {"connect failed", event::ConnectFailed{"Connection refused"}},
      {"accepted 9", event::Accepted{ConnId{9}, local}},
      {"closed", event::Closed{"Connection closed"}},
      {"collision lost", event::CollisionLost{}},
      {"replaced", event::Replaced{}},
      {"connect-retry", event::Expired{Timer::ConnectRetry}},
      {"idle-hold", event::Expired{Timer::IdleHold}},
      {"hold", event::Expired{Timer::Hold}},
      {"keepalive", event::Expired{Timer::Keepalive}},
      {"send-hold", event::Expired{Timer::SendHold}},
      {"bad message (1/1)", event::BadMessage{wire::bad_marker()}},
      {"OPEN", neighbours_open()},
      {"OPEN, wrong AS", bad_open},
      {"UPDATE", UpdateMessage{}},
      {"KEEPALIVE", KeepaliveMessage{}},
      {"NOTIFICATION 3/1", wire::malformed_attribute_list()},
      {"NOTIFICATION 6/2", wire::cease(CeaseReason::AdministrativeShutdown)},
      {"ROUTE-REFRESH", wire::RouteRefresh{}},
  };
}

struct Machine {
  Session session;
  PeerConfig config = config_towards();
  Prng prng{7};
  ConnIdSource ids;
  Environment env{Instant{} + 1h, prng, ids};

  Step step(const Event& event) { return session::step(session, event, config, env); }
};

// Each state as it comes about, not as a test would paint it.
Machine machine_in(State state) {
  Machine machine;
  std::vector<Event> path = {event::Start{}, event::Connected{}, neighbours_open(), KeepaliveMessage{}};
  switch (state) {
    case State::Idle: path.clear(); break;
    case State::Connect: path.resize(1); break;
    case State::Active: path = {event::Start{}, event::ConnectFailed{"Connection refused"}}; break;
    case State::OpenSent: path.resize(2); break;
    case State::OpenConfirm: path.resize(3); break;
    case State::Established: break;
  }
  for (const Event& event : path) machine.step(event);
  REQUIRE(machine.session.state == state);
  return machine;
}

std::string running(const Timers& timers) {
  std::string all;
  for (Timer timer : {Timer::ConnectRetry, Timer::IdleHold, Timer::Hold, Timer::Keepalive, Timer::SendHold}) {
    if (timers.is_running(timer)) all += (all.empty() ? "" : " ") + std::string(to_string(timer));
  }
  return all;
}

std::string padded(std::string text, size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string row(State state, const NamedEvent& named) {
  Machine machine = machine_in(state);
  Step done = machine.step(named.event);
  std::string line = padded(named.name, 20) + "-> " + padded(to_string(machine.session.state), 13) + "| " +
                     padded(running(machine.session.timers), 24) + " | " + text(done.actions);
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

std::string table() {
  std::string all = "# event -> next state | timers that run then | actions, in order\n";
  all += "# The connection at hand is 1; 2 is the next one to be dialled. Written by fsm_golden_test.\n";
  for (State state : {State::Idle, State::Connect, State::Active, State::OpenSent, State::OpenConfirm,
                      State::Established}) {
    all += "\n== " + std::string(to_string(state)) + "\n";
    for (const NamedEvent& named : all_events()) all += row(state, named);
  }
  return all;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace

TEST_CASE("every state x every event does what tests/golden/fsm.txt says") {
  const std::string path = std::string(CALICO_SOURCE_DIR) + "/tests/golden/fsm.txt";
  std::string now = table();
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << now;
  CHECK(read_file(path) == now);
}

TEST_CASE("the table leaves no kind of event out") {
  std::set<size_t> kinds;
  for (const NamedEvent& named : all_events()) kinds.insert(named.event.index());
  CHECK(kinds.size() == std::variant_size_v<Event>);
}

TEST_CASE("a connection exists from Connect on, but not in Active, whatever happened") {
  for (State state : {State::Idle, State::Connect, State::Active, State::OpenSent, State::OpenConfirm,
                      State::Established}) {
    for (const NamedEvent& named : all_events()) {
      CAPTURE(to_string(state));
      CAPTURE(named.name);
      Machine machine = machine_in(state);
      machine.step(named.event);
      const Session& after = machine.session;
      CHECK(after.conn.has_value() == (after.state != State::Idle && after.state != State::Active));
      CHECK(after.negotiated.has_value() == (after.state >= State::OpenConfirm));
    }
  }
}

}  // namespace bgp::session
