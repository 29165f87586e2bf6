#include "bgp/daemon/node_settings.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "bgp/base/limits.h"

using namespace bgp;
using namespace bgp::daemon;

namespace {

Result<NodeSettings, std::string> read(const std::map<std::string, std::string>& variables) {
  return read_node_settings([&](const char* name) {
    auto it = variables.find(name);
    return it == variables.end() ? nullptr : it->second.c_str();
  });
}

}  // namespace

TEST_CASE("without a variable, calico/node's defaults") {
  NodeSettings s = *read({});
  CHECK(s.ip_method.kind == DetectionMethod::Kind::FirstFound);
  CHECK(s.ip6_method.kind == DetectionMethod::Kind::FirstFound);
  CHECK(s.poll_interval == 60s);
  CHECK(s.checks_address_conflicts);
  CHECK_FALSE(s.waits_for_datastore);
  CHECK(s.speaks_bgp());
  CHECK(s.pool4.is_wanted);
  CHECK(s.pool6.is_wanted);
  CHECK_FALSE(s.cluster_ips.has_value());
  CHECK(s.kubernetes_node.empty());
}

TEST_CASE("IP_AUTODETECTION_METHOD and IP6_AUTODETECTION_METHOD") {
  NodeSettings s = *read({{"IP_AUTODETECTION_METHOD", "can-reach=192.0.2.1"}, {"IP6_AUTODETECTION_METHOD", "cidr=fd00::/8"}});
  CHECK(s.ip_method.destination == "192.0.2.1");
  CHECK(s.ip6_method.kind == DetectionMethod::Kind::Cidr);
}

TEST_CASE("AUTODETECT_POLL_INTERVAL is one of Go's times, and not too short") {
  CHECK(read({{"AUTODETECT_POLL_INTERVAL", "1m30s"}})->poll_interval == 90s);
  CHECK(read({{"AUTODETECT_POLL_INTERVAL", "100ms"}})->poll_interval == limits::kAddressPollMin);
  CHECK(read({{"AUTODETECT_POLL_INTERVAL", "99ms"}}).error() ==
        "$AUTODETECT_POLL_INTERVAL: '99ms' is not allowed; give a time from 100ms on, like 60s or 1m30s");
  CHECK_FALSE(read({{"AUTODETECT_POLL_INTERVAL", "60"}}).ok());
}

TEST_CASE("DISABLE_NODE_IP_CHECK, WAIT_FOR_DATASTORE: true or false, in Calico's words") {
  CHECK_FALSE(read({{"DISABLE_NODE_IP_CHECK", "true"}})->checks_address_conflicts);
  CHECK(read({{"DISABLE_NODE_IP_CHECK", "false"}})->checks_address_conflicts);
  CHECK(read({{"WAIT_FOR_DATASTORE", "true"}})->waits_for_datastore);
  for (const char* word : {"True", "1", "yes", "Y", "t"}) CHECK(read({{"WAIT_FOR_DATASTORE", word}})->waits_for_datastore);
  for (const char* word : {"False", "0", "no", "N", "f"}) CHECK_FALSE(read({{"WAIT_FOR_DATASTORE", word}})->waits_for_datastore);
  CHECK(read({{"WAIT_FOR_DATASTORE", "maybe"}}).error() == "$WAIT_FOR_DATASTORE: 'maybe' is not allowed; give true or false");
}

TEST_CASE("CALICO_NETWORKING_BACKEND: bird speaks BGP, gobgp was another that did, none and vxlan do not") {
  CHECK(read({{"CALICO_NETWORKING_BACKEND", "bird"}})->speaks_bgp());
  CHECK(read({{"CALICO_NETWORKING_BACKEND", "gobgp"}})->speaks_bgp());
  CHECK_FALSE(read({{"CALICO_NETWORKING_BACKEND", "none"}})->speaks_bgp());
  CHECK_FALSE(read({{"CALICO_NETWORKING_BACKEND", "vxlan"}})->speaks_bgp());
  CHECK(read({{"CALICO_NETWORKING_BACKEND", "quagga"}}).error() ==
        "$CALICO_NETWORKING_BACKEND: 'quagga' is not allowed; give bird, none or vxlan");
}

TEST_CASE("CALICO_NETWORKING, the old name, wins as it does upstream") {
  CHECK(read({{"CALICO_NETWORKING", "false"}})->backend == "none");
  CHECK(read({{"CALICO_NETWORKING", "true"}, {"CALICO_NETWORKING_BACKEND", "none"}})->backend == "bird");
}

