#include "config/desired/resolve.h"

#include <doctest/doctest.h>

#include "bgp/base/limits.h"
#include "bgp/session/peer.h"
#include "config/desired/router_id.h"
#include "config/model/document.h"
#include "tests/support/stored.h"

using namespace config::desired;
using bgp::policy::Verdict;
using config::store::Entry;

TEST_CASE("the mesh peers with every other node in each family that both have") {
  const Resolved r = resolved(node("n1", "ipv4Address: 10.0.0.1, ipv6Address: 'fd00::1'") +
                              node("n2", "ipv4Address: 10.0.0.2/24, ipv6Address: 'fd00::2'") +
                              node("n3", "ipv4Address: 10.0.0.3, asNumber: 65003") + node("n4", "ipv6Address: 'fd00::4'"));
  CHECK(peers(r) ==
        "10.0.0.2 as 64512 mesh\n10.0.0.3 as 65003 mesh\nfd00::2 as 64512 mesh\nfd00::4 as 64512 mesh\n");
  const auto& v6 = r.config.peers[2]->session;
  CHECK(v6.local_address == bgp::IpAddress::parse("fd00::1"));
  CHECK(v6.families == bgp::FamilySet::of(bgp::Family::IPv6));
  CHECK(r.config.identifier.to_string() == "10.0.0.1");
  CHECK(r.warnings.empty());
}

TEST_CASE("a mesh that is off leaves the explicit peers, and only this node's own") {
  const Resolved r = resolved(kMeshOff + kN1 + kN2 + global_peer("192.0.2.1", 65001) + node_peer("n1", "192.0.2.2", 65002) +
                              node_peer("n2", "192.0.2.3", 65003));
  CHECK(peers(r) == "192.0.2.1 as 65001 global\n192.0.2.2 as 65002 node\n");
}

TEST_CASE("one peer more than kPeersMax is refused as a whole, with what to do about it") {
  std::string yaml = kMeshOff + kN1;
  auto peer = [](size_t n) { return global_peer("10.1." + std::to_string(n / 256) + "." + std::to_string(n % 256), 65001); };
  for (size_t n = 0; n < bgp::limits::kPeersMax; ++n) yaml += peer(n);
  Resolved full = resolved(yaml);
  CHECK_FALSE(full.problem.has_value());
  CHECK(full.config.peers.size() == bgp::limits::kPeersMax);
  Resolved over = resolved(yaml + peer(bgp::limits::kPeersMax));
  CHECK(over.problem == "4097 peers are configured, at most 4096 are possible; split the mesh with route reflectors");
  CHECK(over.config.peers.empty());
}

TEST_CASE("AS numbers: the command line's, else the node's, else the global one, else 64512") {
  CHECK(resolved(kN1).config.local_as == bgp::Asn{64512});
  const std::string global = v3("BGPConfiguration", "default", "asNumber: 64513");
  const Resolved r = resolved(global + kN1 + kN2);
  CHECK(r.config.local_as == bgp::Asn{64513});
  CHECK(peers(r) == "10.0.0.2 as 64513 mesh\n");
  const std::string own = global + node("n1", "ipv4Address: 10.0.0.1, asNumber: 65001");
  CHECK(resolved(own).config.local_as == bgp::Asn{65001});
  CHECK(resolve(stored(own), {.name = "n1", .as_number = bgp::Asn{65002}}).config.local_as == bgp::Asn{65002});
}

TEST_CASE("a mesh neighbour without an AS of its own has the global one, not this node's") {
  CHECK(peers(resolved(node("n1", "ipv4Address: 10.0.0.1, asNumber: 65001") + kN2)) == "10.0.0.2 as 64512 mesh\n");
}

