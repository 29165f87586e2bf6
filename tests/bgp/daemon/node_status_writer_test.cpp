// Reports into a store: nobody's change is overwritten, and trouble is said once.
#include "bgp/daemon/node_status_writer.h"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>

#include "bgp/daemon/config_source.h"
#include "config/store/mem_store.h"

using namespace bgp;
using namespace bgp::daemon;
using config::store::Change;
using config::store::StoreError;

namespace {

const std::string kKey = "/calico/resources/v3/projectcalico.org/caliconodestatuses/s";
std::string value(int period, const char* classes = R"(["BGP"])") {
  return R"({"kind":"CalicoNodeStatus","spec":{"node":"node1","classes":)" + std::string(classes) +
         R"(,"updatePeriodSeconds":)" + std::to_string(period) + "}}";
}

// A store that can be told to refuse.
struct Store : config::store::MemStore {
  bool is_away = false;
  int commits = 0;
  Result<uint64_t, StoreError> commit(const std::vector<config::store::Write>& writes) override {
    ++commits;
    if (is_away) return Err(StoreError{StoreError::Kind::Unreachable, "etcd is away", "", 0});
    return MemStore::commit(writes);
  }
};

// A writer, its store, and a routing thread whose answer waits until it is wanted.
struct Desk {
  boost::asio::io_context io;
  Store store;
  BirdSelf self{"v1", {}, {}};
  std::vector<LogRecord> logged;
  NodeStatusWriter::Events::Then asked;
  bool with_routes = false;
  NodeStatusWriter writer{io, store, "node1", self,
                          {[this](bool routes, NodeStatusWriter::Events::Then then) {
                             with_routes = routes;
                             asked = std::move(then);
                           },
                           [this](const LogRecord& record) { logged.push_back(record); }}};

  void put(const std::string& text) {
    REQUIRE(store.commit({{kKey, text, {}}}));
    see();
  }
  void see() {
    auto entry = *store.get(kKey);
    writer.take({kKey, entry ? std::optional(entry->value) : std::nullopt, entry ? entry->revision : 0});
  }
  // Runs until the routing thread is asked.
  bool is_asked() {
    io.restart();
    while (!asked && io.run_one_for(std::chrono::seconds(5)) != 0) {
    }
    return static_cast<bool>(asked);
  }
  void answer() {
    const Clocks clocks{Instant(1h), std::chrono::sys_days{std::chrono::year{2026} / 11 / 28}};
    std::exchange(asked, nullptr)({{Asn{64512}, {1}, clocks.steady, {}, {}, false, {}}, with_routes, {}}, clocks);
  }
  std::string stored() { return (*store.get(kKey))->value; }
};

}  // namespace

TEST_CASE("a report is written beside the spec, and once while nothing changes") {
  Desk desk;
  desk.put(value(1));
  REQUIRE(desk.is_asked());
  desk.answer();
  CHECK(desk.stored().starts_with(value(1).substr(0, value(1).size() - 1) + R"(,"status":{"lastUpdated":)"));
  CHECK(desk.store.commits == 2);
  const std::string later = desk.stored();
  desk.put(std::string(later).replace(later.find(R"(Seconds":1)"), 10, R"(Seconds":2)"));  // due again
  REQUIRE(desk.is_asked());
  desk.answer();
  CHECK(desk.store.commits == 3);  // the operator's
  CHECK(desk.logged.empty());
}

TEST_CASE("a spec that changed meanwhile is not overwritten, and is reported then") {
  Desk desk;
  desk.put(value(0));
  REQUIRE(desk.is_asked());
  REQUIRE(desk.store.commit({{kKey, value(86400, R"(["Agent"])"), {}}}));
  desk.answer();
  CHECK(desk.stored() == value(86400, R"(["Agent"])"));
  CHECK(desk.logged.empty());
  desk.see();
  REQUIRE(desk.is_asked());
  desk.answer();
  CHECK(desk.stored().find(R"("classes":["Agent"],"updatePeriodSeconds":86400},"status":)") != std::string::npos);
}

TEST_CASE("routes that are wanted since the question are asked for again") {
  Desk desk;
  desk.put(value(0));
  REQUIRE(desk.is_asked());
  CHECK_FALSE(desk.with_routes);
  desk.put(value(0, R"(["Routes"])"));
  desk.answer();
  CHECK(desk.stored() == value(0, R"(["Routes"])"));
  REQUIRE(desk.is_asked());
  CHECK(desk.with_routes);
}

TEST_CASE("a store that is away is said once, and an erased resource is not made again") {
  Desk desk;
  desk.put(value(0));
  REQUIRE(desk.is_asked());
  desk.store.is_away = true;
  desk.answer();
  REQUIRE(desk.logged.size() == 1);
  CHECK(to_text(desk.logged[0]) == "event=node_status_not_written subject=s reason=\"etcd is away\"");
  desk.writer.take({kKey, value(1), 1});  // its spec changed: tried at once
  REQUIRE(desk.is_asked());
  desk.answer();
  CHECK(desk.logged.size() == 1);
  desk.store.is_away = false;
  desk.writer.take({kKey, value(2), 1});
  REQUIRE(desk.is_asked());
  REQUIRE(desk.store.commit({{kKey, std::nullopt, {}}}));
  desk.answer();
  CHECK_FALSE(desk.store.get(kKey)->has_value());
}

TEST_CASE("a CalicoNodeStatus goes past the configuration: it is handed on, and nothing is resolved") {
  boost::asio::io_context io;
  config::store::MemStore store;
  REQUIRE(store.commit({{kKey, value(1), {}}}));
  std::vector<std::string> seen;
  ConfigSource source(io, store, {.name = "node1"}, {"/nowhere", "/nowhere"},
                      {[](const config::desired::Resolved&) {}, [](const LogRecord&) {},
                       [&](const Change& change) { seen.push_back(change.value.value_or("gone")); }});
  REQUIRE(source.start());
  REQUIRE(store.commit({{kKey, value(2), {}}}));
  REQUIRE(store.commit({{kKey, std::nullopt, {}}}));
  io.restart();
  CHECK(io.poll() == 2);  // two changes taken, no resolving posted after them
  CHECK(seen == std::vector<std::string>{value(1), value(2), "gone"});
  REQUIRE(store.commit({{"/calico/resources/v3/projectcalico.org/nodes/node1", "{}", {}}}));
  io.restart();
  CHECK(io.poll() == 2);  // the change, and then the resolving
  source.stop();
}
