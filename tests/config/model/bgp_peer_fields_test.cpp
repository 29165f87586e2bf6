// The fields of BGPPeer's spec: what is refused, in upstream's words.
#include <doctest/doctest.h>

#include "config/model/document.h"
#include "config/model/kinds/bgp_peer.h"

using namespace config::model;

namespace {

std::string error_of(std::string_view kind, std::string_view spec, std::string_view name = "default") {
  const auto read = parse_document("{apiVersion: projectcalico.org/v3, kind: " + std::string(kind) + ", metadata: {name: " +
                                       std::string(name) + "}, spec: {" + std::string(spec) + "}}", "-");
  return read ? "" : read.error().reason.substr(read.error().reason.find(": ") + 2);
}
std::string peer_error(std::string_view spec) { return error_of("BGPPeer", spec, "p"); }

}  // namespace

TEST_CASE("BGPPeer: fields that exclude or need each other") {
  CHECK(peer_error("node: n, nodeSelector: all()") ==
        "error with field node = 'n' (Node field must be empty when NodeSelector is specified)");
  CHECK(peer_error("peerIP: 10.0.0.1, peerSelector: all()") ==
        "error with field peerIP = '10.0.0.1' (PeerIP field must be empty when PeerSelector is specified)");
  CHECK(peer_error("asNumber: 1, peerSelector: all()") ==
        "error with field asNumber = '1' (ASNumber field must be empty when PeerSelector is specified)");
  CHECK(peer_error("peerIP: 10.0.0.1, localWorkloadSelector: all()") ==
        "error with field peerIP = '10.0.0.1' (PeerIP field must be empty when LocalWorkloadSelector is specified)");
  CHECK(peer_error("peerSelector: all(), localWorkloadSelector: all()") ==
        "error with field peerSelector = 'all()' (PeerSelector field must be empty when LocalWorkloadSelector is specified)");
  CHECK(peer_error("localWorkloadSelector: all()") ==
        "error with field asNumber = '0' (ASNumber field must be specified when LocalWorkloadSelector is specified)");
  CHECK(peer_error("asNumber: 1, reachableBy: 10.0.0.2") ==
        "error with field reachableBy = '10.0.0.2' (ReachablyBy field must be empty when PeerIP is empty)");
  CHECK(peer_error("asNumber: 1, peerIP: 'fd00::1', reachableBy: 10.0.0.2") ==
        "error with field reachableBy = '10.0.0.2' (ReachableBy and PeerIP address family mismatched)");
  CHECK(peer_error("peerIP: 10.0.0.1, keepOriginalNextHop: true, nextHopMode: Self") ==
        "error with field keepOriginalNextHop = 'true' (The KeepOriginalNextHop field is deprecated. It must not be set to true "
        "when NextHopMode is configured.)");
}

TEST_CASE("BGPPeer: values out of range") {
  CHECK(peer_error("nextHopMode: Other") == "error with field nextHopMode = 'Other' (must be Auto, Self or Keep)");
  CHECK(peer_error("sourceAddress: Any") == "error with field sourceAddress = 'Any' (must be UseNodeIP or None)");
  CHECK(peer_error("reversePeering: No") == "error with field reversePeering = 'No' (must be Auto or Manual)");
  CHECK(peer_error("ttlSecurity: 256") == "ttlSecurity 256 is out of range (0..255)");
  CHECK(peer_error("maxRestartTime: 2h") == "error with field maxRestartTime = '2h' (must be at most 4095s)");
  CHECK(peer_error("keepaliveTime: 20") == "error with field keepaliveTime = '20' (must be a duration such as 90s or 1m30s)");
  CHECK(peer_error("reachableBy: here") == "error with field reachableBy = 'here' (ReachableBy is invalid address)");
  CHECK(peer_error("filters: a") == "filters must be a list");
}

TEST_CASE("password: the name of a secret and its key, which no path gets through") {
  CHECK(peer_error("peerIP: 10.0.0.1, password: {secretKeyRef: {name: s, key: bgp.password}}").empty());
  CHECK(peer_error("password: {secretKeyRef: {name: s}}") == "insufficient identifiers, missing 'key'");
  CHECK(peer_error("password: {secretKeyRef: {key: s}}") == "insufficient identifiers, missing 'name'");
  CHECK(peer_error("password: secret") == "password must be fields, not a value or a list");
  CHECK(peer_error("password: {secretKeyRef: {name: ../s, key: k}}") ==
        "error with field name = '../s' (must be the name of a secret)");
  CHECK(peer_error("password: {secretKeyRef: {name: s, key: ..}}") ==
        "error with field key = '..' (must be letters, digits, '-', '_' and '.')");
  CHECK(peer_error("password: {secretKeyRef: {name: s, key: a/b}}") ==
        "error with field key = 'a/b' (must be letters, digits, '-', '_' and '.')");
}

TEST_CASE("BGPConfiguration: what a mesh that is off excludes") {
  CHECK(error_of("BGPConfiguration", "nodeToNodeMeshEnabled: false, nodeMeshPassword: {secretKeyRef: {name: s, key: k}}") ==
        "error with field nodeMeshPassword = '' (spec.NodeMeshPassword cannot be set if spec.NodeToNodeMesh is disabled)");
  CHECK(error_of("BGPConfiguration", "nodeToNodeMeshEnabled: false, nodeMeshMaxRestartTime: 10s") ==
        "error with field nodeMeshMaxRestartTime = '10s' (spec.NodeMeshMaxRestartTime cannot be set if "
        "spec.NodeToNodeMesh is disabled)");
  CHECK(error_of("BGPConfiguration", "nodeMeshMaxRestartTime: 2h") ==
        "error with field nodeMeshMaxRestartTime = '2h' (must be at most 4095s)");
}
