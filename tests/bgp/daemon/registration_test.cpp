#include "bgp/daemon/registration.h"

#include <doctest/doctest.h>

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

const std::vector<Interface> kInterfaces = {
    {"lo", address("127.0.0.1/8")},      {"eth0", address("10.0.0.5/24")},   {"eth0", address("fe80::5/64")},
    {"eth1", address("10.1.0.5/24")},    {"eth1", address("fd00::5/64")},    {"docker0", address("172.17.0.1/16")},
    {"cali123", address("10.9.0.1/32")},
};

}  // namespace

TEST_CASE("first-found takes the newest interface that is nobody's bridge, container or tunnel") {
  CHECK(first_found(kInterfaces, Family::IPv4) == address("10.1.0.5/24"));
  CHECK(first_found(kInterfaces, Family::IPv6) == address("fd00::5/64"));
  CHECK_FALSE(first_found({kInterfaces[0], kInterfaces[5]}, Family::IPv4).has_value());
}

TEST_CASE("a new node is written with what the options say") {
  Options o = options("10.0.0.5/24", "fd00::5");
  o.as = Asn{64513};
  Registration r = *register_node({}, o, kInterfaces);
  CHECK(r.write->expected_revision == 0);  // must not exist: another agent may be quicker
  CHECK(written(r) == Node{"node1", Asn{64513}, address("10.0.0.5/24"), address("fd00::5/128")});
}

TEST_CASE("without --ip the stored address stays; without either it is autodetected") {
  CHECK(written(*register_node({}, options(""), kInterfaces)).ipv4 == address("10.1.0.5/24"));
  Entry before = stored({"node1", {}, address("10.0.0.9/24"), {}});
  CHECK_FALSE(register_node({before}, options(""), kInterfaces)->write.has_value());
}

TEST_CASE("an address without its subnet keeps the stored subnet") {
  Entry before = stored({"node1", {}, address("10.0.0.5/24"), {}});
  CHECK_FALSE(register_node({before}, options("10.0.0.5"), kInterfaces)->write.has_value());
}

TEST_CASE("what the options do not say stays as stored") {
  Entry before = stored({"node1", Asn{64599}, address("10.0.0.9/24"), address("fd00::9/64")});
  Registration r = *register_node({before}, options("10.0.0.5/24"), kInterfaces);
  CHECK(written(r) == Node{"node1", Asn{64599}, address("10.0.0.5/24"), address("fd00::9/64")});
  CHECK(r.write->expected_revision == before.revision);
  REQUIRE(r.warnings.size() == 1);
  CHECK(r.warnings[0].event == "node_address_changed");
}

TEST_CASE("'none' takes an address away, and no address at all is a warning and no write") {
  Entry before = stored({"node1", {}, address("10.0.0.9/24"), address("fd00::9/64")});
  CHECK_FALSE(written(*register_node({before}, options("none"), kInterfaces)).ipv4.has_value());
  Registration r = *register_node({}, options("none"), kInterfaces);
  CHECK_FALSE(r.write.has_value());
  REQUIRE(r.warnings.size() == 1);
  CHECK(r.warnings[0].event == "no_node_address");
}

TEST_CASE("two nodes with one address are refused by name") {
  auto r = register_node({stored({"node2", {}, address("10.0.0.5/24"), {}})}, options("10.0.0.5"), kInterfaces);
  REQUIRE_FALSE(r.ok());
  CHECK(r.error() == "node 'node2' has the address 10.0.0.5 already; give this node another --ip, or delete that node");
}
