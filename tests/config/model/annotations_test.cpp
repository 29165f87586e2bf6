#include "config/model/annotations.h"

#include <doctest/doctest.h>

#include "bgp/base/document_limits.h"
#include "config/model/document.h"
#include "config/model/duration.h"
#include "config/model/kinds.h"
#include "config/model/kinds/bgp_peer.h"
#include "config/model/kinds/node.h"

using namespace config::model;
using namespace std::chrono_literals;

namespace {

std::string peer_with(std::string_view annotations, std::string_view spec = "peerIP: 10.0.0.1, asNumber: 1") {
  return "{apiVersion: projectcalico.org/v3, kind: BGPPeer,\nmetadata: {name: p, annotations: {\n" +
         std::string(annotations) + "}},\nspec: {" + std::string(spec) + "}}";
}

std::string error_of(std::string_view text) {
  const auto resources = parse_document(text, "p.yaml");
  return resources ? "" : resources.error().to_string();
}

Resource one(std::string_view text) {
  auto resources = parse_document(text, "-");
  REQUIRE_MESSAGE(resources.ok(), (resources ? "" : resources.error().to_string()));
  return resources->front();
}

}  // namespace

TEST_CASE("an annotation's bad value says where it is and what is allowed") {
  const std::string where = "p.yaml:3: BGPPeer p: error with field metadata.annotations.calico-bgp/";
  const std::pair<const char*, const char*> cases[] = {
      {"hold-time: 2s", "hold-time = '2s' (must be 0 or 3s..65535s)"},
      {"hold-time: '9'", "hold-time = '9' (must be 0 or 3s..65535s)"},
      {"connect-retry: 10ms", "connect-retry = '10ms' (must be 100ms..1h)"},
      {"passive: maybe", "passive = 'maybe' (must be true or false)"},
      {"add-path: all", "add-path = 'all' (must be receive, send, both or off)"},
      {"max-prefixes: 4294967296", "max-prefixes = '4294967296' (must be 0..4294967295, 0 for no limit)"},
      {"max-prefixes-action: drop", "max-prefixes-action = 'drop' (must be warn, stop or restart)"},
      {"role: boss", "role = 'boss' (must be provider, rs, rs-client, customer or peer)"},
      {"bfd: 1ms x 3", "bfd = '1ms x 3' (must be TIME x COUNT, 10ms..60s and 1..255, as in 100ms x 3)"},
      {"bfd: 100ms x 0", "bfd = '100ms x 0' (must be TIME x COUNT, 10ms..60s and 1..255, as in 100ms x 3)"},
      {"local-address: here", "local-address = 'here' (must be an IP address)"},
      {"dynamic: 10.0.0.1/24", "dynamic = '10.0.0.1/24' (must be a CIDR, strictly masked)"},
      {"hold-tme: 9s", "hold-tme = '9s' (no such annotation; the nearest is calico-bgp/hold-time)"},
      {"multipath: 4", "multipath = '4' (belongs to a BGPConfiguration)"},
      {"bfd-minimum-ttl: 0", "bfd-minimum-ttl = '0' (must be 1..255)"},
      {"drain: true", "drain = 'true' (belongs to a Node)"},
  };
  for (const auto& [annotation, reason] : cases) CHECK(error_of(peer_with(std::string("calico-bgp/") + annotation)) == where + reason);
}

