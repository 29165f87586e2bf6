#include "config/model/contradiction.h"

#include <doctest/doctest.h>

#include "config/model/document.h"

using namespace config::model;

namespace {

std::string peer(const std::string& name, const std::string& spec, const std::string& annotations = "") {
  return "- {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: " + name + ", annotations: {" + annotations +
         "}}, spec: {" + spec + "}}\n";
}

std::string checked(const std::string& yaml) {
  auto resources = parse_document(yaml, "peers.yaml");
  REQUIRE_MESSAGE(resources.ok(), (resources ? "" : resources.error().to_string()));
  auto done = check_contradictions(*resources);
  return done ? "" : done.error().to_string();
}

}  // namespace

TEST_CASE("two peers of one address contradict each other when they say different things to the same nodes") {
  const std::string first = peer("a", "peerIP: 192.0.2.1, asNumber: 1");
  CHECK(checked(first + peer("b", "peerIP: 192.0.2.1, asNumber: 2")) ==
        "peers.yaml:2: BGPPeer 192.0.2.1: contradicts the one of line 1: asNumber is 1 there and 2 here; keep one of them");
  CHECK(checked(first + peer("b", "peerIP: 192.0.2.1, asNumber: 1, ttlSecurity: 1")) ==
        "peers.yaml:2: BGPPeer 192.0.2.1: contradicts the one of line 1: ttlSecurity is none there and 1 here; keep one of "
        "them");
  CHECK(checked(peer("a", "peerIP: 192.0.2.1, asNumber: 1, filters: [x]") + first) ==
        "peers.yaml:2: BGPPeer 192.0.2.1: contradicts the one of line 1: filters is another there and none here; keep one of "
        "them");
  CHECK(checked(first + peer("b", "peerIP: 192.0.2.1, asNumber: 1", "calico-bgp/passive: 'true'")) ==
        "peers.yaml:2: BGPPeer 192.0.2.1: contradicts the one of line 1: calico-bgp/passive is none there and true here; "
        "keep one of them");
}

TEST_CASE("no contradiction: the same twice, other nodes, another port, no address") {
  const std::string first = peer("a", "peerIP: 192.0.2.1, asNumber: 1");
  CHECK(checked(first + peer("b", "asNumber: 1, peerIP: 192.0.2.1")) == "");
  CHECK(checked(first + peer("b", "peerIP: 192.0.2.1, asNumber: 2, node: n1")) == "");
  CHECK(checked(first + peer("b", "peerIP: 192.0.2.1, asNumber: 2, nodeSelector: rack == 'b'")) == "");
  CHECK(checked(first + peer("b", "peerIP: '192.0.2.1:1790', asNumber: 2")) == "");
  CHECK(checked(peer("a", "peerSelector: all()") + peer("b", "peerSelector: rack == 'b'")) == "");
}
