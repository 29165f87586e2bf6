#include "config/model/kinds.h"

#include <doctest/doctest.h>

#include "config/model/document.h"
#include "config/model/kinds/bgp_peer.h"
#include "config/model/kinds/block_affinity.h"
#include "config/model/kinds/fields.h"
#include "config/model/kinds/ip_pool.h"
#include "config/model/kinds/node.h"

using namespace config::model;

namespace {

Resource one(std::string_view text) {
  auto resources = parse_document(text, "-");
  REQUIRE_MESSAGE(resources.ok(), (resources ? "" : resources.error().to_string()));
  REQUIRE(resources->size() == 1);
  return resources->front();
}

Resource global_peer(const std::string& ip, const std::string& as = "64512") {
  return one("{apiVersion: v1, kind: bgpPeer, metadata: {scope: global, peerIP: '" + ip + "'}, spec: {asNumber: " + as +
             "}}");
}
Resource node_peer(const std::string& node, const std::string& ip) {
  return one("{apiVersion: v1, kind: bgpPeer, metadata: {scope: node, node: " + node + ", peerIP: '" + ip + "'}}");
}

Resource stored_again(const Resource& resource, const std::optional<std::string>& existing = std::nullopt) {
  auto decoded = resource.kind->decode(resource.kind->key(resource), resource.kind->encode(resource, existing));
  REQUIRE_MESSAGE(decoded.ok(), (decoded ? "" : decoded.error().to_string()));
  return *decoded;
}

}  // namespace

TEST_CASE("the command line's kind may be an alias in any case, a file's may not") {
  for (const char* word : {"bgpPeer", "BGPPEERS", "bgpp", "bgpps", "bp", "bps"}) CHECK(find_kind(word) == &bgp_peer_kind());
  for (const char* word : {"node", "Nodes", "no", "nos"}) CHECK(find_kind(word) == &node_kind());
  for (const char* word : {"ippool", "ipPools", "ipp", "ipps", "pool", "pools"}) CHECK(find_kind(word) == &ip_pool_kind());
  CHECK(find_kind("") == nullptr);
  CHECK(find_kind("peer") == nullptr);
  CHECK(find_kind("bgpPeer", Api::V1) == &bgp_peer_kind());
  CHECK(find_kind("bgppeer", Api::V1) == nullptr);
  CHECK(find_kind("BGPPeer", Api::V3) == &bgp_peer_kind());
  CHECK(find_kind("", Api::V1) == nullptr);
}

TEST_CASE("resources are stored under the keys of Calico v3") {
  const auto key = [](const Resource& r) { return r.kind->key(r); };
  CHECK(key(global_peer("10.0.0.1")) == "/calico/resources/v3/projectcalico.org/bgppeers/10-0-0-1");
  CHECK(key(global_peer("aa:bb::")) ==
        "/calico/resources/v3/projectcalico.org/bgppeers/00aa-00bb-0000-0000-0000-0000-0000-0000");
  CHECK(key(node_peer("Node1", "10.0.0.1")) == "/calico/resources/v3/projectcalico.org/bgppeers/Node1.10-0-0-1");
  CHECK(key(one("{apiVersion: v1, kind: ipPool, metadata: {cidr: 192.168.0.0/16}}")) ==
        "/calico/resources/v3/projectcalico.org/ippools/192-168-0-0-16");
  CHECK(key(one("{apiVersion: v1, kind: blockAffinity, metadata: {node: n, cidr: 'fd80::/122'}}")) ==
        "/calico/ipam/v2/host/n/ipv6/block/fd80::-122");
  CHECK(find_kind_of_key("/calico/ipam/v2/host/n/ipv4/block/192.168.1.0-26") == &block_affinity_kind());
  CHECK(find_kind_of_key("/calico/ipam/v2/host/n/ipv4/block/192.168.1.0-26/x") == nullptr);
  CHECK(find_kind_of_key("/calico/resources/v3/projectcalico.org/nodes/a/b") == nullptr);
}

TEST_CASE("a v1 resource is stored as v3 JSON and comes back in v1 clothes") {
  const Resource peer = global_peer("10.0.0.1", "\"1.10\"");
  CHECK(peer.kind->encode(peer, std::nullopt) ==
        R"({"kind":"BGPPeer","apiVersion":"projectcalico.org/v3","metadata":{"name":"10-0-0-1"},)"
        R"("spec":{"peerIP":"10.0.0.1","asNumber":65546}})");
  const Resource again = stored_again(peer);
  CHECK(again.kind->fits_v1(again));
  CHECK(again.kind->document(again, Api::V1) == peer.kind->document(peer, Api::V1));
}