TEST_CASE("annotations that need another one say so") {
  CHECK(error_of(peer_with("calico-bgp/dynamic-max: 3")) == "p.yaml:2: BGPPeer p: calico-bgp/dynamic-max needs calico-bgp/dynamic");
  CHECK(error_of(peer_with("calico-bgp/bfd: 1s, calico-bgp/bfd-minimum-ttl: 254")) ==
        "p.yaml:2: BGPPeer p: calico-bgp/bfd-minimum-ttl needs calico-bgp/bfd-multihop");
  CHECK(error_of(peer_with("calico-bgp/role-strict: true")) == "p.yaml:2: BGPPeer p: calico-bgp/role-strict needs calico-bgp/role");
  CHECK(error_of(peer_with("calico-bgp/dynamic: 10.0.0.0/24")) ==
        "p.yaml:4: BGPPeer p: calico-bgp/dynamic 10.0.0.0/24 excludes peerIP, peerSelector and localWorkloadSelector");
  CHECK(error_of(peer_with("calico-bgp/dynamic: 10.0.0.0/24", "")) ==
        "p.yaml:4: BGPPeer p: calico-bgp/dynamic 10.0.0.0/24 needs asNumber");
  CHECK(error_of("{apiVersion: projectcalico.org/v3, kind: BGPConfiguration,\nmetadata: {name: node.n1, annotations: "
                 "{calico-bgp/passive: true}}}") ==
        "p.yaml:1: BGPConfiguration node.n1: calico-bgp/ annotations have an effect on the BGPConfiguration default alone");
}

TEST_CASE("tcp-ao: a chain of keys, or one line that says what one looks like") {
  auto error = [](const std::string& value) { return error_of(peer_with("calico-bgp/tcp-ao: '" + value + "'")); };
  std::string chain = "0 hmac-sha-1-96 s/k";
  for (size_t n = 1; n < bgp::limits::kAoKeysMax; ++n) chain += ", " + std::to_string(n) + " hmac-sha-1-96 s/k";
  CHECK(error(chain).empty());
  CHECK(error("1/255 aes-128-cmac-96 bgp/key.1").empty());
  for (const std::string& bad :
       {chain + ", 9 hmac-sha-1-96 s/k", std::string(), std::string("1 hmac-sha-1-96"), std::string("256 hmac-sha-1-96 s/k"),
        std::string("1/ hmac-sha-1-96 s/k"), std::string("1 md5 s/k"), std::string("1 hmac-sha-1-96 ../k"),
        std::string("1 hmac-sha-1-96 s/.."), std::string("1 hmac-sha-1-96 s/k,2 hmac-sha-1-96 s/l"),
        std::string("1 hmac-sha-1-96 s/k, "), std::string("1/2 hmac-sha-1-96 s/k, 1/3 hmac-sha-1-96 s/l"),
        std::string("1/2 hmac-sha-1-96 s/k, 3/2 hmac-sha-1-96 s/l")}) {
    CAPTURE(bad);
    CHECK(error(bad) ==
          "p.yaml:3: BGPPeer p: error with field metadata.annotations.calico-bgp/tcp-ao = '" + bad.substr(0, 128) +
              (bad.size() > 128 ? "..." : "") +
              "' (must be SEND-ID/RECEIVE-ID ALGORITHM SECRET/KEY, up to 8 of them separated by ', ', the preferred one first, "
              "ids 0..255 and each once, hmac-sha-1-96 or aes-128-cmac-96: as in 1/1 hmac-sha-1-96 bgp/key-1)");
  }
}

TEST_CASE("tcp-ao excludes a password, on a BGPPeer and for the mesh, whose keys have one id for both ways") {
  const std::string password = "{secretKeyRef: {name: s, key: k}}";
  CHECK(error_of(peer_with("calico-bgp/tcp-ao: 1 hmac-sha-1-96 s/k", "peerIP: 10.0.0.1, asNumber: 1, password: " + password)) ==
        "p.yaml:4: BGPPeer p: password and calico-bgp/tcp-ao exclude each other: a session has TCP-MD5 or TCP-AO");
  auto mesh = [](const std::string& ids, const std::string& spec) {
    return error_of("{apiVersion: projectcalico.org/v3, kind: BGPConfiguration, metadata: {name: default, annotations: "
                    "{calico-bgp/tcp-ao: " + ids + " hmac-sha-1-96 s/k}}, spec: {" + spec + "}}");
  };
  CHECK(mesh("1", "").empty());
  CHECK(mesh("1", "nodeMeshPassword: " + password) ==
        "p.yaml:1: BGPConfiguration default: nodeMeshPassword and calico-bgp/tcp-ao exclude each other: a session has TCP-MD5 or TCP-AO");
  CHECK(mesh("1/2", "") == "p.yaml:1: BGPConfiguration default: calico-bgp/tcp-ao: both ends of the mesh read this, so that each "
                           "key has one id for both ways");
}

