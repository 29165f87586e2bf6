// When a CalicoNodeStatus is reported: upstream's rules, in virtual time.
#include "bgp/daemon/node_status_schedule.h"

#include <doctest/doctest.h>

#include "bgp/base/limits.h"

using namespace bgp;
using namespace bgp::daemon;

namespace {

const Instant t0(1h);

config::store::Change change(const std::string& name, const std::string& spec, uint64_t revision = 1,
                             const std::string& more = "") {
  return {config::model::calico_node_status_kind().prefix() + name, R"({"spec":{)" + spec + "}" + more + "}", revision};
}
std::string spec(int period, const char* node = "node1", const char* classes = R"(["BGP"])") {
  return std::string(R"("node":")") + node + R"(","classes":)" + classes + R"(,"updatePeriodSeconds":)" + std::to_string(period);
}

// The names of those that are due.
std::string due(NodeStatusSchedule& schedule, Instant now) {
  std::string names;
  while (auto key = schedule.take_due(now)) names += key->substr(key->rfind('/') + 1) + " ";
  return names;
}

}  // namespace

TEST_CASE("a new CalicoNodeStatus is reported at once, then every updatePeriodSeconds") {
  NodeStatusSchedule schedule("node1");
  CHECK(schedule.next() == kNever);
  const auto created = change("a", spec(10));
  schedule.take(created, t0);
  CHECK(due(schedule, t0) == "a ");
  CHECK(due(schedule, t0 + 1h) == "");  // it is being reported
  schedule.reported(created.key, t0 + 1s);
  CHECK(schedule.next() == t0 + 11s);
  CHECK(due(schedule, t0 + 11s - 1ms) == "");
  CHECK(due(schedule, t0 + 11s) == "a ");
}

TEST_CASE("only this node's are ours, and only those that say how often") {
  NodeStatusSchedule schedule("node1");
  schedule.take(change("other", spec(10, "node2")), t0);
  schedule.take(change("silent", R"("node":"node1","classes":["BGP"])"), t0);
  schedule.take(change("broken", R"("node":[])"), t0);
  CHECK(due(schedule, t0) == "");
  schedule.take(change("mine", spec(10)), t0);
  CHECK(due(schedule, t0) == "mine ");
  schedule.take(change("mine", spec(10, "node2"), 2), t0);
  CHECK(schedule.find(change("mine", "").key) == nullptr);
  CHECK(schedule.next() == kNever);
}

TEST_CASE("updatePeriodSeconds 0: reported when it is new, when its spec changes, and not again") {
  NodeStatusSchedule schedule("node1");
  const auto created = change("a", spec(0));
  schedule.take(created, t0);
  CHECK(due(schedule, t0) == "a ");
  schedule.reported(created.key, t0);
  CHECK(schedule.next() == kNever);
  schedule.take(change("a", spec(0, "node1", R"(["BGP","Agent"])"), 2), t0 + 1h);
  CHECK(due(schedule, t0 + 1h) == "a ");
}

TEST_CASE("a shorter period holds at once; our own report moves nothing") {
  NodeStatusSchedule schedule("node1");
  const auto created = change("a", spec(3600));
  schedule.take(created, t0);
  CHECK(due(schedule, t0) == "a ");
  schedule.reported(created.key, t0);
  schedule.take(change("a", spec(3600), 2, R"(,"status":{"agent":{}})"), t0 + 1s);
  CHECK(schedule.next() == t0 + 3600s);
  CHECK(schedule.find(created.key)->stored.revision == 2);
  schedule.take(change("a", spec(1), 3), t0 + 2s);
  CHECK(due(schedule, t0 + 2s) == "a ");
}

TEST_CASE("what could not be stored is tried again, with period 0 too") {
  NodeStatusSchedule schedule("node1");
  const auto created = change("a", spec(0));
  schedule.take(created, t0);
  CHECK(due(schedule, t0) == "a ");
  schedule.failed(created.key, t0);
  CHECK(schedule.next() == t0 + limits::kNodeStatusRetry);
  CHECK(due(schedule, t0 + limits::kNodeStatusRetry) == "a ");
}

TEST_CASE("a spec that changes while it is reported is reported again") {
  NodeStatusSchedule schedule("node1");
  const auto created = change("a", spec(10));
  schedule.take(created, t0);
  CHECK(due(schedule, t0) == "a ");
  schedule.failed(created.key, t0);  // the write met the other's
  schedule.take(change("a", spec(20), 2), t0);
  CHECK(due(schedule, t0) == "a ");
}

TEST_CASE("an erased one is forgotten, also in the middle of its report") {
  NodeStatusSchedule schedule("node1");
  const auto created = change("a", spec(10));
  schedule.take(created, t0);
  CHECK(due(schedule, t0) == "a ");
  schedule.take({created.key, std::nullopt, 2}, t0);
  schedule.reported(created.key, t0);
  schedule.failed(created.key, t0);
  CHECK(schedule.next() == kNever);
}
