#include "bgp/daemon/default_resources.h"

#include <doctest/doctest.h>

#include <map>

using namespace bgp;
using namespace bgp::daemon;
using config::store::Entry;
using config::store::Write;

namespace {

const std::string kResources = "/calico/resources/v3/projectcalico.org/";
const std::string kPool4 = kResources + "ippools/default-ipv4-ippool";
const std::string kPool6 = kResources + "ippools/default-ipv6-ippool";
const std::string kConfiguration = kResources + "bgpconfigurations/default";
constexpr Chance kChance = {0x12, 0x34, 0x56, 0x78, 0x9a};

NodeSettings settings(const std::map<std::string, std::string>& variables) {
  auto read = read_node_settings([&](const char* name) {
    auto it = variables.find(name);
    return it == variables.end() ? nullptr : it->second.c_str();
  });
  REQUIRE_MESSAGE(read.ok(), (read ? "" : read.error()));
  return *read;
}

Machine machine(const std::vector<const char*>& addresses) {
  Machine machine;
  for (const char* text : addresses) machine.interfaces.push_back({"eth0", *config::model::InterfaceAddress::parse(text)});
  return machine;
}

std::map<std::string, std::string> made(const std::map<std::string, std::string>& variables = {},
                                        const Machine& on = machine({"10.0.0.1/24"}), const std::vector<Entry>& there = {}) {
  std::map<std::string, std::string> values;
  for (const Write& write : missing_defaults(there, settings(variables), on, kChance)) {
    CHECK(write.expected_revision == 0);  // another agent may be quicker
    values[write.key] = *write.value;
  }
  return values;
}

Entry pool(const std::string& cidr) {
  return {kResources + "ippools/mine", R"({"kind":"IPPool","metadata":{"name":"mine"},"spec":{"cidr":")" + cidr + R"("}})", 3};
}

}  // namespace

TEST_CASE("a first start makes a pool of each family and an empty BGPConfiguration, as calico/node does") {
  auto values = made();
  REQUIRE(values.size() == 3);
  CHECK(values[kPool4] ==
        R"({"kind":"IPPool","apiVersion":"projectcalico.org/v3","metadata":{"name":"default-ipv4-ippool"},)"
        R"J("spec":{"cidr":"192.168.0.0/16","ipipMode":"Never","natOutgoing":true,"vxlanMode":"Never","blockSize":26,"nodeSelector":"all()"}})J");
  CHECK(values[kPool6] ==
        R"({"kind":"IPPool","apiVersion":"projectcalico.org/v3","metadata":{"name":"default-ipv6-ippool"},)"
        R"J("spec":{"cidr":"fd12:3456:789a::/48","ipipMode":"Never","vxlanMode":"Never","blockSize":122,"nodeSelector":"all()"}})J");
  CHECK(values[kConfiguration] ==
        R"({"kind":"BGPConfiguration","apiVersion":"projectcalico.org/v3","metadata":{"name":"default"},"spec":{}})");
}

TEST_CASE("what is there stays: a pool of the family, by whatever name, and the configuration") {
  CHECK(made({}, machine({}), {pool("10.9.0.0/16")}).count(kPool4) == 0);
  CHECK(made({}, machine({}), {pool("10.9.0.0/16")}).count(kPool6) == 1);
  CHECK(made({}, machine({}), {pool("fd00::/64")}).count(kPool6) == 0);
  CHECK(made({}, machine({}), {{kConfiguration, "{}", 1}}).count(kConfiguration) == 0);
}

TEST_CASE("beside a pool that cannot be read none is made") {
  const std::vector<Entry> broken = {{kResources + "ippools/mine", R"({"kind":"IPPool","metadata":{"name":"mine"},"spec":{"cidr":"10.9"}})", 3}};
  CHECK(made({}, machine({}), broken).count(kPool4) == 0);
  CHECK(made({}, machine({}), broken).count(kPool6) == 0);
}

TEST_CASE("NO_DEFAULT_POOLS makes none, and CALICO_IPV4POOL_CIDR=none not that one") {
  CHECK(made({{"NO_DEFAULT_POOLS", "true"}}).size() == 1);
  CHECK(made({{"NO_DEFAULT_POOLS", "false"}}).size() == 3);
  CHECK(made({{"CALICO_IPV4POOL_CIDR", "none"}}).count(kPool4) == 0);
  CHECK(made({{"CALICO_IPV6POOL_CIDR", "none"}}).count(kPool6) == 0);
}

TEST_CASE("CALICO_IPV4POOL_* say what the pool is like") {
  const std::string value = made({{"CALICO_IPV4POOL_CIDR", "10.42.0.0/16"}, {"CALICO_IPV4POOL_IPIP", "CrossSubnet"},
                                  {"CALICO_IPV4POOL_BLOCK_SIZE", "24"}, {"CALICO_IPV4POOL_NAT_OUTGOING", "false"},
                                  {"CALICO_IPV4POOL_NODE_SELECTOR", "has(rack)"},
                                  {"CALICO_IPV4POOL_DISABLE_BGP_EXPORT", "true"}})[kPool4];
  CHECK(value.find(R"("spec":{"cidr":"10.42.0.0/16","ipipMode":"CrossSubnet","vxlanMode":"Never","blockSize":24,)"
                   R"J("nodeSelector":"has(rack)","disableBGPExport":true})J") != std::string::npos);
  CHECK(made({{"CALICO_IPV4POOL_VXLAN", "Always"}})[kPool4].find(R"("vxlanMode":"Always")") != std::string::npos);
}

TEST_CASE("CALICO_IPV6POOL_* say what the other is like") {
  const std::string value = made({{"CALICO_IPV6POOL_CIDR", "fd42::/64"}, {"CALICO_IPV6POOL_VXLAN", "CrossSubnet"},
                                  {"CALICO_IPV6POOL_BLOCK_SIZE", "120"}, {"CALICO_IPV6POOL_NAT_OUTGOING", "true"},
                                  {"CALICO_IPV6POOL_NODE_SELECTOR", "has(rack)"},
                                  {"CALICO_IPV6POOL_DISABLE_BGP_EXPORT", "yes"}})[kPool6];
  CHECK(value.find(R"("spec":{"cidr":"fd42::/64","ipipMode":"Never","natOutgoing":true,"vxlanMode":"CrossSubnet","blockSize":120,)"
                   R"J("nodeSelector":"has(rack)","disableBGPExport":true})J") != std::string::npos);
}

TEST_CASE("a machine inside 192.168.0.0/16 gets the first of 172.16.0.0/16 and on that it is not in") {
  CHECK(made({}, machine({"192.168.7.1/24"}))[kPool4].find("172.16.0.0/16") != std::string::npos);
  CHECK(made({}, machine({"192.168.7.1/24", "172.16.0.9/24", "172.17.0.1/16"}))[kPool4].find("172.18.0.0/16") != std::string::npos);
}

TEST_CASE("a kernel without IPv6 needs no IPv6 pool") {
  Machine on = machine({"10.0.0.1/24"});
  on.has_ipv6 = false;
  CHECK(made({}, on).count(kPool6) == 0);
}
