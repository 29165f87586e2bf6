#include "bgp/daemon/registration.h"

#include <doctest/doctest.h>

#include "bgp/base/limits.h"
#include "config/model/kinds.h"

using namespace bgp;
using namespace bgp::daemon;
using config::model::InterfaceAddress;
using config::model::Node;
using config::store::Entry;

namespace {

InterfaceAddress address(const char* text) { return *InterfaceAddress::parse(text); }

Entry stored(const Node& node) {
  auto resource = config::model::make_node(node);
  return {config::model::node_kind().key(resource), config::model::node_kind().encode(resource, {}), 7};
}

Options options(const std::string& ip, const std::string& ip6 = {}) {
  Options o;
  o.node_name = "node1";
  o.ip = ip;
  o.ip6 = ip6;
  return o;
}

Node written(const Registration& registration) {
  REQUIRE(registration.write.has_value());
  auto resource = config::model::node_kind().decode(registration.write->key, *registration.write->value);
  REQUIRE(resource.ok());
  return config::model::read_node(*resource);
}

// The newest interface first.
Machine machine() {
  return {.interfaces = {{"cali123", address("10.9.0.1/32")}, {"docker0", address("172.17.0.1/16")},
                         {"eth1", address("10.1.0.5/24")},    {"eth1", address("fd00::5/64")},
                         {"eth0", address("10.0.0.5/24")},    {"eth0", address("10.0.0.9/24")},
                         {"eth0", address("fd00::9/64")},     {"lo", address("127.0.0.1/8")}}};
}

Node node(const std::string& name, std::optional<InterfaceAddress> ipv4, std::optional<InterfaceAddress> ipv6 = {},
          std::optional<Asn> as_number = {}) {
  return {.name = name, .as_number = as_number, .ipv4 = ipv4, .ipv6 = ipv6};
}

const LogRecord* find(const Registration& registration, const std::string& event) {
  for (const LogRecord& record : registration.records)
    if (record.event == event) return &record;
  return nullptr;
}

std::string field(const LogRecord& record, const std::string& name) {
  for (const auto& [key, value] : record.fields)
    if (key == name) return value;
  return "(absent)";
}

}  // namespace

TEST_CASE("a new node is written with what the options say") {
  Options o = options("10.0.0.5/24", "fd00::5");
  o.as = Asn{64513};
  Registration r = *register_node({}, o, machine());
  CHECK(r.write->expected_revision == 0);  // must not exist: another agent may be quicker
  CHECK(written(r) == node("node1", address("10.0.0.5/24"), address("fd00::5/64"), Asn{64513}));
}

TEST_CASE("without --ip the stored address stays; without either it is autodetected") {
  CHECK(written(*register_node({}, options(""), machine())).ipv4 == address("10.1.0.5/24"));
  Entry before = stored(node("node1", address("10.0.0.9/24")));
  CHECK_FALSE(register_node({before}, options(""), machine())->write.has_value());
}

TEST_CASE("an address without its subnet keeps the stored subnet") {
  Entry before = stored(node("node1", address("10.0.0.5/24")));
  CHECK_FALSE(register_node({before}, options("10.0.0.5"), machine())->write.has_value());
}

TEST_CASE("what the options do not say stays as stored") {
  Entry before = stored(node("node1", address("10.0.0.9/24"), address("fd00::9/64"), Asn{64599}));
  Registration r = *register_node({before}, options("10.0.0.5/24"), machine());
  CHECK(written(r) == node("node1", address("10.0.0.5/24"), address("fd00::9/64"), Asn{64599}));
  CHECK(r.write->expected_revision == before.revision);
  REQUIRE(r.records.size() == 1);
  CHECK(r.records[0].event == "node_address_changed");
  CHECK(field(r.records[0], "from") == "10.0.0.9/24");
  CHECK(field(r.records[0], "to") == "10.0.0.5/24");
}

TEST_CASE("IP=none looks for no address and takes none away, as calico/node; no address at all is a warning and no write") {
  Entry before = stored(node("node1", address("10.0.0.9/24"), address("fd00::9/64")));
  CHECK_FALSE(register_node({before}, options("none", "none"), machine())->write.has_value());
  Registration r = *register_node({}, options("none"), machine());
  CHECK_FALSE(r.write.has_value());
  REQUIRE(r.records.size() == 1);
  CHECK(r.records[0].event == "no_node_address");
}

