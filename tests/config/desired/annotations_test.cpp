// Each annotation by its name: what it makes of a session.
#include <doctest/doctest.h>

#include <functional>

#include "tests/support/stored.h"

using namespace config::desired;
using namespace std::chrono_literals;
using bgp::session::MaxPrefixConfig;
using bgp::session::Role;
using bgp::speaker::PeerSettings;

namespace {

std::string annotated(std::string_view kind, std::string_view name, std::string_view annotations, std::string_view spec) {
  return "- {apiVersion: projectcalico.org/v3, kind: " + std::string(kind) + ", metadata: {name: " + std::string(name) +
         ", annotations: {" + std::string(annotations) + "}}, spec: {" + std::string(spec) + "}}\n";
}

const std::string kNodes = node("n1", "ipv4Address: 10.0.0.1, ipv6Address: 'fd00::1'") + node("n2", "ipv4Address: 10.0.0.0");  // n1 is the end that dials

struct Case {
  const char* annotation;
  const char* value;
  std::function<bool(const PeerSettings&)> holds;
};

const Case kCases[] = {
    {"hold-time", "9s", [](const PeerSettings& p) { return p.session.hold_time_s == 9; }},
    {"connect-retry", "500ms", [](const PeerSettings& p) { return p.session.connect_retry == 500ms; }},
    {"send-hold-time", "10s", [](const PeerSettings& p) { return p.session.send_hold_time_s == 10; }},
    {"passive", "true", [](const PeerSettings& p) { return p.session.passive; }},
    {"graceful-restart", "off", [](const PeerSettings& p) { return p.session.graceful_restart.restart_time_s == 0; }},
    {"long-lived-stale-time", "3600s", [](const PeerSettings& p) { return p.session.graceful_restart.long_lived_stale_s == 3600; }},
    {"add-path", "both", [](const PeerSettings& p) { return p.session.add_path.receive && p.session.add_path.send; }},
    {"add-path", "send", [](const PeerSettings& p) { return !p.session.add_path.receive && p.session.add_path.send; }},
    {"add-path", "off", [](const PeerSettings& p) { return !p.session.add_path.receive && !p.session.add_path.send; }},
    {"max-prefixes", "1000", [](const PeerSettings& p) { return p.session.max_prefix.limit == 1000; }},
    {"max-prefixes-action", "stop", [](const PeerSettings& p) { return p.session.max_prefix.action == MaxPrefixConfig::Action::Stop; }},
    {"max-prefixes-action", "warn", [](const PeerSettings& p) { return p.session.max_prefix.action == MaxPrefixConfig::Action::Warn; }},
    {"max-prefixes-restart", "30s", [](const PeerSettings& p) { return p.session.max_prefix.restart_after_s == 30; }},
    {"role", "provider", [](const PeerSettings& p) { return p.session.role == Role::Provider; }},
    {"role", "rs", [](const PeerSettings& p) { return p.session.role == Role::RouteServer; }},
    {"role", "rs-client", [](const PeerSettings& p) { return p.session.role == Role::RouteServerClient; }},
    {"role", "customer, calico-bgp/role-strict: true", [](const PeerSettings& p) { return p.session.role == Role::Customer && p.session.role_strict; }},
    {"role", "peer", [](const PeerSettings& p) { return p.session.role == Role::Peer && !p.session.role_strict; }},
    {"enforce-first-as", "false", [](const PeerSettings& p) { return !p.session.enforce_first_as; }},
    {"reject-as-sets", "true", [](const PeerSettings& p) { return p.session.reject_as_sets; }},
    {"software-version", "true", [](const PeerSettings& p) { return p.session.software_version; }},
    {"hostname", "false", [](const PeerSettings& p) { return p.session.hostname.empty(); }},
    {"extended-messages", "false", [](const PeerSettings& p) { return !p.session.extended_messages; }},
    {"bfd", "100ms x 5", [](const PeerSettings& p) { return p.bfd && p.bfd->min_tx == 100ms && p.bfd->min_rx == 100ms && p.bfd->multiplier == 5 && !p.bfd->multihop; }},
    {"bfd", "1s, calico-bgp/bfd-multihop: true", [](const PeerSettings& p) { return p.bfd && p.bfd->multiplier == 3 && p.bfd->multihop; }},
    {"bfd", "1s, calico-bgp/bfd-multihop: true, calico-bgp/bfd-minimum-ttl: 250", [](const PeerSettings& p) { return p.bfd && p.bfd->minimum_ttl == 250; }},
    {"accept-blackhole", "true", [](const PeerSettings& p) { return p.accept_blackhole; }},
};

}  // namespace

TEST_CASE("each annotation sets its part of a BGPPeer's session, and on BGPConfiguration of the mesh's") {
  const PeerSettings plain = resolved(kNodes).config.peers.at(0);
  for (const Case& c : kCases) {
    const std::string annotation = std::string("calico-bgp/") + c.annotation + ": " + c.value;
    CAPTURE(annotation);
    CHECK_FALSE((c.holds(plain) && std::string(c.value) != "false"));
    const Resolved peer = resolved(kMeshOff + kNodes + annotated("BGPPeer", "p", annotation, "peerIP: 10.0.0.9, asNumber: 65001"));
    REQUIRE(peer.config.peers.size() == 1);
    CHECK(c.holds(peer.config.peers[0]));
    const Resolved mesh = resolved(kNodes + annotated("BGPConfiguration", "default", annotation, ""));
    REQUIRE(mesh.config.peers.size() == 1);
    CHECK(c.holds(mesh.config.peers[0]));
    CHECK(mesh.warnings.empty());
  }
}

