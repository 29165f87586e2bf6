#include "config/model/document.h"

#include <doctest/doctest.h>

#include "bgp/base/limits.h"
#include "config/model/kinds.h"

using namespace config::model;

namespace {

std::string error_of(std::string_view text) {
  auto parsed = parse_document(text, "peers.yaml");
  return parsed ? "no error" : parsed.error().to_string();
}

std::vector<Resource> parsed(std::string_view text) {
  auto resources = parse_document(text, "peers.yaml");
  REQUIRE_MESSAGE(resources.ok(), (resources ? "" : resources.error().to_string()));
  return *resources;
}

std::string identities(std::string_view text) {
  std::string out;
  for (const Resource& resource : parsed(text)) out += resource.kind->identity(resource) + "\n";
  return out;
}

constexpr const char* kGlobalPeer =
    "apiVersion: v1\nkind: bgpPeer\nmetadata:\n  peerIP: 192.20.30.40\n  scope: global\nspec:\n  asNumber: 64567\n";

std::string peer(std::string_view metadata, std::string_view spec) {
  return "apiVersion: v1\nkind: bgpPeer\nmetadata: {" + std::string(metadata) + "}\nspec: {" + std::string(spec) + "}\n";
}

}  // namespace

TEST_CASE("a document is one resource, a kind's list, a list that mixes kinds, or several documents") {
  CHECK(identities(kGlobalPeer) == "BGPPeer(global, ip=192.20.30.40)\n");
  CHECK(identities("apiVersion: v1\nkind: bgpPeerList\nitems:\n- apiVersion: v1\n  kind: bgpPeer\n"
                   "  metadata: {peerIP: 'AA:BB::FF', scope: node, node: Node1}\n") ==
        "BGPPeer(node=Node1, ip=aa:bb::ff)\n");
  CHECK(identities("- {apiVersion: v1, kind: node, metadata: {name: x}}\n"
                   "- {apiVersion: v1, kind: ipPool, metadata: {cidr: 10.0.0.0/8}}\n") ==
        "Node(name=x)\nIPPool(cidr=10.0.0.0/8)\n");
  CHECK(identities(std::string(kGlobalPeer) + "---\napiVersion: v1\nkind: node\nmetadata: {name: n}\n---\n") ==
        "BGPPeer(global, ip=192.20.30.40)\nNode(name=n)\n");
  CHECK(identities(R"([{"apiVersion":"v1","kind":"bgpPeer","metadata":{"scope":"global","peerIP":"10.0.0.1"}}])") ==
        "BGPPeer(global, ip=10.0.0.1)\n");
  CHECK(identities("") == "");
}

TEST_CASE("text that belongs to nothing is an error at once, not a document without end") {
  CHECK(error_of(",\"kind\":\"x\"}}\nspec") == "peers.yaml:1: error parsing document: something here belongs to no value");
  CHECK(error_of("---\n---\n--- \n---\n") == "no error");
}

TEST_CASE("an error quotes nothing of the document that could steer a terminal") {
  using namespace std::string_literals;
  for (char c : "\0\x1b\r\x7f"s)
    for (const std::string& text : {"a: \"\\"s + c + "\"\n", "a: "s + c + "f\n"s, c + ": [\n"s, "{"s + c, "&"s + c + " a\n*" + c})
      for (char shown : error_of(text)) CHECK(static_cast<unsigned char>(shown) >= 0x20);
  CHECK(error_of("apiVersion: v1\nkind: node\nmetadata: {name: n}\nspec: {bgp: {ipv6Address: \"fd00:\\x1b1\"}}\n") ==
        "peers.yaml:4: node n: invalid CIDR address: fd00:\\x1b1");
}

TEST_CASE("an error says the file, the line, the resource and the reason") {
  CHECK(error_of("apiVersion: v1\nkind: bgpPeer\nmetadata:\n  peerIP: 192.0.2.1\n  scope: global\nspec:\n"
                 "  asNumber: 4294967296\n") ==
        "peers.yaml:7: bgpPeer 192.0.2.1: asNumber 4294967296 is out of range (0..4294967295)");
  CHECK(error_of("apiVersion: v1\nkind: bgppeer\n") == "peers.yaml:1: Unknown resource type (bgppeer) and/or version (v1)");
  CHECK(error_of("apiVersion: v2\nkind: bgpPeer\n") == "peers.yaml:1: Unknown resource type (bgpPeer) and/or version (v2)");
  CHECK(error_of("kind: bgpPeer\n") == "peers.yaml:1: Unknown resource type (bgpPeer) and/or version ()");
  CHECK(error_of("a: [\n").starts_with("peers.yaml:2: error parsing document: "));
  CHECK(error_of("just a text\n") == "peers.yaml:1: error parsing document: a resource is wanted here, not a value");
}