TEST_CASE("a bare address gets the subnet of its interface; one with a length keeps it") {
  CHECK(written(*register_node({}, options("10.0.0.5"), machine())).ipv4 == address("10.0.0.5/24"));
  CHECK(written(*register_node({}, options("10.0.0.5/32"), machine())).ipv4 == address("10.0.0.5/32"));
}

TEST_CASE("an address that no interface has is taken, and somebody is told") {
  Registration r = *register_node({}, options("192.0.2.1"), machine());
  CHECK(written(r).ipv4 == address("192.0.2.1/32"));
  REQUIRE(find(r, "node_address_not_here") != nullptr);
  CHECK(field(*find(r, "node_address_not_here"), "address") == "192.0.2.1/32");
}

TEST_CASE("IP=autodetect: the choice is explained") {
  Registration r = *register_node({}, options("autodetect", "autodetect"), machine());
  CHECK(written(r).ipv4 == address("10.1.0.5/24"));
  CHECK(written(r).ipv6 == address("fd00::5/64"));
  const LogRecord* choice = find(r, "address_chosen");
  REQUIRE(choice != nullptr);
  CHECK(field(*choice, "address") == "10.1.0.5/24");
  CHECK(field(*choice, "interface") == "eth1");
  CHECK(field(*choice, "method") == "first-found");
  CHECK(field(*choice, "passed_over").starts_with("cali123 10.9.0.1/32: made for containers or tunnels; docker0"));
}

TEST_CASE("a line that explains a choice has an end") {
  Machine crowded;
  for (size_t i = 0; i < limits::kPassedOverShownMax + 2; ++i) crowded.interfaces.push_back({"docker0", address("172.17.0.1/16")});
  crowded.interfaces.push_back({"eth0", address("10.0.0.5/24")});
  Registration r = *register_node({}, options("autodetect"), crowded);
  CHECK(field(*find(r, "address_chosen"), "passed_over").ends_with("; and 2 more"));
}

TEST_CASE("IP=autodetect: a stored address that the method can live with stays over a restart (#5090)") {
  Registration r = *register_node({stored(node("node1", address("10.0.0.5/24")))}, options("autodetect"), machine());
  CHECK_FALSE(r.write.has_value());
  REQUIRE(find(r, "address_kept") != nullptr);
  CHECK(field(*find(r, "address_kept"), "method_prefers") == "10.1.0.5/24");
  CHECK(field(*find(r, "address_kept"), "on") == "eth1");
}

TEST_CASE("IP=autodetect: a stored address that is gone, or that another method rules out, is replaced at the start") {
  Entry gone = stored(node("node1", address("192.0.2.1/24")));
  CHECK(written(*register_node({gone}, options("autodetect"), machine())).ipv4 == address("10.1.0.5/24"));
  Options o = options("autodetect");
  o.node.ip_method = *parse_detection_method({"interface=eth1", "x"});
  CHECK(written(*register_node({stored(node("node1", address("10.0.0.5/24")))}, o, machine())).ipv4 == address("10.1.0.5/24"));
}

TEST_CASE("IP=autodetect without an answer keeps what is stored, and says why") {
  Options o = options("autodetect");
  o.node.ip_method = *parse_detection_method({"kubernetes-internal-ip", "x"});
  Registration r = *register_node({stored(node("node1", address("10.0.0.5/24")))}, o, machine());
  CHECK_FALSE(r.write.has_value());
  REQUIRE(find(r, "autodetection_failed") != nullptr);
  CHECK(field(*find(r, "autodetection_failed"), "reason").find("this agent asks no Kubernetes") != std::string::npos);
  CHECK(field(*find(r, "autodetection_failed"), "keeps") == "10.0.0.5/24");
}

TEST_CASE("IP=autodetect with kubernetes-internal-ip takes what spec.addresses of the stored node calls InternalIP") {
  Options o = options("autodetect");
  o.node.ip_method = *parse_detection_method({"kubernetes-internal-ip", "x"});
  Entry before = stored(node("node1", {}));
  before.value = R"({"kind":"Node","metadata":{"name":"node1"},"spec":{"addresses":[{"address":"10.1.0.5/24","type":"CalicoNodeIP"},)"
                 R"({"address":"fd00::9","type":"InternalIP"},{"address":"10.0.0.9","type":"InternalIP"}]}})";
  CHECK(written(*register_node({before}, o, machine())).ipv4 == address("10.0.0.9/24"));
}