TEST_CASE("CALICO_ADVERTISE_CLUSTER_IPS is one CIDR") {
  CHECK(read({{"CALICO_ADVERTISE_CLUSTER_IPS", "10.96.0.0/12"}})->cluster_ips->to_string() == "10.96.0.0/12");
  CHECK(read({{"CALICO_ADVERTISE_CLUSTER_IPS", "10.96.0.1/12"}}).error() ==
        "$CALICO_ADVERTISE_CLUSTER_IPS: '10.96.0.1/12' is not allowed; give one CIDR, like 10.96.0.0/12");
}

TEST_CASE("CALICO_K8S_NODE_REF is a name") {
  CHECK(read({{"CALICO_K8S_NODE_REF", "worker-1"}})->kubernetes_node == "worker-1");
}

TEST_CASE("CALICO_MANAGE_CNI, CALICO_DISABLE_FILE_LOGGING and KUBECONFIG are accepted whatever they say") {
  CHECK(read({{"CALICO_MANAGE_CNI", "false"}, {"CALICO_DISABLE_FILE_LOGGING", "true"}, {"KUBECONFIG", "/no/file"}}).ok());
}

TEST_CASE("a pool's variable that makes no sense is one line") {
  struct Row {
    const char* name;
    const char* value;
    const char* text;
  };
  for (const Row& row : std::vector<Row>{
           {"CALICO_IPV4POOL_CIDR", "10.0.0.0", "give an IPv4 CIDR, or 'none'"},
           {"CALICO_IPV4POOL_CIDR", "fd00::/64", "give an IPv4 CIDR, or 'none'"},
           {"CALICO_IPV6POOL_CIDR", "10.0.0.0/8", "give an IPv6 CIDR, or 'none'"},
           {"CALICO_IPV4POOL_IPIP", "sometimes", "give Always, CrossSubnet or Never"},
           {"CALICO_IPV6POOL_VXLAN", "sometimes", "give Always, CrossSubnet or Never"},
           {"CALICO_IPV4POOL_BLOCK_SIZE", "19", "give a prefix length from 20 to 32"},
           {"CALICO_IPV6POOL_BLOCK_SIZE", "26", "give a prefix length from 116 to 128"},
           {"CALICO_IPV4POOL_NAT_OUTGOING", "perhaps", "give true or false"}}) {
    auto refused = read({{row.name, row.value}});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error() == std::string("$") + row.name + ": '" + row.value + "' is not allowed; " + row.text);
  }
  CHECK_FALSE(read({{"CALICO_IPV4POOL_NODE_SELECTOR", "rack =="}}).ok());
}

TEST_CASE("variables of pools that contradict each other are refused") {
  CHECK(read({{"NO_DEFAULT_POOLS", "true"}, {"CALICO_IPV4POOL_CIDR", "10.0.0.0/16"}}).error() ==
        "$NO_DEFAULT_POOLS and $CALICO_IPV4POOL_CIDR contradict each other; give one");
  CHECK(read({{"CALICO_IPV4POOL_IPIP", "Always"}, {"CALICO_IPV4POOL_VXLAN", "Always"}}).error() ==
        "$CALICO_IPV4POOL_IPIP and $CALICO_IPV4POOL_VXLAN cannot both be in use; give one");
  CHECK(read({{"CALICO_IPV4POOL_CIDR", "10.0.0.0/27"}}).error() ==
        "the default pool 10.0.0.0/27 is smaller than a block of /26; give a wider CIDR or a longer block size");
  CHECK(read({{"NO_DEFAULT_POOLS", "false"}, {"CALICO_IPV4POOL_CIDR", "10.0.0.0/16"}}).ok());
}

TEST_CASE("every variable has its row in README.md") {
  std::ifstream file(CALICO_SOURCE_DIR "/bgp/daemon/README.md");
  const std::string readme((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::istringstream help(node_settings_help());
  int variables = 0;
  for (std::string line; std::getline(help, line);) {
    if (!line.starts_with("  $")) continue;
    ++variables;
    const std::string name = line.substr(3, line.find(':') - 3);
    CHECK_MESSAGE(readme.find("`" + name + "`") != std::string::npos, name);
  }
  CHECK(variables == 25);
}

TEST_CASE("every variable is in the help") {
  for (const char* name : {"IP6_AUTODETECTION_METHOD", "WAIT_FOR_DATASTORE", "CALICO_IPV6POOL_NAT_OUTGOING", "CALICO_MANAGE_CNI"})
    CHECK_MESSAGE(node_settings_help().find(std::string("$") + name) != std::string::npos, name);
}