TEST_CASE("an address that several lists name is one peer: global, then node-specific, then mesh") {
  const Resolved explicit_wins = resolved(kN1 + kN2 + global_peer("10.0.0.2", 65009));
  CHECK(peers(explicit_wins) == "10.0.0.2 as 65009 global\n");
  CHECK(explicit_wins.warnings.empty());
  const Resolved global_wins = resolved(kMeshOff + kN1 + global_peer("192.0.2.1", 1) + node_peer("n1", "192.0.2.1", 2));
  CHECK(peers(global_wins) == "192.0.2.1 as 1 global\n");
  CHECK(warnings(global_wins) == "peer_ignored n1.192-0-2-1\n");
}

TEST_CASE("a peer that moves between mesh, global and node-specific keeps an equal session") {
  const auto mesh = resolved(kN1 + kN2).config.peers;
  const auto global = resolved(kMeshOff + kN1 + kN2 + global_peer("10.0.0.2", 64512)).config.peers;
  const auto specific = resolved(kMeshOff + kN1 + kN2 + node_peer("n1", "10.0.0.2", 64512)).config.peers;
  REQUIRE(mesh.size() == 1);
  REQUIRE(global.size() == 1);
  REQUIRE(specific.size() == 1);
  CHECK(mesh[0]->session == global[0]->session);
  CHECK_FALSE(bgp::session::needs_reset(mesh[0]->session, specific[0]->session));
  CHECK(mesh[0]->type != global[0]->type);
}

TEST_CASE("a node never peers with itself, nor with a node that claims its address") {
  CHECK(peers(resolved(kMeshOff + kN1 + global_peer("10.0.0.1", 1))) == "");
  const Resolved r = resolved(kN1 + node("twin", "ipv4Address: 10.0.0.1"));
  CHECK(peers(r) == "");
  CHECK(warnings(r) == "node_address_conflict twin\n");
}

TEST_CASE("peers that cannot work are skipped with a warning, the others stay") {
  const Resolved r = resolved(kMeshOff + kN1 + global_peer("192.0.2.1", 0) + global_peer("aa::1", 1) +
                              global_peer("192.0.2.2", 2) + v3("BGPPeer", "t", ""));
  CHECK(peers(r) == "192.0.2.2 as 2 global\n");
  CHECK(warnings(r) ==
        "peer_ignored 00aa-0000-0000-0000-0000-0000-0000-0001\npeer_ignored 192-0-2-1\npeer_ignored t\n");
}

TEST_CASE("a broken entry is reported and drops nothing else") {
  auto entries = stored(kN1 + kN2);
  entries.push_back({"/calico/resources/v3/projectcalico.org/nodes/n3", "{broken", 1});
  entries.push_back({"/calico/ipam/v2/config", "not ours", 1});
  const Resolved r = resolve(entries, {.name = "n1"});
  CHECK(peers(r) == "10.0.0.2 as 64512 mesh\n");
  CHECK(warnings(r) == "config_entry_ignored /calico/resources/v3/projectcalico.org/nodes/n3\n");
}

TEST_CASE("without an address or with AS 0 there is no configuration but a reason") {
  CHECK(resolved(kN2).problem == "node n1 has no BGP address; give --ip, or create its node resource");
  CHECK(resolved(kN1 + v3("BGPConfiguration", "default", "asNumber: 0")).problem->find("RFC 7607") != std::string::npos);
  const Resolved by_flag = resolve(stored(kN2), {.name = "n1", .ipv4 = bgp::IpAddress::parse("10.0.0.9")});
  CHECK_FALSE(by_flag.problem);
  CHECK(peers(by_flag) == "10.0.0.2 as 64512 mesh\n");
}

TEST_CASE("the router id is given, the IPv4 address, or a hash of the name") {
  const auto id = [](NodeIdentity identity) { return resolve(stored(kN1), identity).config.identifier.to_string(); };
  CHECK(id({.name = "n1", .router_id = "1.2.3.4"}) == "1.2.3.4");
  CHECK(id({.name = "n1"}) == "10.0.0.1");
  CHECK(id({.name = "n1", .router_id = "hash"}) == hashed_identifier("n1").to_string());
  const Resolved v6_only = resolved(node("n6", "ipv6Address: 'fd00::6'"), "n6");
  CHECK(v6_only.config.identifier == hashed_identifier("n6"));
  CHECK(resolve(stored(kN1), {.name = "n1", .router_id = "x"}).problem->find("router id 'x'") == 0);
}

