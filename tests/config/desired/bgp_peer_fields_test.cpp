// Each field of BGPPeer's spec by its name: what it makes of a session.
#include <doctest/doctest.h>

#include "tests/support/stored.h"

using namespace config::desired;
using bgp::speaker::NextHopMode;
using bgp::speaker::PeerSettings;

namespace {

PeerSettings peer_with(std::string_view spec, std::string_view ip = "10.0.0.9") {
  const auto r = resolved(kMeshOff + node("n1", "ipv4Address: 10.0.0.1, ipv6Address: 'fd00::1', asNumber: 65000") +
                          v3("BGPPeer", "p", "peerIP: '" + std::string(ip) + "', " + std::string(spec)));
  REQUIRE(r.config.peers.size() == 1);
  CHECK(r.warnings.empty());
  return r.config.peers[0];
}

}  // namespace

TEST_CASE("peerIP: an address, or an address and a port") {
  CHECK(peer_with("asNumber: 1").session.port == 179);
  CHECK(peer_with("asNumber: 1", "10.0.0.9:1790").session.port == 1790);
  CHECK(peer_with("asNumber: 1", "[fd00::9]:1790").session.address.to_string() == "fd00::9");
  CHECK(peer_with("asNumber: 1", "[fd00::9]:1790").session.port == 1790);
}

TEST_CASE("localASNumber is ours towards this peer, and decides between iBGP and eBGP") {
  CHECK(peer_with("asNumber: 65000").session.is_ibgp());
  const PeerSettings other = peer_with("asNumber: 65000, localASNumber: 65009");
  CHECK(other.session.local_as == bgp::Asn{65009});
  CHECK_FALSE(other.session.is_ibgp());
}

TEST_CASE("numAllowedLocalASNumbers") {
  CHECK(peer_with("asNumber: 1").session.allow_own_as == 0);
  CHECK(peer_with("asNumber: 1, numAllowedLocalASNumbers: 2").session.allow_own_as == 2);
}

TEST_CASE("sourceAddress: the node's address, or the kernel's choice") {
  CHECK(peer_with("asNumber: 1, sourceAddress: UseNodeIP").session.local_address == bgp::IpAddress::parse("10.0.0.1"));
  CHECK_FALSE(peer_with("asNumber: 1, sourceAddress: None").session.local_address.has_value());
}

TEST_CASE("nextHopMode, and the deprecated keepOriginalNextHop that keeps towards eBGP only") {
  CHECK(peer_with("asNumber: 1").next_hop_mode == NextHopMode::Auto);
  CHECK(peer_with("asNumber: 1, nextHopMode: Self").next_hop_mode == NextHopMode::Self);
  CHECK(peer_with("asNumber: 1, nextHopMode: Keep").next_hop_mode == NextHopMode::Keep);
  CHECK(peer_with("asNumber: 1, keepOriginalNextHop: true").next_hop_mode == NextHopMode::Keep);
  CHECK(peer_with("asNumber: 65000, keepOriginalNextHop: true").next_hop_mode == NextHopMode::Auto);
}

TEST_CASE("maxRestartTime is rounded to seconds; nodeMeshMaxRestartTime is the mesh's") {
  CHECK(peer_with("asNumber: 1").session.graceful_restart.restart_time_s == 120);
  CHECK(peer_with("asNumber: 1, maxRestartTime: 1m30s").session.graceful_restart.restart_time_s == 90);
  CHECK(peer_with("asNumber: 1, maxRestartTime: 1500ms").session.graceful_restart.restart_time_s == 2);
  const auto mesh = resolved(kN1 + kN2 + v3("BGPConfiguration", "default", "nodeMeshMaxRestartTime: 300s"));
  CHECK(mesh.config.peers.at(0)->session.graceful_restart.restart_time_s == 300);
}

TEST_CASE("keepaliveTime is rounded to seconds, at least one") {
  CHECK(peer_with("asNumber: 1").session.keepalive_time_s == 0);
  CHECK(peer_with("asNumber: 1, keepaliveTime: 20s").session.keepalive_time_s == 20);
  CHECK(peer_with("asNumber: 1, keepaliveTime: 100ms").session.keepalive_time_s == 1);
}

TEST_CASE("ttlSecurity is a number of hops, and 0 is off") {
  CHECK_FALSE(peer_with("asNumber: 1").session.ttl_security_hops.has_value());
  CHECK_FALSE(peer_with("asNumber: 1, ttlSecurity: 0").session.ttl_security_hops.has_value());
  CHECK(peer_with("asNumber: 1, ttlSecurity: 3").session.ttl_security_hops == 3);
}

