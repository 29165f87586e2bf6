// Calico v2's keys and values, as its own tools wrote them (libcalico-go v1, confd's templates).
#include "config/etcd/v2_layout.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>

#include "bgp/base/prng.h"
#include "config/model/document.h"
#include "config/model/kinds.h"
#include "config/model/kinds/node.h"

using namespace config::etcd;
using config::store::Entry;
using config::store::Write;

namespace {

using Map = std::map<std::string, std::string>;

// One resource of a document, as calicoctl stores it.
Write stored(const std::string& yaml) {
  auto resources = config::model::parse_document(yaml, "-");
  REQUIRE_MESSAGE(resources.ok(), (resources ? "" : resources.error().to_string()));
  REQUIRE(resources->size() == 1);
  const auto& resource = resources->front();
  return {resource.kind->key(resource), resource.kind->encode(resource, std::nullopt), std::nullopt};
}

std::vector<Entry> entries(const Map& map) {
  std::vector<Entry> all;
  for (const auto& [key, value] : map) all.push_back({key, value, 7});
  return all;
}

// What is there after the writes; a key that is erased is gone.
Map written(const Write& wanted, const Map& before = {}) {
  auto writes = v2::split(wanted, v2::group(entries(before))[wanted.key]);
  REQUIRE_MESSAGE(writes.ok(), (writes ? "" : writes.error()));
  Map after = before;
  for (const Write& write : *writes) {
    CHECK(write.expected_revision == (before.contains(write.key) ? 7 : 0));
    if (write.value) after[write.key] = *write.value;
    else after.erase(write.key);
  }
  return after;
}

std::string refusal(const std::string& yaml) {
  auto writes = v2::split(stored(yaml), {});
  REQUIRE_FALSE(writes.ok());
  return writes.error();
}

// What the rest of the agent sees: key -> value, without the long beginning of the keys.
Map seen(const Map& keys) {
  Map all;
  for (const auto& [resource, parts] : v2::group(entries(keys))) {
    auto entry = v2::join(resource, parts);
    if (!entry) continue;
    const std::string start = "/calico/resources/v3/projectcalico.org/";
    all[entry->key.starts_with(start) ? entry->key.substr(start.size()) : entry->key] = entry->value;
  }
  return all;
}

struct Golden {
  const char* what;
  std::string yaml;
  Map keys;
};

const std::string kNode = "{apiVersion: v1, kind: node, metadata: {name: ";

const std::vector<Golden>& golden() {
  static const std::vector<Golden> rows = {
      {"a global peer; the AS number is a text",
       "{apiVersion: v1, kind: bgpPeer, metadata: {scope: global, peerIP: 192.20.30.40}, spec: {asNumber: 64567}}",
       {{"/calico/bgp/v1/global/peer_v4/192.20.30.40", R"({"ip":"192.20.30.40","as_num":"64567"})"}}},
      {"a node's IPv6 peer",
       "{apiVersion: v1, kind: bgpPeer, metadata: {scope: node, node: Node_1, peerIP: 'AA:BB::0'}, spec: {asNumber: 4294967295}}",
       {{"/calico/bgp/v1/host/Node_1/peer_v6/aa:bb::", R"({"ip":"aa:bb::","as_num":"4294967295"})"}}},
      {"a node with a bare IPv4 address; what it lacks is blank", kNode + "n1}, spec: {bgp: {ipv4Address: 10.0.0.1}}}",
       {{"/calico/v1/host/n1/metadata", "{}"},
        {"/calico/v1/host/n1/bird_ip", "10.0.0.1"},
        {"/calico/bgp/v1/host/n1/ip_addr_v4", "10.0.0.1"},
        {"/calico/bgp/v1/host/n1/ip_addr_v6", ""}}},
      {"a node with all",
       kNode + "n1}, spec: {bgp: {asNumber: 64513, ipv4Address: 10.0.0.1/24, ipv6Address: 'fd00::1/64'}}}",
       {{"/calico/v1/host/n1/metadata", "{}"},
        {"/calico/v1/host/n1/bird_ip", "10.0.0.1"},
        {"/calico/bgp/v1/host/n1/ip_addr_v4", "10.0.0.1"},
        {"/calico/bgp/v1/host/n1/network_v4", "10.0.0.0/24"},
        {"/calico/bgp/v1/host/n1/ip_addr_v6", "fd00::1"},
        {"/calico/bgp/v1/host/n1/network_v6", "fd00::/64"},
        {"/calico/bgp/v1/host/n1/as_num", "64513"}}},
      {"a node with an IPIP tunnel",
       "{apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: n1}, spec: {bgp: {ipv4Address: 10.0.0.1/32, "
       "ipv4IPIPTunnelAddr: 192.168.1.1}}}",
       {{"/calico/v1/host/n1/metadata", "{}"},
        {"/calico/v1/host/n1/bird_ip", "10.0.0.1"},
        {"/calico/v1/host/n1/config/IpInIpTunnelAddr", "192.168.1.1"},
        {"/calico/bgp/v1/host/n1/ip_addr_v4", "10.0.0.1"},
        {"/calico/bgp/v1/host/n1/ip_addr_v6", ""}}},
      {"a node without BGP", kNode + "n1}, spec: {}}",
       {{"/calico/v1/host/n1/metadata", "{}"},
        {"/calico/bgp/v1/host/n1/ip_addr_v4", ""},
        {"/calico/bgp/v1/host/n1/ip_addr_v6", ""}}},
      {"a pool", "{apiVersion: v1, kind: ipPool, metadata: {cidr: 192.168.0.0/16}, spec: {nat-outgoing: true}}",
       {{"/calico/v1/ipam/v4/pool/192.168.0.0-16",
         R"({"cidr":"192.168.0.0/16","ipip":"","ipip_mode":"","masquerade":true,"ipam":true,"disabled":false})"}}},
      {"a pool with IPIP across subnets, disabled",
       "{apiVersion: v1, kind: ipPool, metadata: {cidr: 10.1.0.0/16}, spec: {ipip: {enabled: true, mode: cross-subnet}, "
       "disabled: true}}",
       {{"/calico/v1/ipam/v4/pool/10.1.0.0-16",
         R"({"cidr":"10.1.0.0/16","ipip":"tunl0","ipip_mode":"cross-subnet","masquerade":false,"ipam":false,"disabled":true})"}}},
      {"an IPv6 pool", "{apiVersion: v1, kind: ipPool, metadata: {cidr: 'fd80:24e2:f998:72d6::/64'}}",
       {{"/calico/v1/ipam/v6/pool/fd80:24e2:f998:72d6::-64",
         R"({"cidr":"fd80:24e2:f998:72d6::/64","ipip":"","ipip_mode":"","masquerade":false,"ipam":true,"disabled":false})"}}},
      {"the global settings",
       "{apiVersion: projectcalico.org/v3, kind: BGPConfiguration, metadata: {name: default}, spec: {asNumber: 64512, "
       "nodeToNodeMeshEnabled: true, logSeverityScreen: Info}}",
       {{"/calico/bgp/v1/global/as_num", "64512"},
        {"/calico/bgp/v1/global/node_mesh", R"({"enabled":true})"},
        {"/calico/bgp/v1/global/loglevel", "info"}}},
      {"a node's log level, for which BIRD had no word: Felix's key says it",
       "{apiVersion: projectcalico.org/v3, kind: BGPConfiguration, metadata: {name: node.n1}, spec: {logSeverityScreen: "
       "Warning}}",
       {{"/calico/bgp/v1/host/n1/loglevel", "none"}, {"/calico/v1/host/n1/config/LogSeverityScreen", "warning"}}},
      {"IPIP in general",
       "{apiVersion: projectcalico.org/v3, kind: FelixConfiguration, metadata: {name: default}, spec: {ipipEnabled: false}}",
       {{"/calico/v1/config/IpInIpEnabled", "false"}}},
      {"a block", "{apiVersion: v1, kind: blockAffinity, metadata: {node: n1, cidr: 192.168.1.0/26}, spec: {state: confirmed}}",
       {{"/calico/ipam/v2/host/n1/ipv4/block/192.168.1.0-26", ""}}},
  };
  return rows;
}

}  // namespace

