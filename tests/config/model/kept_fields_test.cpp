// Every field of the kinds that Calico's BGP reads: written in a document, stored, read again, and shown in both clothes as it
// was. What v1 cannot say is shown as v3. What fields do is in tests/config/desired and config/README.md.
#include <doctest/doctest.h>

#include "config/model/document.h"
#include "config/model/kinds.h"

using namespace config::model;

namespace {

struct Row {
  const char* kind;
  const char* base;    // fields that it needs beside
  const char* field;   // "name: value", as YAML
  const char* shown;   // the field as JSON
  bool is_v1 = false;  // v1 has it too
};

const Row kRows[] = {
    {"BGPConfiguration", "", "logSeverityScreen: debug", R"("logSeverityScreen":"debug")"},
    {"BGPConfiguration", "", "nodeToNodeMeshEnabled: false", R"("nodeToNodeMeshEnabled":false)"},
    {"BGPConfiguration", "", "asNumber: '1.10'", R"("asNumber":65546)"},
    {"BGPConfiguration", "", "listenPort: 1179", R"("listenPort":1179)"},
    {"BGPConfiguration", "", "bindMode: NodeIP", R"("bindMode":"NodeIP")"},
    {"BGPConfiguration", "", "nodeMeshPassword: {secretKeyRef: {name: s, key: k}}", R"("nodeMeshPassword":{"secretKeyRef":{"name":"s","key":"k"}})"},
    {"BGPConfiguration", "", "nodeMeshMaxRestartTime: 90s", R"("nodeMeshMaxRestartTime":"90s")"},
    {"BGPConfiguration", "", "serviceClusterIPs: [{cidr: 10.96.0.0/12}]", R"("serviceClusterIPs":[{"cidr":"10.96.0.0/12"}])"},
    {"BGPConfiguration", "", "serviceExternalIPs: [{cidr: 10.97.0.0/16}]", R"("serviceExternalIPs":[{"cidr":"10.97.0.0/16"}])"},
    {"BGPConfiguration", "", "serviceLoadBalancerIPs: [{cidr: 10.98.0.0/16}]", R"("serviceLoadBalancerIPs":[{"cidr":"10.98.0.0/16"}])"},
    {"BGPConfiguration", "", "serviceLoadBalancerAggregation: Disabled", R"("serviceLoadBalancerAggregation":"Disabled")"},
    {"BGPConfiguration", "prefixAdvertisements: [{cidr: 10.0.0.0/8, communities: [c]}]", "communities: [{name: c, value: '1:2'}]", R"("communities":[{"name":"c","value":"1:2"}])"},
    {"BGPConfiguration", "", "prefixAdvertisements: [{cidr: 10.0.0.0/8, communities: ['1:2:3']}]", R"("prefixAdvertisements":[{"cidr":"10.0.0.0/8","communities":["1:2:3"]}])"},
    {"BGPConfiguration", "", "ignoredInterfaces: ['eth1']", R"("ignoredInterfaces":["eth1"])"},
    {"BGPConfiguration", "", "localWorkloadPeeringIPV4: 169.254.0.179", R"("localWorkloadPeeringIPV4":"169.254.0.179")"},
    {"BGPConfiguration", "", "localWorkloadPeeringIPV6: 'fd12::1'", R"("localWorkloadPeeringIPV6":"fd12::1")"},
    {"BGPConfiguration", "", "programClusterRoutes: EnabledIPIPOnly", R"("programClusterRoutes":"EnabledIPIPOnly")"},
    {"BGPConfiguration", "", "ipv4NormalRoutePriority: 1", R"("ipv4NormalRoutePriority":1)"},
    {"BGPConfiguration", "", "ipv6NormalRoutePriority: 2147483646", R"("ipv6NormalRoutePriority":2147483646)"},

    {"BGPPeer", "asNumber: 1", "peerIP: 10.0.0.9", R"("peerIP":"10.0.0.9")", true},
    {"BGPPeer", "asNumber: 1", "peerIP: '10.0.0.9:1790'", R"("peerIP":"10.0.0.9:1790")"},
    {"BGPPeer", "peerIP: 10.0.0.9", "asNumber: '00.01'", R"("asNumber":1)", true},
    {"BGPPeer", "peerIP: 10.0.0.9, asNumber: 1", "node: n1", R"("node":"n1")", true},
    {"BGPPeer", "peerIP: 10.0.0.9, asNumber: 1", "nodeSelector: \"x == 'y'\"", R"("nodeSelector":"x == 'y'")"},
    {"BGPPeer", "", "peerSelector: \"x == 'y'\"", R"("peerSelector":"x == 'y'")"},
    {"BGPPeer", "asNumber: 1", "localWorkloadSelector: \"x == 'y'\"", R"("localWorkloadSelector":"x == 'y'")"},
    {"BGPPeer", "peerIP: 10.0.0.9, asNumber: 1", "localASNumber: 2", R"("localASNumber":2)"},
    {"BGPPeer", "peerIP: 10.0.0.9, asNumber: 1", "numAllowedLocalASNumbers: 2", R"("numAllowedLocalASNumbers":2)"},
    {"BGPPeer", "peerIP: 10.0.0.9, asNumber: 1", "sourceAddress: None", R"("sourceAddress":"None")"},
    {"BGPPeer", "peerIP: 10.0.0.9, asNumber: 1", "nextHopMode: Keep", R"("nextHopMode":"Keep")"},
    {"BGPPeer", "peerIP: 10.0.0.9, asNumber: 1", "keepOriginalNextHop: true", R"("keepOriginalNextHop":true)"},
    {"BGPPeer", "peerIP: 10.0.0.9, asNumber: 1", "password: {secretKeyRef: {name: s, key: k}}", R"("password":{"secretKeyRef":{"name":"s","key":"k"}})"},
    {"BGPPeer", "peerIP: 10.0.0.9, asNumber: 1", "maxRestartTime: 1m30s", R"("maxRestartTime":"1m30s")"},
    {"BGPPeer", "peerIP: 10.0.0.9, asNumber: 1", "keepaliveTime: 20s", R"("keepaliveTime":"20s")"},
    {"BGPPeer", "peerIP: 10.0.0.9, asNumber: 1", "ttlSecurity: 1", R"("ttlSecurity":1)"},
    {"BGPPeer", "peerIP: 10.0.0.9, asNumber: 1", "reachableBy: 10.0.0.254", R"("reachableBy":"10.0.0.254")"},
    {"BGPPeer", "peerIP: 10.0.0.9, asNumber: 1", "filters: [a, b]", R"("filters":["a","b"])"},
    {"BGPPeer", "peerIP: 10.0.0.9, asNumber: 1", "reversePeering: Manual", R"("reversePeering":"Manual")"},

    {"BGPFilter", "", "exportV4: [{cidr: 10.0.0.0/8, matchOperator: In, prefixLength: {min: 9, max: 24}, action: Reject}]",
     R"("exportV4":[{"cidr":"10.0.0.0/8","matchOperator":"In","prefixLength":{"min":9,"max":24},"action":"Reject"}])"},
    {"BGPFilter", "", "importV4: [{source: RemotePeers, interface: 'eth*', peerType: eBGP, action: Accept}]",
     R"("importV4":[{"source":"RemotePeers","interface":"eth*","peerType":"eBGP","action":"Accept"}])"},
    {"BGPFilter", "", "exportV6: [{communities: {values: ['1:2']}, asPathPrefix: [1, 2], priority: 5, action: Accept}]",
     R"("exportV6":[{"communities":{"values":["1:2"]},"asPathPrefix":[1,2],"priority":5,"action":"Accept"}])"},
    {"BGPFilter", "", "importV6: [{action: Accept, operations: [{addCommunity: {value: '1:2'}}, {prependASPath: {prefix: [1]}}, {setPriority: {value: 7}}]}]",
     R"("importV6":[{"action":"Accept","operations":[{"addCommunity":{"value":"1:2"}},{"prependASPath":{"prefix":[1]}},{"setPriority":{"value":7}}]}])"},

    {"Node", "", "bgp: {asNumber: '1.1', ipv4Address: 10.0.0.1/24, ipv6Address: 'fd00::1'}", R"("bgp":{"asNumber":65537,"ipv4Address":"10.0.0.1/24","ipv6Address":"fd00::1/128"})", true},
    {"Node", "", "bgp: {ipv4Address: 10.0.0.1, routeReflectorClusterID: 1.0.0.1}", R"("bgp":{"ipv4Address":"10.0.0.1/32","routeReflectorClusterID":"1.0.0.1"})"},
    {"Node", "", "bgp: {ipv4Address: 10.0.0.1, ipv4IPIPTunnelAddr: 192.168.0.1}", R"("bgp":{"ipv4Address":"10.0.0.1/32","ipv4IPIPTunnelAddr":"192.168.0.1"})"},
    {"Node", "", "orchRefs: [{nodeName: node9, orchestrator: k8s}]", R"("orchRefs":[{"nodeName":"node9","orchestrator":"k8s"}])"},
    {"Node", "", "wireguard: {interfaceIPv4Address: 10.9.0.1}", R"("wireguard":{"interfaceIPv4Address":"10.9.0.1"})"},
    {"Node", "", "ipv4VXLANTunnelAddr: 192.168.0.2", R"("ipv4VXLANTunnelAddr":"192.168.0.2")"},
    {"Node", "", "ipv6VXLANTunnelAddr: 'fd00::2'", R"("ipv6VXLANTunnelAddr":"fd00::2")"},
    {"Node", "", "vxlanTunnelMACAddr: '66:00:00:00:00:01'", R"("vxlanTunnelMACAddr":"66:00:00:00:00:01")"},
    {"Node", "", "vxlanTunnelMACAddrV6: '66:00:00:00:00:02'", R"("vxlanTunnelMACAddrV6":"66:00:00:00:00:02")"},
    {"Node", "", "addresses: [{address: 10.0.0.1, type: CalicoNodeIP}]", R"("addresses":[{"address":"10.0.0.1","type":"CalicoNodeIP"}])"},

    {"IPPool", "", "cidr: 10.0.0.0/16", R"("cidr":"10.0.0.0/16")", true},
    {"IPPool", "cidr: 10.0.0.0/16", "ipipMode: CrossSubnet", R"("ipipMode":"CrossSubnet")", true},
    {"IPPool", "cidr: 10.0.0.0/16", "vxlanMode: Always", R"("vxlanMode":"Always")"},
    {"IPPool", "cidr: 10.0.0.0/16", "natOutgoing: true", R"("natOutgoing":true)", true},
    {"IPPool", "cidr: 10.0.0.0/16", "disabled: true", R"("disabled":true)", true},
    {"IPPool", "cidr: 10.0.0.0/16", "disableBGPExport: true", R"("disableBGPExport":true)"},
    {"IPPool", "cidr: 10.0.0.0/16", "blockSize: 24", R"("blockSize":24)"},
    {"IPPool", "cidr: 10.0.0.0/16", "nodeSelector: \"x == 'y'\"", R"("nodeSelector":"x == 'y'")"},
    {"IPPool", "cidr: 10.0.0.0/16", "namespaceSelector: \"x == 'y'\"", R"("namespaceSelector":"x == 'y'")"},
    {"IPPool", "cidr: 10.0.0.0/16", "allowedUses: [Workload, Tunnel]", R"("allowedUses":["Workload","Tunnel"])"},
    {"IPPool", "cidr: 10.0.0.0/16", "assignmentMode: Manual", R"("assignmentMode":"Manual")"},

    {"BlockAffinity", "node: n1, type: host", "cidr: 10.0.0.0/26", R"("cidr":"10.0.0.0/26")", true},
    {"BlockAffinity", "cidr: 10.0.0.0/26", "node: n1", R"("node":"n1")", true},
    {"BlockAffinity", "cidr: 10.0.0.0/26, node: n1", "state: pending", R"("state":"pending")", true},
    {"BlockAffinity", "cidr: 10.0.0.0/26, node: n1", "state: pendingDeletion", R"("state":"pendingDeletion")", true},
    {"BlockAffinity", "cidr: 10.0.0.0/26, node: n1", "deleted: false", R"("deleted":false)", true},
};

Resource stored_again(const Resource& resource) {
  auto decoded = resource.kind->decode(resource.kind->key(resource), resource.kind->encode(resource, std::nullopt));
  REQUIRE_MESSAGE(decoded.ok(), (decoded ? "" : decoded.error().to_string()));
  return *decoded;
}

}  // namespace