TEST_CASE("a new address that another node has is refused by name") {
  auto r = register_node({stored(node("node2", address("10.0.0.5/24")))}, options("10.0.0.5"), machine());
  REQUIRE_FALSE(r.ok());
  CHECK(r.error() == "node 'node2' has the address 10.0.0.5 already; give this node another --ip, or delete that node");
  auto r6 = register_node({stored(node("node2", {}, address("fd00::5/64")))}, options("10.0.0.5", "fd00::5"), machine());
  CHECK(r6.error().starts_with("node 'node2' has the address fd00::5 already"));
}

TEST_CASE("an address that was ours already is shared with a warning: another's mistake does not keep us down") {
  auto r = register_node({stored(node("node1", address("10.0.0.5/24"))), stored(node("node2", address("10.0.0.5/24")))},
                         options("10.0.0.5"), machine());
  REQUIRE(r.ok());
  REQUIRE(find(*r, "node_address_shared") != nullptr);
  CHECK(field(*find(*r, "node_address_shared"), "with") == "node2");
}

TEST_CASE("DISABLE_NODE_IP_CHECK looks at no other node") {
  Options o = options("10.0.0.5");
  o.node.checks_address_conflicts = false;
  CHECK(register_node({stored(node("node2", address("10.0.0.5/24")))}, o, machine()).ok());
}

TEST_CASE("an own node resource that cannot be read is not written over, and named with the way out") {
  Entry broken = stored(node("node1", address("10.0.0.5/24")));
  broken.value = "{";
  auto registration = register_node({broken}, options("10.0.0.5"), machine());
  REQUIRE_FALSE(registration.ok());
  CHECK(registration.error().starts_with("the node 'node1' is stored and cannot be read: "));
  CHECK(registration.error().ends_with("; replace it with calicoctl, or delete it"));
}

TEST_CASE("CALICO_K8S_NODE_REF goes into the node's orchRefs, and what else is stored stays") {
  Options o = options("10.0.0.5/24");
  o.node.kubernetes_node = "worker-1";
  Entry before = stored(node("node1", address("10.0.0.5/24")));
  before.value = R"({"kind":"Node","metadata":{"name":"node1","labels":{"rack":"a"}},"spec":{"bgp":{"ipv4Address":"10.0.0.5/24"},)"
                 R"("wireguard":{"interfaceIPv4Address":"10.99.0.1"}}})";
  Registration r = *register_node({before}, o, machine());
  CHECK(written(r).kubernetes_node == "worker-1");
  CHECK(r.write->value->find(R"("orchRefs":[{"nodeName":"worker-1","orchestrator":"k8s"}])") != std::string::npos);
  CHECK(r.write->value->find("wireguard") != std::string::npos);
  CHECK(written(r).labels.at("rack") == "a");
  Entry after{before.key, *r.write->value, 8};
  CHECK_FALSE(register_node({after}, o, machine())->write.has_value());
}

TEST_CASE("the backend none registers the node without an address, and takes none away") {
  Options o = options("10.0.0.5/24");
  o.as = Asn{64513};
  o.node.backend = "none";
  CHECK(written(*register_node({}, o, machine())) == node("node1", {}));
  CHECK_FALSE(register_node({stored(node("node1", address("10.0.0.9/24")))}, o, machine())->write.has_value());
}

TEST_CASE("the backend vxlan registers the node as any other") {
  Options o = options("autodetect");
  o.node.backend = "vxlan";
  CHECK(written(*register_node({}, o, machine())).ipv4 == address("10.1.0.5/24"));
}

TEST_CASE("an address that changes while the agent runs is written alone, with the reason, and never another node's") {
  Entry before = stored(node("node1", address("192.0.2.1/24"), address("fd00::9/64"), Asn{64513}));
  const DetectionMethod method;
  const Detection found = detect(method, Family::IPv4, machine(), node("node1", {}));
  Registration r = *change_address({before}, options("autodetect"), found, method);
  CHECK(written(r) == node("node1", address("10.1.0.5/24"), address("fd00::9/64"), Asn{64513}));
  CHECK(r.write->expected_revision == before.revision);
  CHECK(find(r, "address_chosen") != nullptr);
  CHECK(find(r, "node_address_changed") != nullptr);
  CHECK_FALSE(change_address({before, stored(node("node2", address("10.1.0.5/24")))}, options("autodetect"), found, method).ok());
}