TEST_CASE("each resource is written as Calico v2 wrote it, and read back as it was") {
  for (const Golden& row : golden()) {
    CAPTURE(row.what);
    const Write wanted = stored(row.yaml);
    const Map keys = written(wanted);
    CHECK(keys == row.keys);
    auto entry = v2::join(wanted.key, entries(keys));
    REQUIRE(entry.has_value());
    CHECK(entry->key == wanted.key);
    const auto* kind = config::model::find_kind_of_key(wanted.key);
    CHECK(kind->decode(entry->key, entry->value)->spec == kind->decode(wanted.key, *wanted.value)->spec);
    for (const auto& [key, value] : written({wanted.key, std::nullopt, {}}, keys))
      CHECK_MESSAGE(key.ends_with("LogSeverityScreen"), "a delete leaves " << key << ", which is not Felix's");
  }
}

TEST_CASE("what Calico v2's tools left is read: AS numbers as texts or numbers, blank addresses, no ipip_mode") {
  const Map resources = seen({
      {"/calico/bgp/v1/global/as_num", "64511"},
      {"/calico/bgp/v1/global/node_mesh", R"({"enabled": false})"},
      {"/calico/bgp/v1/global/peer_v4/10.9.0.1", R"({"ip": "10.9.0.1", "as_num": "1.10"})"},
      {"/calico/bgp/v1/host/n1/peer_v6/fd00::99", R"({"ip": "fd00::99", "as_num": 64514})"},
      {"/calico/bgp/v1/host/n1/ip_addr_v4", "10.0.0.1"},
      {"/calico/bgp/v1/host/n1/ip_addr_v6", ""},
      {"/calico/bgp/v1/host/n1/as_num", ""},
      {"/calico/v1/ipam/v4/pool/192.168.0.0-16", R"({"cidr":"192.168.0.0/16","ipip":"tunl0","masquerade":true})"},
      {"/calico/ipam/v2/host/n1/ipv4/block/192.168.1.0-26", ""},
      // Nothing of these is ours.
      {"/calico/bgp/v1/host/n2/as_num", "64999"},
      {"/calico/bgp/v1/global/custom_filters/v4/mine", "reject;"},
      {"/calico/bgp/v1/rr_v4/10.9.0.2", R"({"ip":"10.9.0.2","cluster_id":"1.0.0.1"})"},
      {"/calico/v1/config/LogSeverityScreen", "Debug"},
      {"/calico/v1/host/n1/workload/k8s/pod/endpoint/eth0", "{}"},
  });
  CHECK(resources ==
        Map{{"bgpconfigurations/default",
             R"({"kind":"BGPConfiguration","apiVersion":"projectcalico.org/v3","metadata":{"name":"default"},"spec":{"asNumber":64511,"nodeToNodeMeshEnabled":false}})"},
            {"bgppeers/10-9-0-1",
             R"({"kind":"BGPPeer","apiVersion":"projectcalico.org/v3","metadata":{"name":"10-9-0-1"},"spec":{"peerIP":"10.9.0.1","asNumber":65546}})"},
            {"bgppeers/n1.fd00-0000-0000-0000-0000-0000-0000-0099",
             R"({"kind":"BGPPeer","apiVersion":"projectcalico.org/v3","metadata":{"name":"n1.fd00-0000-0000-0000-0000-0000-0000-0099"},"spec":{"node":"n1","peerIP":"fd00::99","asNumber":64514}})"},
            {"nodes/n1",
             R"({"kind":"Node","apiVersion":"projectcalico.org/v3","metadata":{"name":"n1"},"spec":{"bgp":{"ipv4Address":"10.0.0.1/32"}}})"},
            {"ippools/192-168-0-0-16",
             R"x({"kind":"IPPool","apiVersion":"projectcalico.org/v3","metadata":{"name":"192-168-0-0-16"},"spec":{"cidr":"192.168.0.0/16","ipipMode":"Always","natOutgoing":true,"vxlanMode":"Never","blockSize":26,"nodeSelector":"all()"}})x"},
            {"/calico/ipam/v2/host/n1/ipv4/block/192.168.1.0-26", ""}});
}