TEST_CASE("a session offers the node's name as its host name") { CHECK(peer_with("asNumber: 1").session.hostname == "n1"); }

TEST_CASE("reachableBy: a host route to the peer by that gateway") {
  const auto with = [](const char* spec, const char* self = "n1") {
    return resolved(kMeshOff + node("n1", "ipv4Address: 10.0.0.1, asNumber: 65000") + kN2 + v3("BGPPeer", "p", spec), self);
  };
  const auto routes = [](const Resolved& r) {
    std::string text;
    for (const auto& [peer, gateway] : r.surroundings.host_routes) text += peer.to_string() + " via " + gateway.to_string() + "\n";
    return text;
  };
  const Resolved r = with("peerIP: '192.0.2.9:1790', asNumber: 1, reachableBy: 10.0.0.254");
  CHECK(routes(r) == "192.0.2.9 via 10.0.0.254\n");
  CHECK(r.config.peers.at(0)->session.address.to_string() == "192.0.2.9");
  CHECK(r.warnings.empty());
  CHECK(routes(with("peerIP: 192.0.2.9, asNumber: 1")).empty());
  CHECK_MESSAGE(routes(with("node: n2, peerIP: 192.0.2.9, asNumber: 1, reachableBy: 10.0.0.254")).empty(), "another node's peer");
  // The other end of a reverse peering is behind another gateway, if any.
  CHECK(routes(with("node: n1, peerIP: 10.0.0.2, asNumber: 64512, reachableBy: 10.0.0.254", "n2")).empty());
  for (const char* no_gateway : {"192.0.2.9", "10.0.0.1"}) {
    const Resolved odd = with(("peerIP: 192.0.2.9, asNumber: 1, reachableBy: " + std::string(no_gateway)).c_str());
    CHECK(routes(odd).empty());
    CHECK(warnings(odd) == "field_ignored p\n");
  }
}

TEST_CASE("localWorkloadSelector: the workloads that Felix names for it are passive peers, from whatever address they see") {
  const auto ip = [](const char* text) { return bgp::IpAddress::parse(text); };
  const LocalWorkloads workloads = {{"a", "pods", ip("10.65.0.2"), ip("fd00:65::2")}, {"b", "other", ip("10.65.0.3"), {}}};
  const auto with = [&](const std::string& more, const char* self = "n1") {
    const std::string yaml = kMeshOff + node("n1", "ipv4Address: 10.0.0.1, ipv6Address: 'fd00::1'") + kN2 + more;
    return resolve(stored(yaml), {.name = self}, {}, workloads);
  };
  const Resolved r = with(v3("BGPPeer", "pods", "localWorkloadSelector: all(), asNumber: 65401, node: n1, maxRestartTime: 30s"));
  CHECK(peers(r) == "10.65.0.2 as 65401 workload\nfd00:65::2 as 65401 workload\n");
  for (const bgp::speaker::PeerSettings& peer : r.config.peers) {
    CHECK(peer.session.passive);
    CHECK_FALSE(peer.session.local_address.has_value());
    CHECK(peer.session.graceful_restart.restart_time_s == 30);
  }
  CHECK_MESSAGE(warnings(r) == "workload_peers_unfiltered pods\n", "once, however many there are");
  const auto verdict = [&](const char* prefix) { return r.config.peers[0]->import->evaluate(*bgp::Prefix::parse(prefix)); };
  CHECK_MESSAGE(verdict("10.0.0.2/32") == bgp::policy::Verdict::Reject, "no workload takes a node's sessions from it");
  CHECK(verdict("fd00::1/128") == bgp::policy::Verdict::Reject);
  CHECK(verdict("10.0.0.0/24") == bgp::policy::Verdict::Accept);
  CHECK(warnings(with(v3("BGPPeer", "pods", "localWorkloadSelector: all(), asNumber: 65401, filters: [f]") +
                      v3("BGPFilter", "f", "importV4: [{action: Reject}]"))) == "");
  CHECK(warnings(with(v3("BGPPeer", "gone", "localWorkloadSelector: all(), asNumber: 65401"))) == "");
  CHECK_MESSAGE(peers(with(v3("BGPPeer", "pods", "localWorkloadSelector: all(), asNumber: 65401, node: n2"))).empty(), "not ours");
  CHECK_MESSAGE(peers(with(v3("BGPPeer", "gone", "localWorkloadSelector: all(), asNumber: 65401"))).empty(), "no workload has it");
  CHECK(peers(with(v3("BGPPeer", "pods", "localWorkloadSelector: all(), asNumber: 65401"), "n2")) == "10.65.0.2 as 65401 workload\n");
}
