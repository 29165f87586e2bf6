// CalicoNodeStatus, field by field: what is read, what is refused and in which words, and whose the status is.
#include "config/model/kinds/calico_node_status.h"

#include <doctest/doctest.h>

#include "config/model/document.h"
#include "config/model/kinds.h"

using namespace config::model;

namespace {

const std::string kSpec = "node: node1, classes: [Agent, BGP, Routes], updatePeriodSeconds: 10";

Outcome<std::vector<Resource>> parse(std::string_view spec, std::string_view more = "") {
  return parse_document("{apiVersion: projectcalico.org/v3, kind: CalicoNodeStatus, metadata: {name: s}, spec: {" +
                            std::string(spec) + "}" + std::string(more) + "}",
                        "-");
}
Resource resource_of(std::string_view spec, std::string_view more = "") {
  const auto read = parse(spec, more);
  REQUIRE_MESSAGE(read.ok(), (read ? "" : read.error().to_string()));
  return read->front();
}
CalicoNodeStatus status_of(std::string_view spec) { return read_calico_node_status(resource_of(spec)); }

// Without "kind name: ".
std::string error_of(std::string_view spec) {
  const auto read = parse(spec);
  return read ? "" : read.error().reason.substr(read.error().reason.find(": ") + 2);
}

}  // namespace

TEST_CASE("a CalicoNodeStatus is found by upstream's names, and lives under its plural") {
  for (const char* name : {"CalicoNodeStatus", "caliconodestatus", "caliconodestatuses", "nodestatus", "nodestatuses"})
    CHECK(find_kind(name) == &calico_node_status_kind());
  CHECK(find_kind("CalicoNodeStatus", Api::V3) == &calico_node_status_kind());
  CHECK(find_kind("CalicoNodeStatus", Api::V1) == nullptr);
  CHECK(calico_node_status_kind().key(resource_of(kSpec)) ==
        "/calico/resources/v3/projectcalico.org/caliconodestatuses/s");
  CHECK(listing_document({resource_of(kSpec)}, calico_node_status_kind(), Api::V3).find("kind")->text ==
        "CalicoNodeStatusList");
}

TEST_CASE("node") {
  CHECK(status_of(kSpec).node == "node1");
  CHECK(status_of("node: Node_1, classes: [BGP], updatePeriodSeconds: 1").node == "Node_1");
  const char* const kWhy = "(must match ^[a-zA-Z0-9_.-]{1,128}$)";
  CHECK(error_of("classes: [BGP], updatePeriodSeconds: 1") == std::string("error with field node = '' ") + kWhy);
  CHECK(error_of("node: a/b, classes: [BGP], updatePeriodSeconds: 1") ==
        std::string("error with field node = 'a/b' ") + kWhy);
}

TEST_CASE("classes: one or more, each once") {
  CHECK(status_of(kSpec) == CalicoNodeStatus{"s", "node1", true, true, true, 10});
  CHECK(status_of("node: n, classes: [BGP], updatePeriodSeconds: 1") == CalicoNodeStatus{"s", "n", false, true, false, 1});
  CHECK(error_of("node: n, updatePeriodSeconds: 1") ==
        "error with field classes = '' (must be one or more of Agent, BGP and Routes)");
  CHECK(error_of("node: n, classes: [BGP, Felix], updatePeriodSeconds: 1") ==
        "error with field classes = 'Felix' (must be Agent, BGP or Routes)");
  CHECK(error_of("node: n, classes: [BGP, Agent, BGP], updatePeriodSeconds: 1") ==
        "error with field classes = 'BGP' (must be named once)");
}

TEST_CASE("updatePeriodSeconds: up to a day, 0 too, and always said") {
  CHECK(status_of("node: n, classes: [BGP], updatePeriodSeconds: 0").update_period_s == 0U);
  CHECK(status_of("node: n, classes: [BGP], updatePeriodSeconds: 86400").update_period_s == 86400U);
  CHECK(error_of("node: n, classes: [BGP], updatePeriodSeconds: 86401") ==
        "updatePeriodSeconds 86401 is out of range (0..86400)");
  CHECK(error_of("node: n, classes: [BGP], updatePeriodSeconds: -1") ==
        "updatePeriodSeconds -1 is out of range (0..86400)");
  CHECK(error_of("node: n, classes: [BGP]") == "error with field updatePeriodSeconds = '' (must be 0..86400)");
  CHECK(to_compact_json(resource_of("node: n, classes: [BGP], updatePeriodSeconds: '7'").spec) ==
        R"({"node":"n","classes":["BGP"],"updatePeriodSeconds":7})");
}

TEST_CASE("what another tool stored is shown, and what of it makes no sense asks for nothing") {
  const Kind& kind = calico_node_status_kind();
  const auto read = kind.decode(kind.prefix() + "s", R"({"spec":{"node":"n","classes":["Felix"],"later":1}})");
  REQUIRE(read.ok());
  CHECK(read_calico_node_status(*read) == CalicoNodeStatus{"s", "n", false, false, false, std::nullopt});
  CHECK(kind.cell(*read, "CLASSES", Api::V3, {}) == "Felix");
}

TEST_CASE("the columns are upstream's") {
  const Kind& kind = calico_node_status_kind();
  CHECK(kind.ps_columns(Api::V3) == std::vector<std::string>{"NAME", "NODE"});
  CHECK(kind.wide_columns(Api::V3) == std::vector<std::string>{"NAME", "NODE", "CLASSES"});
  const Resource resource = resource_of(kSpec);
  CHECK(kind.cell(resource, "NAME", Api::V3, {}) == "s");
  CHECK(kind.cell(resource, "NODE", Api::V3, {}) == "node1");
  CHECK(kind.cell(resource, "CLASSES", Api::V3, {}) == "Agent,BGP,Routes");
}

TEST_CASE("the status is the agent's: no document writes or erases it, and it is shown") {
  const Kind& kind = calico_node_status_kind();
  const std::string created = kind.encode(resource_of(kSpec, ", status: {lastUpdated: mine}"), std::nullopt);
  CHECK(created.find("mine") == std::string::npos);
  const std::string reported = with_status(created, Value::map().set("lastUpdated", Value::string("now")));
  CHECK(reported == created.substr(0, created.size() - 1) + R"(,"status":{"lastUpdated":"now"}})");

  const std::string replaced = kind.encode(resource_of(kSpec, ", status: {lastUpdated: mine}"), reported);
  const auto read = kind.decode(kind.prefix() + "s", replaced);
  REQUIRE(read.ok());
  CHECK(to_compact_json(*kind.document(*read, Api::V3).find("status")) == R"({"lastUpdated":"now"})");
}