TEST_CASE("every field is stored and shown as it was written, in both clothes") {
  for (const Row& row : kRows) {
    CAPTURE(std::string(row.kind));
    CAPTURE(std::string(row.field));
    const std::string spec = std::string(row.base) + (*row.base != '\0' ? ", " : "") + row.field;
    const auto read = parse_document("{apiVersion: projectcalico.org/v3, kind: " + std::string(row.kind) +
                                         ", metadata: {name: default}, spec: {" + spec + "}}", "-");
    REQUIRE_MESSAGE(read.ok(), (read ? "" : read.error().to_string()));
    const Resource resource = stored_again(read->at(0));
    const std::string v3 = to_compact_json(resource.kind->document(resource, Api::V3));
    CHECK_MESSAGE(v3.find(row.shown) != std::string::npos, v3);
    CHECK(v3.find(R"("apiVersion":"projectcalico.org/v3")") != std::string::npos);
    const std::string v1 = to_compact_json(resource.kind->document(resource, Api::V1));
    CHECK((v1.find(R"("apiVersion":"v1")") != std::string::npos) == row.is_v1);
    if (!row.is_v1) CHECK_MESSAGE(v1 == v3, "what v1 cannot say is shown as v3");
    // What was shown is a document again, and is shown again.
    for (const Api api : {Api::V3, Api::V1}) {
      const std::string text = api == Api::V3 ? v3 : v1;
      const auto again = parse_document(text, "-");
      REQUIRE_MESSAGE(again.ok(), text);
      CHECK(to_compact_json(resource.kind->document(stored_again(again->at(0)), api)) == text);
    }
  }
}

TEST_CASE("a node's status survives what its agent writes of it") {
  const std::string before = R"({"kind":"Node","apiVersion":"projectcalico.org/v3","metadata":{"name":"n"},"spec":{"wireguard":{"interfaceIPv4Address":"10.9.0.1"}},)"
                             R"("status":{"podCIDRs":["10.42.0.0/24"],"wireguardPublicKey":"k"}})";
  const auto v1 = parse_document("{apiVersion: v1, kind: node, metadata: {name: n}, spec: {bgp: {ipv4Address: 10.0.0.1}}}", "-");
  REQUIRE(v1.ok());
  const std::string after = v1->at(0).kind->encode(v1->at(0), before);
  CHECK(after.find(R"("status":{"podCIDRs":["10.42.0.0/24"],"wireguardPublicKey":"k"})") != std::string::npos);
  CHECK(after.find(R"("wireguard":{"interfaceIPv4Address":"10.9.0.1"})") != std::string::npos);
}
