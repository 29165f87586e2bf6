// Who peers with whom: selectors, reverse peerings, route reflectors, the passive end.
#include <doctest/doctest.h>

#include "tests/support/stored.h"

using namespace config::desired;

namespace {

const std::string kRacks = labelled("n1", "rack: a", "ipv4Address: 10.0.0.1") +
                           labelled("n2", "rack: a", "ipv4Address: 10.0.0.2, ipv6Address: 'fd00::2'") +
                           labelled("n3", "rack: b, spine: 'yes'", "ipv4Address: 10.0.0.3, asNumber: 65003");

const bgp::speaker::PeerSettings* find(const Resolved& r, std::string_view address) {
  for (const bgp::speaker::PeerSettings& peer : r.config.peers) {
    if (peer.session.address.to_string() == address) return &peer;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("nodeSelector: a peering of the nodes that it selects") {
  const std::string yaml = kMeshOff + kRacks + v3("BGPPeer", "p", "nodeSelector: rack == 'a', peerIP: 192.0.2.1, asNumber: 1");
  CHECK(peers(resolved(yaml, "n1")) == "192.0.2.1 as 1 node\n");
  CHECK(peers(resolved(yaml, "n2")) == "192.0.2.1 as 1 node\n");
  CHECK(peers(resolved(yaml, "n3")).empty());
  CHECK(peers(resolved(kMeshOff + kRacks + v3("BGPPeer", "p", "nodeSelector: all(), peerIP: 192.0.2.1, asNumber: 1"))) ==
        "192.0.2.1 as 1 global\n");
}

TEST_CASE("peerSelector: every selected node in each family that both have, with its own AS and port") {
  const std::string yaml = kMeshOff + kRacks + v3("BGPConfiguration", "node.n3", "listenPort: 1790") +
                           v3("BGPPeer", "p", "node: n2, peerSelector: 'rack in {\"a\", \"b\"}'") +
                           node("n4", "ipv6Address: 'fd00::4'");
  const Resolved r = resolved(yaml, "n2");
  CHECK(peers(r) == "10.0.0.1 as 64512 node\n10.0.0.3 as 65003 node\n");
  CHECK(find(r, "10.0.0.1")->session.port == 179);
  CHECK(find(r, "10.0.0.3")->session.port == 1790);
  CHECK(r.warnings.empty());
}

TEST_CASE("reversePeering: what a peerSelector selects peers back, without a resource of its own") {
  const std::string yaml = kMeshOff + kRacks + v3("BGPPeer", "p", "nodeSelector: rack == 'a', peerSelector: has(spine), maxRestartTime: 60s");
  CHECK(peers(resolved(yaml, "n1")) == "10.0.0.3 as 65003 node\n");
  const Resolved spine = resolved(yaml, "n3");
  CHECK(peers(spine) == "10.0.0.1 as 64512 node\n10.0.0.2 as 64512 node\n");
  CHECK(find(spine, "10.0.0.1")->session.graceful_restart.restart_time_s == 60);
  const std::string manual = kMeshOff + kRacks + v3("BGPPeer", "p", "nodeSelector: rack == 'a', peerSelector: has(spine), reversePeering: Manual");
  CHECK(peers(resolved(manual, "n1")) == "10.0.0.3 as 65003 node\n");
  CHECK(peers(resolved(manual, "n3")).empty());
}

TEST_CASE("reversePeering: a peerIP with its AS and port that are a node's own") {
  const auto of_n3 = [](const std::string& spec) {
    return peers(resolved(kMeshOff + kRacks + v3("BGPPeer", "p", "node: n1, " + spec), "n3"));
  };
  CHECK(of_n3("peerIP: 10.0.0.3, asNumber: 65003") == "10.0.0.1 as 64512 node\n");
  CHECK(of_n3("peerIP: '10.0.0.3:179', asNumber: 65003") == "10.0.0.1 as 64512 node\n");
  CHECK(of_n3("peerIP: '10.0.0.3:180', asNumber: 65003").empty());
  CHECK(of_n3("peerIP: 10.0.0.3, asNumber: 65004").empty());
  CHECK(of_n3("peerIP: 10.0.0.3, asNumber: 65003, localASNumber: 65111") == "10.0.0.1 as 65111 node\n");
}

TEST_CASE("a reverse peering mirrors the role, and leaves out what is said of one end alone") {
  const std::string yaml =
      kMeshOff + kRacks +
      "- {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: p, annotations: {calico-bgp/role: provider, "
      "calico-bgp/passive: true, calico-bgp/local-address: 10.9.9.9, calico-bgp/hold-time: 9s}}, spec: {node: n1, peerSelector: has(spine)}}\n";
  const auto near = find(resolved(yaml, "n1"), "10.0.0.3")->session;
  CHECK(near.role == bgp::session::Role::Provider);
  CHECK(near.passive);
  const auto far = find(resolved(yaml, "n3"), "10.0.0.1")->session;
  CHECK(far.role == bgp::session::Role::Customer);
  CHECK_FALSE(far.passive);
  CHECK(far.local_address->to_string() == "10.0.0.3");
  CHECK(far.hold_time_s == 9);
}

TEST_CASE("the passive end: of two nodes the one whose address is smaller as a text, in the mesh and in global peerings") {
  const std::string two = node("n1", "ipv4Address: 10.0.0.9") + node("n2", "ipv4Address: 10.0.0.10");
  CHECK_FALSE(find(resolved(two, "n1"), "10.0.0.10")->session.passive);
  CHECK(find(resolved(two, "n2"), "10.0.0.9")->session.passive);
  const std::string global = kMeshOff + two + v3("BGPPeer", "p", "peerSelector: all()");
  CHECK_FALSE(find(resolved(global, "n1"), "10.0.0.10")->session.passive);
  CHECK(find(resolved(global, "n2"), "10.0.0.9")->session.passive);
  const std::string specific = kMeshOff + two + v3("BGPPeer", "p", "node: n2, peerSelector: all()");
  CHECK_FALSE(find(resolved(specific, "n1"), "10.0.0.10")->session.passive);
  CHECK_FALSE(find(resolved(specific, "n2"), "10.0.0.9")->session.passive);
  CHECK_FALSE(find(resolved(kMeshOff + two + global_peer("192.0.2.1", 1), "n2"), "192.0.2.1")->session.passive);
}

TEST_CASE("routeReflectorClusterID: the node leaves the mesh, and reflects to all but its own cluster") {
  const std::string rr = "routeReflectorClusterID: 224.0.0.1";
  const std::string yaml = labelled("r1", "rr: 'yes'", "ipv4Address: 10.0.1.1, " + rr) +
                           labelled("r2", "rr: 'yes'", "ipv4Address: 10.0.1.2, " + rr) +
                           labelled("r3", "rr: 'yes'", "ipv4Address: 10.0.1.3, routeReflectorClusterID: 224.0.0.3") + kN1 + kN2 +
                           v3("BGPPeer", "to-rr", "peerSelector: has(rr)");
  const Resolved n1 = resolved(yaml, "n1");
  CHECK(peers(n1) == "10.0.0.2 as 64512 mesh\n10.0.1.1 as 64512 global\n10.0.1.2 as 64512 global\n10.0.1.3 as 64512 global\n");
  CHECK_FALSE(find(n1, "10.0.1.1")->route_reflector_client);
  CHECK(n1.config.cluster_id.value == 0);
  const Resolved r1 = resolved(yaml, "r1");
  CHECK(peers(r1) == "10.0.0.1 as 64512 global\n10.0.0.2 as 64512 global\n10.0.1.2 as 64512 global\n10.0.1.3 as 64512 global\n");
  CHECK(r1.config.cluster_id.to_string() == "224.0.0.1");
  CHECK(find(r1, "10.0.0.1")->route_reflector_client);
  CHECK_FALSE(find(r1, "10.0.1.2")->route_reflector_client);
  CHECK(find(r1, "10.0.1.3")->route_reflector_client);
}

TEST_CASE("an iBGP peer outside the cluster's nodes is a reflector's client, an eBGP peer is none") {
  const std::string yaml = kMeshOff + labelled("r1", "", "ipv4Address: 10.0.1.1, routeReflectorClusterID: 224.0.0.1") +
                           global_peer("192.0.2.1", 64512) + global_peer("192.0.2.2", 65002);
  CHECK(find(resolved(yaml, "r1"), "192.0.2.1")->route_reflector_client);
  CHECK_FALSE(find(resolved(yaml, "r1"), "192.0.2.2")->route_reflector_client);
}

TEST_CASE("a global peering with an address has it before a node's own, in the order of names") {
  const Resolved r = resolved(kMeshOff + kRacks + v3("BGPPeer", "a", "node: n1, peerIP: 192.0.2.1, asNumber: 1") +
                              v3("BGPPeer", "z", "peerIP: 192.0.2.1, asNumber: 2"));
  CHECK(peers(r) == "192.0.2.1 as 2 global\n");
  CHECK(warnings(r) == "peer_ignored a\n");
}