TEST_CASE("a node that changes loses the keys that it no longer needs; deleted, its own peers and its workloads stay") {
  const Map before = {{"/calico/v1/host/n1/metadata", "{}"},
                      {"/calico/v1/host/n1/bird_ip", "10.0.0.1"},
                      {"/calico/v1/host/n1/workload/k8s/pod/endpoint/eth0", "{}"},
                      {"/calico/bgp/v1/host/n1/ip_addr_v4", "10.0.0.1"},
                      {"/calico/bgp/v1/host/n1/network_v4", "10.0.0.0/24"},
                      {"/calico/bgp/v1/host/n1/ip_addr_v6", ""},
                      {"/calico/bgp/v1/host/n1/as_num", "64513"},
                      {"/calico/bgp/v1/host/n1/peer_v4/10.9.0.1", R"({"ip":"10.9.0.1","as_num":"1"})"}};
  const Write moved = stored(kNode + "n1}, spec: {bgp: {ipv6Address: 'fd00::1'}}}");
  CHECK(written(moved, before) == Map{{"/calico/v1/host/n1/metadata", "{}"},
                                      {"/calico/v1/host/n1/workload/k8s/pod/endpoint/eth0", "{}"},
                                      {"/calico/bgp/v1/host/n1/ip_addr_v4", ""},
                                      {"/calico/bgp/v1/host/n1/ip_addr_v6", "fd00::1"},
                                      {"/calico/bgp/v1/host/n1/peer_v4/10.9.0.1", R"({"ip":"10.9.0.1","as_num":"1"})"}});
  CHECK(written({moved.key, std::nullopt, {}}, before) ==
        Map{{"/calico/v1/host/n1/workload/k8s/pod/endpoint/eth0", "{}"},
            {"/calico/bgp/v1/host/n1/peer_v4/10.9.0.1", R"({"ip":"10.9.0.1","as_num":"1"})"}});
}