TEST_CASE("what v1 cannot say survives a v1 rewrite") {
  const std::string existing =
      R"({"kind":"BGPPeer","apiVersion":"projectcalico.org/v3","metadata":{"name":"10-0-0-1","uid":"u","labels":{"a":"b"}},)"
      R"("spec":{"peerIP":"10.0.0.1","asNumber":1,"password":{"secretKeyRef":{"name":"s","key":"k"}},"future":[1]}})";
  const Resource again = stored_again(global_peer("10.0.0.1", "2"), existing);
  CHECK(again.spec.find("asNumber")->text == "2");
  CHECK(again.spec.find("password")->find("secretKeyRef")->find("key")->text == "k");
  CHECK(again.spec.find("future")->items.size() == 1);
  CHECK(again.metadata.find("uid")->text == "u");
  CHECK(again.metadata.find("labels")->find("a")->text == "b");
  CHECK_FALSE(again.kind->fits_v1(again));
  CHECK(again.kind->identity(again) == "BGPPeer(global, ip=10.0.0.1)");
}

TEST_CASE("a v3 document replaces the spec but not the store's own metadata") {
  const std::string existing =
      R"({"kind":"BGPPeer","metadata":{"name":"p","uid":"u","labels":{"a":"b"}},"spec":{"peerIP":"10.0.0.1","password":1}})";
  const Resource v3 = one("{apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: p}, spec: {peerIP: 10.0.0.2}}");
  const Resource again = stored_again(v3, existing);
  CHECK(again.spec.find("password") == nullptr);
  CHECK(again.metadata.find("uid")->text == "u");
  CHECK(again.metadata.find("labels") == nullptr);
}

TEST_CASE("a peer shown as v3 and applied again lands on its own key, although v3 converted the node's name") {
  const Resource v1 = node_peer("Node_1", "10.0.0.1");
  const Value shown = v1.kind->document(v1, Api::V3);
  CHECK(shown.find("metadata")->find("name")->text == "node-1.10-0-0-1");
  const Resource again = one(to_yaml(shown));
  CHECK(again.kind->key(again) == v1.kind->key(v1));
}

TEST_CASE("node names are converted as upstream's upgrade converts them") {
  CHECK(normalize_name("Node1") == "node1");
  CHECK(normalize_name("a/b_c") == "a.b-c");
  CHECK(normalize_name("a-.-b--c") == "a.b--c");
  CHECK(normalize_name("-.a.-") == "a");
}

TEST_CASE("listing order: global first, IPv4 before IPv6, addresses as text, then nodes by name") {
  std::vector<Resource> peers = {node_peer("b", "10.0.0.1"), node_peer("a", "aa::1"),    node_peer("a", "10.0.0.1"),
                                 global_peer("aa::1"),       global_peer("9.0.0.1"), global_peer("10.0.0.2")};
  sort_for_listing(peers);
  std::string order;
  for (const Resource& peer : peers) order += peer.kind->identity(peer) + "\n";
  CHECK(order ==
        "BGPPeer(global, ip=10.0.0.2)\nBGPPeer(global, ip=9.0.0.1)\nBGPPeer(global, ip=aa::1)\n"
        "BGPPeer(node=a, ip=10.0.0.1)\nBGPPeer(node=a, ip=aa::1)\nBGPPeer(node=b, ip=10.0.0.1)\n");
}

TEST_CASE("get filters by scope, node and address; scope global with a node matches nothing") {
  const Resource global = global_peer("10.0.0.1");
  const Resource own = node_peer("n", "10.0.0.1");
  const auto matches = [](const Resource& r, Identifiers ids) { return r.kind->matches(r, ids); };
  CHECK(matches(global, {}));
  CHECK(matches(global, {.name = "10.0.0.1"}));
  CHECK(matches(own, {.name = "10.0.0.1"}));
  CHECK_FALSE(matches(global, {.node = "n"}));
  CHECK(matches(own, {.node = "n"}));
  CHECK_FALSE(matches(own, {.scope = "global", .node = "n"}));
  CHECK_FALSE(matches(global, {.scope = "global", .node = "n"}));
  CHECK(matches(global, {.scope = "global"}));
}

TEST_CASE("a delete needs the whole identity") {
  const auto error = [](const char* kind, Identifiers ids) {
    auto found = find_kind(kind)->identify(ids);
    return found ? found->kind->identity(*found) : found.error().to_string();
  };
  CHECK(error("bgppeer", {.name = "10.0.0.1"}) == "insufficient identifiers, missing 'scope'");
  CHECK(error("bgppeer", {.name = "10.0.0.1", .scope = "node"}) == "insufficient identifiers, missing 'node'");
  CHECK(error("bgppeer", {.scope = "global"}) == "insufficient identifiers, missing 'peerIP'");
  CHECK(error("bgppeer", {.name = "10.0.0.1", .scope = "x"}) == "Unrecognized scope 'x', must be one of: global, node");
  CHECK(error("bgppeer", {.name = "10.0.0.1", .scope = "global"}) == "BGPPeer(global, ip=10.0.0.1)");
  CHECK(error("node", {}) == "insufficient identifiers, missing 'name'");
  CHECK(error("node", {.name = "x"}) == "Node(name=x)");
  CHECK(error("pool", {.name = "10.0.0.0/8"}) == "IPPool(cidr=10.0.0.0/8)");
  CHECK(error("pool", {.name = "10.0.0.0"}) == "invalid CIDR address: 10.0.0.0");
  CHECK(error("affinity", {.name = "10.0.0.0/26", .node = "n"}) == "BlockAffinity(node=n, cidr=10.0.0.0/26)");
}

