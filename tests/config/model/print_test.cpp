#include <doctest/doctest.h>

#include "config/model/document.h"
#include "config/model/kinds.h"

using namespace config::model;

namespace {

Value yaml(std::string_view text) {
  auto values = parse_yaml(text);
  REQUIRE(values.ok());
  REQUIRE(values->size() == 1);
  return values->front();
}

std::vector<Resource> parsed(std::string_view text) {
  auto resources = parse_document(text, "-");
  REQUIRE_MESSAGE(resources.ok(), (resources ? "" : resources.error().to_string()));
  return *resources;
}

constexpr const char* kPeers =
    "- apiVersion: v1\n"
    "  kind: bgpPeer\n"
    "  metadata:\n"
    "    peerIP: 192.20.30.40\n"
    "    scope: global\n"
    "  spec:\n"
    "    asNumber: 64567\n"
    "- apiVersion: v1\n"
    "  kind: bgpPeer\n"
    "  metadata:\n"
    "    node: node1\n"
    "    peerIP: aa:bb::ff\n"
    "    scope: node\n"
    "  spec:\n"
    "    asNumber: 64514\n";

}  // namespace

TEST_CASE("get -o yaml prints a flat list with sorted keys, which reads back the same") {
  const auto resources = parsed(kPeers);
  CHECK(to_yaml(listing_document(resources, *find_kind("bgppeer"), Api::V1)) == kPeers);
  CHECK(to_yaml(listing_document({}, *find_kind("bgppeer"), Api::V1)) == "[]\n");
  CHECK(to_json(listing_document({}, *find_kind("bgppeer"), Api::V1)) == "[]\n");
}

TEST_CASE("get -o json keeps Go's order of fields and leaves out an empty node") {
  const auto resources = parsed(kPeers);
  CHECK(to_json(listing_document({resources[0]}, *find_kind("bgppeer"), Api::V1)) ==
        "[\n"
        "  {\n"
        "    \"kind\": \"bgpPeer\",\n"
        "    \"apiVersion\": \"v1\",\n"
        "    \"metadata\": {\n"
        "      \"scope\": \"global\",\n"
        "      \"peerIP\": \"192.20.30.40\"\n"
        "    },\n"
        "    \"spec\": {\n"
        "      \"asNumber\": 64567\n"
        "    }\n"
        "  }\n"
        "]\n");
}

TEST_CASE("v3 clothes name a peer as upstream's upgrade does") {
  const auto resources = parsed(kPeers);
  CHECK(to_yaml(listing_document({resources[1]}, *find_kind("bgppeer"), Api::V3)) ==
        "apiVersion: projectcalico.org/v3\n"
        "items:\n"
        "- apiVersion: projectcalico.org/v3\n"
        "  kind: BGPPeer\n"
        "  metadata:\n"
        "    name: node1.00aa-00bb-0000-0000-0000-0000-0000-00ff\n"
        "  spec:\n"
        "    asNumber: 64514\n"
        "    node: node1\n"
        "    peerIP: aa:bb::ff\n"
        "kind: BGPPeerList\n"
        "metadata: {}\n");
}

TEST_CASE("a pool and a node look in v1 as they were written") {
  const char* text =
      "- apiVersion: v1\n"
      "  kind: ipPool\n"
      "  metadata:\n"
      "    cidr: 192.168.0.0/16\n"
      "  spec:\n"
      "    ipip:\n"
      "      enabled: true\n"
      "      mode: cross-subnet\n"
      "    nat-outgoing: true\n"
      "- apiVersion: v1\n"
      "  kind: node\n"
      "  metadata:\n"
      "    name: Node_1\n"
      "  spec:\n"
      "    bgp:\n"
      "      asNumber: 64512\n"
      "      ipv4Address: 10.244.0.1\n"
      "      ipv6Address: fd00::1/64\n";
  const auto resources = parsed(text);
  CHECK(to_yaml(listing_document(resources, *find_kind("node"), Api::V1)) == text);
  CHECK(resources[1].kind->document(resources[1], Api::V3).find("metadata")->find("name")->text == "node-1");
  CHECK(resources[0].kind->cell(resources[0], "IPIP", Api::V1, {}) == "true");
  CHECK(resources[1].kind->cell(resources[1], "ASN", Api::V1, {}) == "64512");
}

TEST_CASE("a node without an AS of its own shows the global one in parentheses") {
  const auto resources = parsed("{apiVersion: v1, kind: node, metadata: {name: n}, spec: {bgp: {ipv4Address: 1.2.3.4}}}");
  CHECK(resources[0].kind->cell(resources[0], "ASN", Api::V1, {bgp::Asn{64999}}) == "(64999)");
}

TEST_CASE("the YAML writer quotes what would be read as something else") {
  const auto written = [](std::string_view text) { return to_yaml(Value::map().set("k", Value::string(text))); };
  CHECK(written("aa:bb::ff") == "k: aa:bb::ff\n");
  CHECK(written("10.0.0.1") == "k: 10.0.0.1\n");
  CHECK(written("192.168.0.0/16") == "k: 192.168.0.0/16\n");
  CHECK(written("::1") == "k: ::1\n");
  CHECK(written("aa:bb::") == "k: 'aa:bb::'\n");
  CHECK(written("1:2:3:4:5:6:7:8") == "k: \"1:2:3:4:5:6:7:8\"\n");
  CHECK(written("123") == "k: \"123\"\n");
  CHECK(written("1e-5") == "k: \"1e-5\"\n");
  CHECK(written("on") == "k: \"on\"\n");
  CHECK(written("null") == "k: \"null\"\n");
  CHECK(written("2016-12-01") == "k: \"2016-12-01\"\n");
  CHECK(written("") == "k: \"\"\n");
  CHECK(written("has(x) == 'y'") == "k: has(x) == 'y'\n");
  CHECK(written("*") == "k: '*'\n");
  CHECK(written("a: b") == "k: 'a: b'\n");
  CHECK(written("two\nlines") == "k: \"two\\nlines\"\n");
}

TEST_CASE("what the writers print, the readers read back") {
  for (const char* text : {"a: [1, true, null, 'x', \"1\", {b: []}, []]\nc: {}\n", "[[1, 2], [{a: b}]]", "x: {y: {z: [a]}}"}) {
    const Value value = yaml(text);
    CHECK(yaml(to_yaml(value)) == value);
    CHECK(yaml(to_json(value)) == value);
    auto json = parse_json(to_compact_json(value));
    REQUIRE(json.ok());
    CHECK(*json == value);
  }
}