TEST_CASE("a node's AS number and tunnel that were there before its address stay when the address comes") {
  const Map before = {{"/calico/v1/host/n1/metadata", "{}"},
                      {"/calico/v1/host/n1/config/IpInIpTunnelAddr", "192.168.1.1"},
                      {"/calico/bgp/v1/host/n1/ip_addr_v4", ""},
                      {"/calico/bgp/v1/host/n1/ip_addr_v6", ""},
                      {"/calico/bgp/v1/host/n1/as_num", "64513"}};
  const std::string key = "/calico/resources/v3/projectcalico.org/nodes/n1";
  const auto stored_node = v2::join(key, v2::group(entries(before))[key]);
  REQUIRE(stored_node.has_value());
  auto resource = config::model::node_kind().decode(key, stored_node->value);
  REQUIRE(resource.ok());
  config::model::Node node = config::model::read_node(*resource);
  CHECK(node.as_number == bgp::Asn{64513});
  node.ipv4 = config::model::InterfaceAddress::parse("10.0.0.1/24");  // as the agent registers it
  const Map after = written({key, config::model::node_kind().encode(config::model::make_node(node), stored_node->value), std::nullopt}, before);
  CHECK(after.at("/calico/bgp/v1/host/n1/ip_addr_v4") == "10.0.0.1");
  CHECK(after.contains("/calico/bgp/v1/host/n1/as_num"));
  CHECK(after.contains("/calico/v1/host/n1/config/IpInIpTunnelAddr"));
}