TEST_CASE("annotations are stored as texts, shown as v3, kept by a v1 rewrite, and others stay untouched") {
  const Resource peer = one(peer_with("calico-bgp/passive: true, example.com/x: '1', calico-bgp/add-path: off"));
  const std::string stored = peer.kind->encode(peer, std::nullopt);
  CHECK(stored.find(R"("annotations":{"calico-bgp/passive":"true","example.com/x":"1","calico-bgp/add-path":"off"})") !=
        std::string::npos);
  const Resource again = *peer.kind->decode(peer.kind->key(peer), stored);
  CHECK(read_bgp_peer(again).annotations.passive == true);
  CHECK(read_bgp_peer(again).annotations.add_path == AddPathMode::Off);
  CHECK_FALSE(again.kind->fits_v1(again));
  CHECK(to_yaml(again.kind->document(again, Api::V3)).find("calico-bgp/passive: \"true\"") != std::string::npos);
  CHECK(*again.kind->document(again, Api::V3).find("metadata") == *one(to_yaml(again.kind->document(again, Api::V3))).kind->document(again, Api::V3).find("metadata"));

  const Resource node = one("{apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: n, annotations: "
                            "{calico-bgp/drain: true}}, spec: {bgp: {ipv4Address: 10.0.0.1}}}");
  const Resource v1 = one("{apiVersion: v1, kind: node, metadata: {name: n}, spec: {bgp: {ipv4Address: 10.0.0.2}}}");
  const Resource both = *node.kind->decode(node.kind->key(node), v1.kind->encode(v1, node.kind->encode(node, std::nullopt)));
  CHECK(read_node(both).annotations.drain == true);
  CHECK(read_node(both).ipv4->to_string() == "10.0.0.2/32");
}

TEST_CASE("a stored annotation that another tool got wrong costs only itself") {
  const auto peer = bgp_peer_kind().decode(
      bgp_peer_kind().prefix() + "p",
      R"({"metadata":{"name":"p","annotations":{"calico-bgp/hold-time":"soon","calico-bgp/passive":"true","calico-bgp/new":"x"}},)"
      R"("spec":{"peerIP":"10.0.0.1","asNumber":1}})");
  REQUIRE(peer.ok());
  const BgpPeer read = read_bgp_peer(*peer);
  CHECK(read.annotations.passive == true);
  CHECK_FALSE(read.annotations.hold_time_s.has_value());
  REQUIRE(read.annotation_problems.size() == 2);
  CHECK(read.annotation_problems[0].find("calico-bgp/new = 'x' (no such annotation") != std::string::npos);
  CHECK(read.annotation_problems[1].find("calico-bgp/hold-time = 'soon' (must be") != std::string::npos);
}

TEST_CASE("times are written as Go writes them") {
  CHECK(parse_duration("90s") == 90s);
  CHECK(parse_duration("1m30s") == 90s);
  CHECK(parse_duration("1h0m0s") == 1h);
  CHECK(parse_duration("100ms") == 100ms);
  CHECK(parse_duration("1.5s") == 1500ms);
  CHECK(parse_duration("0") == 0s);
  for (const char* bad : {"", "5", "-1s", "s", "1 s", "1e3s", "nans", "infs", "99999999999999h", "1x"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_duration(bad).has_value());
  }
  CHECK(rounded_seconds(1500ms) == 2);
  CHECK(rounded_seconds(1499ms) == 1);
}