TEST_CASE("SHA-256 agrees with the examples of FIPS 180-4") {
  const auto hex = [](std::string_view message) {
    std::string out;
    for (const uint8_t byte : sha256(message)) {
      out += "0123456789abcdef"[byte >> 4];
      out += "0123456789abcdef"[byte & 0xf];
    }
    return out;
  };
  CHECK(hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("own blocks are this node's confirmed ones; a block of one address gets no blackhole") {
  const Resolved r = resolved(kN1 + block("n1", "192.168.1.0/26") + block("n1", "192.168.2.0/26", "pending") +
                              block("n2", "192.168.3.0/26") + block("n1", "192.168.4.1/32") + block("n1", "fd80::/122"));
  CHECK(r.config.own_blocks == std::vector<bgp::Prefix>{*bgp::Prefix::parse("192.168.1.0/26"),
                                                        *bgp::Prefix::parse("fd80::/122")});
}

TEST_CASE("export: the block for what is inside it, single addresses of pools, and nothing else") {
  const Resolved r = resolved(kN1 + block("n1", "192.168.1.0/26") + block("n1", "172.16.0.1/32") +
                              "- {apiVersion: v1, kind: ipPool, metadata: {cidr: 192.168.0.0/16}, spec: {disabled: true}}\n" +
                              v3("IPPool", "hidden", "cidr: 10.9.0.0/16, disableBGPExport: true") +
                              v3("IPPool", "six", "cidr: 'fd80::/64'"));
  REQUIRE(r.config.export_filter != nullptr);
  const auto exported = [&](const char* prefix) {
    return r.config.export_filter->evaluate(*bgp::Prefix::parse(prefix)) == Verdict::Accept;
  };
  CHECK(exported("192.168.1.0/26"));
  CHECK_FALSE(exported("192.168.1.5/32"));
  CHECK_FALSE(exported("192.168.1.0/27"));
  CHECK(exported("192.168.7.5/32"));
  CHECK(exported("192.168.0.0/16"));
  CHECK_FALSE(exported("192.0.0.0/8"));
  CHECK(exported("172.16.0.1/32"));
  CHECK_FALSE(exported("10.9.1.1/32"));
  CHECK_FALSE(exported("0.0.0.0/0"));
  CHECK(exported("fd80::1/128"));
  CHECK_FALSE(exported("fd81::1/128"));
}

TEST_CASE("a node that speaks no BGP has no peers, and no problem without an address") {
  NodeIdentity self = {.name = "n1"};
  self.speaks_bgp = false;
  const Resolved r = resolve(stored(kN1 + kN2 + block("n1", "192.168.1.0/26")), self);
  CHECK(r.config.peers.empty());
  CHECK(r.config.own_blocks.empty());
  CHECK(r.config.local_as == bgp::Asn{64512});
  CHECK_FALSE(r.problem.has_value());
  CHECK_FALSE(resolve({}, self).problem.has_value());
}

TEST_CASE("listen port and log level: the node's own, else the global ones; the mesh dials the neighbour's port") {
  const std::string text = kN1 + kN2 + v3("BGPConfiguration", "default", "listenPort: 1179, logSeverityScreen: Debug") +
                           v3("BGPConfiguration", "node.n2", "listenPort: 2179");
  const Resolved r = resolved(text);
  CHECK(r.surroundings.listen_port == 1179);
  CHECK(r.surroundings.log_severity == "Debug");
  CHECK(r.config.peers[0]->session.port == 2179);
  CHECK(resolved(text, "n2").surroundings.listen_port == 2179);
}