TEST_CASE("what Calico v2 has no place for is refused, by name") {
  const auto v3 = [](const std::string& kind, const std::string& name, const std::string& spec) {
    return "{apiVersion: projectcalico.org/v3, kind: " + kind + ", metadata: {name: " + name + "}, spec: {" + spec + "}}";
  };
  const std::string advice = "; leave it out, or use the datastore etcdv3";
  const std::string no_place = "Calico v2's layout (etcdv2) has no place for ";
  CHECK(refusal(v3("BGPPeer", "192-0-2-1", "peerIP: 192.0.2.1, asNumber: 1, ttlSecurity: 1")) ==
        "BGPPeer(global, ip=192.0.2.1): " + no_place + "spec.ttlSecurity" + advice);
  CHECK(refusal(v3("BGPPeer", "tor", "peerIP: 192.0.2.1, asNumber: 1")) ==
        "BGPPeer(global, ip=192.0.2.1): in Calico v2's layout its name is 192-0-2-1; name it so");
  CHECK(refusal(v3("BGPPeer", "mesh", "peerSelector: all()")) == "BGPPeer(mesh): " + no_place + "spec.peerSelector" + advice);
  CHECK(refusal(v3("Node", "n1", "bgp: {ipv4Address: 10.0.0.1, routeReflectorClusterID: 1.0.0.1}")) ==
        "Node(name=n1): " + no_place + "spec.bgp.routeReflectorClusterID" + advice);
  CHECK(refusal("{apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: n1, labels: {rack: a}}, spec: {bgp: "
                "{ipv4Address: 10.0.0.1}}}") == "Node(name=n1): " + no_place + "metadata.labels" + advice);
  CHECK(refusal(v3("IPPool", "192-168-0-0-16", "cidr: 192.168.0.0/16, vxlanMode: Always")) ==
        "IPPool(cidr=192.168.0.0/16): " + no_place + "spec.vxlanMode" + advice);
  CHECK(refusal(v3("IPPool", "192-168-0-0-16", "cidr: 192.168.0.0/16, blockSize: 28")) ==
        "IPPool(cidr=192.168.0.0/16): " + no_place + "spec.blockSize" + advice);
  CHECK(refusal(v3("BGPConfiguration", "default", "asNumber: 1, listenPort: 1790")).find(no_place + "spec.listenPort" + advice) !=
        std::string::npos);
  CHECK(refusal(v3("BGPConfiguration", "default", "logSeverityScreen: Trace")).find(no_place + "spec.logSeverityScreen" + advice) !=
        std::string::npos);
  CHECK(refusal(v3("BGPFilter", "f", "exportV4: [{action: Reject}]")) ==
        "Calico v2's layout (etcdv2) has no BGPFilter; use the datastore etcdv3");
  CHECK(refusal("{apiVersion: v1, kind: blockAffinity, metadata: {node: n1, cidr: 192.168.1.0/26}, spec: {state: pending}}")
            .find(no_place + "spec.state" + advice) != std::string::npos);
}

TEST_CASE("what has a name of its own is seen under the one that v2 knows") {
  const std::string pools = "/calico/resources/v3/projectcalico.org/ippools/";
  const Write pool = stored("{apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: default-ipv4-ippool}, spec: "
                            "{cidr: 192.168.0.0/16}}");
  CHECK(v2::shown_as(pool) == pools + "192-168-0-0-16");
  CHECK(written({v2::shown_as(pool), pool.value, 0}).contains("/calico/v1/ipam/v4/pool/192.168.0.0-16"));
  CHECK(v2::shown_as({pool.key, std::nullopt, {}}) == pool.key);
  CHECK(v2::shown_as({"/calico/elsewhere", "x", {}}) == "/calico/elsewhere");
}