TEST_CASE("a block affinity without a value, as Calico v2 wrote it, is confirmed") {
  const auto state = [](const char* value) {
    auto decoded = block_affinity_kind().decode("/calico/ipam/v2/host/n/ipv4/block/10.0.0.0-26", value);
    return decoded ? std::string(to_string(read_block_affinity(*decoded).state)) : decoded.error().to_string();
  };
  CHECK(state("") == "confirmed");
  CHECK(state(R"({"state":"pending"})") == "pending");
  CHECK(state(R"({"state":"confirmed","deleted":false,"type":"host"})") == "confirmed");
  CHECK(state("{") .find("/calico/ipam/v2/host/n/ipv4/block/10.0.0.0-26: value is no JSON") == 0);
}

TEST_CASE("a block affinity keeps what IPAM put beside its state") {
  const Resource block = one("{apiVersion: v1, kind: blockAffinity, metadata: {node: n, cidr: 10.0.0.0/26}}");
  CHECK(block.kind->encode(block, R"({"state":"pending","extra":1})") ==
        R"({"state":"confirmed","extra":1,"deleted":false})");
  const Resource v3 = one(to_yaml(block.kind->document(block, Api::V3)));
  CHECK(v3.kind->key(v3) == block.kind->key(block));
}

TEST_CASE("a pool too small for a block, with loose bits, or with IPIP on IPv6 is refused") {
  const auto error = [](const char* text) {
    auto parsed = parse_document(text, "-");
    return parsed ? std::string() : parsed.error().reason;
  };
  CHECK(error("{apiVersion: v1, kind: ipPool, metadata: {cidr: 10.0.0.0/27}}") ==
        "ipPool 10.0.0.0/27: error with field cidr = '10.0.0.0/27' (IP pool is too small)");
  CHECK(error("{apiVersion: v1, kind: ipPool, metadata: {cidr: 10.0.0.1/24}}") ==
        "ipPool 10.0.0.1/24: error with field cidr = '10.0.0.1/24' (IP pool CIDR is not strictly masked)");
  CHECK(error("{apiVersion: v1, kind: ipPool, metadata: {cidr: 'fd00::/64'}, spec: {ipip: {enabled: true}}}") ==
        "ipPool fd00::/64: error with field ipip = 'Always' (IPIP is not supported on an IPv6 IP pool)");
}

TEST_CASE("a v1 pool rewrite keeps its v3 block size") {
  const std::string existing =
      R"({"spec":{"cidr":"10.0.0.0/8","ipipMode":"Never","vxlanMode":"Always","blockSize":24,"nodeSelector":"x == 'y'"}})";
  const IpPool pool = read_ip_pool(
      stored_again(one("{apiVersion: v1, kind: ipPool, metadata: {cidr: 10.0.0.0/8}, spec: {disabled: true}}"), existing));
  CHECK(pool.block_size == 24);
  CHECK(pool.vxlan == Encapsulation::Always);
  CHECK(pool.node_selector == "x == 'y'");
  CHECK(pool.disabled);
}

TEST_CASE("a node needs an address if it has a bgp section, and loses its blocks when it goes") {
  auto parsed = parse_document("{apiVersion: v1, kind: node, metadata: {name: n}, spec: {bgp: {asNumber: 1}}}", "-");
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().reason == "node n: no BGP IP address specified");
  Node node;
  node.name = "n";
  node.ipv4 = InterfaceAddress::parse("10.0.0.1/24");
  const Resource resource = make_node(node);
  CHECK(read_node(stored_again(resource)) == node);
  CHECK(resource.kind->dependent_prefixes(resource) == std::vector<std::string>{"/calico/ipam/v2/host/n/"});
}

TEST_CASE("a stored entry that is broken is an error that names its key") {
  const auto decode = [](const char* value) {
    auto decoded = bgp_peer_kind().decode("/calico/resources/v3/projectcalico.org/bgppeers/x", value);
    return decoded ? std::string("fine") : decoded.error().to_string();
  };
  CHECK(decode("{").starts_with("/calico/resources/v3/projectcalico.org/bgppeers/x: value is no JSON"));
  CHECK(decode("[]") == "/calico/resources/v3/projectcalico.org/bgppeers/x: value is no resource");
  CHECK(decode(R"({"spec":{"peerIP":"nonsense"}})") ==
        "/calico/resources/v3/projectcalico.org/bgppeers/x: invalid IP address: nonsense");
  CHECK(decode(R"({"spec":{"peerIP":"[aa::1]:1790","asNumber":1}})") == "fine");
}