TEST_CASE("extended-next-hop: an IPv6 neighbour is spoken to about IPv4 too, an IPv4 one as ever") {
  auto families = [](const char* address) {
    return resolved(kMeshOff + kNodes + annotated("BGPPeer", "p", "calico-bgp/extended-next-hop: true", std::string("peerIP: '") + address + "', asNumber: 65001"))
        .config.peers.at(0)->session.families;
  };
  CHECK(families("fd00::9") == bgp::FamilySet::both());
  CHECK(families("10.0.0.9") == bgp::FamilySet::of(bgp::Family::IPv4));
}

TEST_CASE("bfd-minimum-ttl: GTSM's hops are BGP's alone, for not every neighbour sends BFD with a TTL of 255") {
  const Resolved r = resolved(kMeshOff + kNodes + annotated("BGPPeer", "p", "calico-bgp/bfd: 1s, calico-bgp/bfd-multihop: true",
                                                            "peerIP: 10.0.0.9, asNumber: 65001, ttlSecurity: 2"));
  CHECK(r.config.peers.at(0)->session.ttl_security_hops == 2);
  CHECK(r.config.peers.at(0)->bfd.value().minimum_ttl == 0);
}

TEST_CASE("local-address takes the node's place") {
  const Resolved r = resolved(kMeshOff + kNodes + annotated("BGPPeer", "p", "calico-bgp/local-address: 10.9.9.9", "peerIP: 10.0.0.9, asNumber: 1"));
  CHECK(r.config.peers.at(0)->session.local_address == bgp::IpAddress::parse("10.9.9.9"));
}

TEST_CASE("dynamic and dynamic-max: a range instead of an address, for all nodes or for one") {
  const Resolved r = resolved(
      kMeshOff + kNodes +
      annotated("BGPPeer", "a", "calico-bgp/dynamic: 10.7.0.0/24, calico-bgp/dynamic-max: 64, calico-bgp/hold-time: 9s", "asNumber: 65007") +
      annotated("BGPPeer", "b", "calico-bgp/dynamic: 10.8.0.0/24", "asNumber: 65008, node: n2") +
      annotated("BGPPeer", "c", "calico-bgp/dynamic: 'fd00:9::/64'", "asNumber: 65009, node: n1"));
  CHECK(r.config.peers.empty());
  CHECK(r.warnings.empty());
  REQUIRE(r.config.dynamic_peers.size() == 2);
  const auto& a = r.config.dynamic_peers[0];
  CHECK(a.range.to_string() == "10.7.0.0/24");
  CHECK(a.max == 64);
  CHECK(a.settings.session.passive);
  CHECK(a.settings.session.hold_time_s == 9);
  CHECK(a.settings.session.peer_as == bgp::Asn{65007});
  CHECK(a.settings.session.local_address == bgp::IpAddress::parse("10.0.0.1"));
  CHECK(r.config.dynamic_peers[1].settings.type == bgp::speaker::PeerType::NodeSpecific);
  CHECK(r.config.dynamic_peers[1].settings.session.families == bgp::FamilySet::of(bgp::Family::IPv6));
}

TEST_CASE("multipath and its parts") {
  const auto multipath = [](std::string_view annotations) {
    return resolved(kNodes + annotated("BGPConfiguration", "default", annotations, "")).config.multipath;
  };
  CHECK(multipath("") == bgp::speaker::Multipath{});
  CHECK(multipath("calico-bgp/multipath: 4") == bgp::speaker::Multipath{.ebgp = 4, .ibgp = 4});
  CHECK(multipath("calico-bgp/multipath-ibgp: 1, calico-bgp/multipath: 8").ebgp == 8);
  CHECK(multipath("calico-bgp/multipath-ibgp: 1, calico-bgp/multipath: 8").ibgp == 1);
  CHECK(multipath("calico-bgp/multipath-ebgp: 2").ebgp == 2);
  CHECK(multipath("calico-bgp/multipath-mixed: 'true'").mixed);
  CHECK_FALSE(multipath("calico-bgp/link-bandwidth: 'false'").link_bandwidth);
}

TEST_CASE("drain on the own node, and on no other") {
  const std::string drained = annotated("Node", "n2", "calico-bgp/drain: 'true'", "bgp: {ipv4Address: 10.0.0.2}");
  CHECK(resolved(kNodes + drained, "n2").config.graceful_shutdown);
  CHECK_FALSE(resolved(kNodes + drained, "n1").config.graceful_shutdown);
}

TEST_CASE("a stored annotation that makes no sense is warned about, and its peer stays") {
  auto entries = stored(kMeshOff + kNodes);
  entries.push_back({"/calico/resources/v3/projectcalico.org/bgppeers/p",
                     R"({"metadata":{"name":"p","annotations":{"calico-bgp/passive":"perhaps"}},"spec":{"peerIP":"10.0.0.9","asNumber":1}})", 1});
  const Resolved r = resolve(entries, {.name = "n1"});
  CHECK(r.config.peers.size() == 1);
  CHECK(warnings(r) == "annotation_ignored p\n");
}