TEST_CASE("what is wrong with a bgpPeer is said in upstream's words") {
  struct Case {
    const char* metadata;
    const char* spec;
    const char* error;
  };
  const Case cases[] = {
      {"scope: global, peerIP: 192.168.0.256", "", "3: bgpPeer 192.168.0.256: invalid IP address: 192.168.0.256"},
      {"peerIP: 10.0.0.1", "", "3: bgpPeer 10.0.0.1: insufficient identifiers, missing 'scope'"},
      {"scope: global", "", "3: bgpPeer: insufficient identifiers, missing 'peerIP'"},
      {"scope: node, peerIP: 10.0.0.1", "", "3: bgpPeer 10.0.0.1: insufficient identifiers, missing 'node'"},
      {"scope: rack, peerIP: 10.0.0.1", "",
       "3: bgpPeer 10.0.0.1: error with field scope = 'rack' (must be global or node)"},
      {"scope: global, node: x, peerIP: 10.0.0.1", "",
       "3: bgpPeer 10.0.0.1: error with field node = 'x' (no BGP Peer node name should be specified when scope is "
       "global)"},
      {"scope: global, peerIP: 10.0.0.1", "asNumber: abc", "4: bgpPeer 10.0.0.1: invalid AS Number format (abc)"},
      {"scope: global, peerIP: 10.0.0.1", "asNumber: -1",
       "4: bgpPeer 10.0.0.1: asNumber -1 is out of range (0..4294967295)"},
      {"scope: global, peerIP: 10.0.0.1", "asNumber: 1.10",
       "4: bgpPeer 10.0.0.1: invalid AS Number format (1.10): put a dotted AS number in quotes"},
      {"scope: global, peerIP: 10.0.0.1", "asnumber: 1",
       "4: bgpPeer 10.0.0.1: field in document is not recognized or is in the wrong location: asnumber"},
      {"scope: global, peerIP: 10.0.0.1", "a: 1, b: 2",
       "4: bgpPeer 10.0.0.1: fields in document are not recognized or are in the wrong location: a, b"},
      {"scope: global, peerIP: 10.0.0.1", "a: 1, b: 2, c: 3, d: 4, e: 5, f: 6",
       "4: bgpPeer 10.0.0.1: fields in document are not recognized or are in the wrong location: a, b, c, d (+ 2 more)"},
  };
  for (const Case& c : cases) CHECK(error_of(peer(c.metadata, c.spec)) == "peers.yaml:" + std::string(c.error));
}

TEST_CASE("an AS number is a number, a text, or two halves in a text") {
  const auto as_of = [](const char* written) {
    const auto resources = parsed(peer("scope: global, peerIP: 10.0.0.1", "asNumber: " + std::string(written)));
    return resources[0].kind->cell(resources[0], "ASN", Api::V1, {});
  };
  CHECK(as_of("64567") == "64567");
  CHECK(as_of("\"64567\"") == "64567");
  CHECK(as_of("\"1.10\"") == "65546");
  CHECK(as_of("\"00.01\"") == "1");
  CHECK(as_of("\"65535.65535\"") == "4294967295");
  CHECK(as_of("0") == "0");
}

TEST_CASE("hostile documents are refused and never expanded") {
  CHECK(error_of("a: 1\na: 2\n") == "peers.yaml:2: error parsing document: field is given twice: a");
  CHECK(error_of("? [a]\n: 1\n") == "peers.yaml:1: error parsing document: a key must be a plain word");
  std::string deep(bgp::limits::kDocumentDepthMax + 1, '[');
  CHECK(error_of(deep + std::string(deep.size(), ']')).find("nested deeper than 64 levels") != std::string::npos);
  CHECK(error_of(std::string(bgp::limits::kDocumentBytesMax + 1, ' ')) ==
        "peers.yaml: document is larger than 4194304 bytes");
  std::string many = "[";
  for (size_t i = 0; i < bgp::limits::kDocumentNodesMax; ++i) many += "1,";
  CHECK(error_of(many + "1]").find("document has more than 200000 values") != std::string::npos);

  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string inner = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + inner;
    for (int j = 1; j < 10; ++j) bomb += "," + inner;
    bomb += "]\n";
  }
  CHECK(error_of(bomb).find("more than 200000 values") != std::string::npos);
  CHECK(error_of("a: &a [*a]\n").find("an alias stands inside its own anchor") != std::string::npos);
}

TEST_CASE("an alias stands for what its anchor marked") {
  CHECK(identities("- &p {apiVersion: v1, kind: node, metadata: {name: x}}\n- *p\n") == "Node(name=x)\nNode(name=x)\n");
}

TEST_CASE("one bad document in a file and nothing of the file is returned") {
  CHECK(error_of(std::string(kGlobalPeer) + "---\napiVersion: v1\nkind: node\n") ==
        "peers.yaml:9: node: insufficient identifiers, missing 'name'");
}

TEST_CASE("v3 documents name themselves and may say more than v1") {
  const auto resources =
      parsed("apiVersion: projectcalico.org/v3\nkind: BGPPeer\nmetadata: {name: rr, labels: {a: b}}\n"
             "spec: {nodeSelector: all(), peerSelector: has(rr), password: {secretKeyRef: {name: s, key: k}}}\n");
  REQUIRE(resources.size() == 1);
  const Kind& kind = *resources[0].kind;
  CHECK(kind.identity(resources[0]) == "BGPPeer(rr)");
  CHECK_FALSE(kind.fits_v1(resources[0]));
  CHECK(kind.key(resources[0]) == "/calico/resources/v3/projectcalico.org/bgppeers/rr");
  CHECK(error_of("apiVersion: projectcalico.org/v3\nkind: BGPPeer\nmetadata: {name: Rr}\n").find(
            "error with field name = 'Rr'") != std::string::npos);
  CHECK(error_of("apiVersion: projectcalico.org/v3\nkind: BGPPeer\nmetadata: {name: r}\nspec: {peerIp: 1.2.3.4}\n") ==
        "peers.yaml:4: BGPPeer r: field in document is not recognized or is in the wrong location: peerIp");
}