TEST_CASE("defaults of today's Calico that are spelled out are no loss") {
  CHECK(written(stored("{apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: 192-168-0-0-16, labels: {}}, spec: {cidr: "
                       "192.168.0.0/16, blockSize: 26, nodeSelector: all(), vxlanMode: Never, ipipMode: Never, natOutgoing: "
                       "false}}"))
            .size() == 1);
}

TEST_CASE("a value that cannot be read is named, and what others keep is nobody's fault") {
  const auto fault = [](const std::string& key, const std::string& value) {
    return v2::find_fault({key, value, 1}).value_or("");
  };
  CHECK(fault("/calico/bgp/v1/global/peer_v4/10.9.0.1", "{") != "");
  CHECK(fault("/calico/bgp/v1/global/peer_v4/10.9.0.1", R"({"ip":"10.9.0.1"})") == "it has no as_num");
  CHECK(fault("/calico/bgp/v1/global/peer_v4/10.9.0.1", R"({"as_num":"4294967296"})") != "");
  CHECK(fault("/calico/bgp/v1/host/n1/ip_addr_v4", "fd00::1") == "it is no ip_addr_v4: 'fd00::1'");
  CHECK(fault("/calico/bgp/v1/host/n1/ip_addr_v4", "\x1b[31m") == "it is no ip_addr_v4: '\\x1b[31m'");
  CHECK(fault("/calico/bgp/v1/host/n1/network_v4", "10.0.0.0/33") != "");
  CHECK(fault("/calico/bgp/v1/host/n1/as_num", "x") != "");
  CHECK(fault("/calico/bgp/v1/global/node_mesh", "on") != "");
  CHECK(fault("/calico/v1/host/n1/config/IpInIpTunnelAddr", "fd00::1") != "");
  CHECK(fault("/calico/bgp/v1/global/loglevel", "loud") != "");
  CHECK(fault("/calico/v1/ipam/v4/pool/192.168.0.0-16", "[]") == "it is no JSON object");
  CHECK(fault("/calico/bgp/v1/host/n1/ip_addr_v6", "") == "");
  CHECK(fault("/calico/bgp/v1/global/custom_filters/v4/x", "reject;") == "");
  CHECK(fault("/calico/v1/config/LogSeverityScreen", "Whatever") == "");
}

TEST_CASE("whatever stands in a key, it has a fault that is named, or it can be written as it was read (20,000 values)") {
  bgp::Prng chance(1);
  const auto damaged = [&](std::string value) {
    static const std::string kBytes = "\"{}[]:,.-/0129aeflnrtu \\\n\x1b\xff";
    for (uint64_t n = 1 + chance.below(3); n > 0; --n) {
      const size_t at = chance.below(value.size() + 1);
      if (chance.below(3) == 0) value.erase(at, 1 + chance.below(4));
      else value.insert(at, 1, kBytes[chance.below(kBytes.size())]);
    }
    return value;
  };
  int faults = 0;
  for (int n = 0; n < 20'000; ++n) {
    const Map& keys = golden()[chance.below(golden().size())].keys;
    const auto& [key, value] = *std::next(keys.begin(), static_cast<long>(chance.below(keys.size())));
    const Entry part{key, damaged(value), 1};
    CAPTURE(part.key);
    CAPTURE(part.value);
    const auto fault = v2::find_fault(part);
    faults += fault.has_value();
    if (fault) REQUIRE(std::none_of(fault->begin(), fault->end(), [](char c) { return c >= 0 && c < ' '; }));
    const auto resource = v2::join(*v2::resource_of(key), {part});
    if (fault || !resource) continue;
    const auto writes = v2::split({resource->key, resource->value, std::nullopt}, {part});
    REQUIRE_MESSAGE(writes.ok(), (writes ? "" : writes.error()));
  }
  CHECK(faults > 5'000);
}
