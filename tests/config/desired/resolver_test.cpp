// A Resolver that is told of changes says what a new one says that reads everything, and keeps what no change touches.
#include "tests/support/stored.h"

#include <map>

#include "bgp/base/prng.h"

using namespace config::desired;
using config::store::Entry;

namespace {

// Each of them may be there, with one of its texts, or not.
std::vector<Entry> possible_entries() {
  std::string yaml = v3("BGPConfiguration", "default", "nodeToNodeMeshEnabled: true, asNumber: 64513") +
                     v3("BGPConfiguration", "default", "nodeToNodeMeshEnabled: false, serviceClusterIPs: [{cidr: 10.96.0.0/12}]") +
                     v3("BGPConfiguration", "node.n1", "listenPort: 1790") +
                     v3("BGPConfiguration", "default", "nodeMeshPassword: {secretKeyRef: {name: s, key: mesh}}") +
                     v3("BGPFilter", "f", "exportV4: [{action: Reject}]") + v3("BGPFilter", "f", "importV4: [{action: Accept}]") +
                     v3("IPPool", "p", "cidr: 192.168.0.0/16") + v3("IPPool", "p", "cidr: 192.168.0.0/16, disableBGPExport: true") +
                     block("n1", "192.168.1.0/26") + block("n2", "192.168.2.0/26") + block("n1", "192.168.1.0/26", "pending");
  for (const char* name : {"n1", "n2", "n3"}) {
    const std::string address = std::string("ipv4Address: 10.0.0.") + name[1] + "/24";
    yaml += labelled(name, "rack: a", address) + labelled(name, "rack: b", address) + labelled(name, "rack: b", address + ", asNumber: 65001");
  }
  const char* const peers[] = {"peerIP: 10.0.0.2, asNumber: 64512", "peerIP: 10.0.0.9, asNumber: 65009, filters: [f]",
                               "node: n1, peerIP: 10.0.0.9, asNumber: 65010", "nodeSelector: \"rack == 'a'\", peerSelector: \"rack == 'b'\"",
                               "peerSelector: \"rack == 'a'\", reversePeering: Manual", "peerIP: 10.0.0.1, asNumber: 64512",
                               "peerIP: 10.0.0.8, asNumber: 65008, reachableBy: 10.0.0.8, password: {secretKeyRef: {name: s, key: k}}"};
  yaml += "- {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: d, annotations: {calico-bgp/dynamic: 10.9.0.0/24}}, "
          "spec: {asNumber: 65001, filters: [f]}}\n" +
          v3("BGPPeer", "w", "localWorkloadSelector: all(), asNumber: 65002") +
          v3("BGPPeer", "w", "localWorkloadSelector: all(), asNumber: 65003, filters: [f]");
  for (const char* name : {"a", "b", "c"})
    for (const char* spec : peers) yaml += v3("BGPPeer", name, spec);
  std::vector<Entry> entries = stored(yaml);
  entries.push_back({"/calico/resources/v3/projectcalico.org/bgppeers/a", "no JSON", 1});
  entries.push_back({"/calico/resources/v3/projectcalico.org/bgpconfigurations/default", "no JSON", 1});
  entries.push_back({"/calico/ipam/v2/handle/h", "{}", 1});
  return entries;
}

std::vector<Entry> entries_of(const std::map<std::string, Entry>& store) {
  std::vector<Entry> entries;
  for (const auto& [key, entry] : store) entries.push_back(entry);
  return entries;
}

}  // namespace

TEST_CASE("after any change a Resolver says what one says that reads everything anew") {
  const std::vector<Entry> possible = possible_entries();
  const NodeIdentity node{.name = "n1"};
  std::string secret = "one";
  const SecretLookup secrets = [&](const auto&) { return bgp::Secret(secret); };
  const LocalWorkloads workloads = {{.file = "pod", .bgp_peer = "w", .ipv4 = bgp::IpAddress::parse("192.168.1.5"), .ipv6 = {}}};
  Resolver resolver(node);
  std::map<std::string, Entry> store;
  bgp::Prng chance(7);
  for (int step = 0; step < 3000; ++step) {
    const Entry& entry = possible[chance.below(possible.size())];
    if (chance.below(3) == 0) {
      resolver.erase(entry.key);
      store.erase(entry.key);
    } else {
      resolver.put(entry);
      store[entry.key] = entry;
    }
    if (chance.below(20) == 0) secret += "x";
    const Resolved kept = resolver.resolve(secrets, workloads);
    const Resolved anew = resolve(entries_of(store), node, secrets, workloads);
    REQUIRE(kept.problem == anew.problem);
    REQUIRE(kept.config == anew.config);
    REQUIRE(kept.surroundings == anew.surroundings);
    REQUIRE(kept.warnings == anew.warnings);
  }
}

TEST_CASE("a change of one BGPPeer leaves the other sessions' settings the same objects") {
  const auto entries = stored(kMeshOff + kN1 + global_peer("10.0.0.8", 65008) + global_peer("10.0.0.9", 65009));
  Resolver resolver({.name = "n1"});
  for (const Entry& entry : entries) CHECK(resolver.put(entry));
  const Resolved before = resolver.resolve();
  CHECK(resolver.put(stored(global_peer("10.0.0.9", 65010)).at(0)));
  const Resolved after = resolver.resolve();
  REQUIRE(after.config.peers.size() == 2);
  CHECK(after.config.peers[0].is_same_as(before.config.peers[0]));
  CHECK(after.config.peers[1]->session.peer_as == bgp::Asn{65010});
  CHECK(after.config.export_filter == before.config.export_filter);
}

TEST_CASE("peers with the same BGPFilters share one filter object") {
  const Resolved r = resolved(kMeshOff + kN1 + v3("BGPFilter", "f", "exportV4: [{action: Reject}], importV4: [{action: Accept}]") +
                              v3("BGPPeer", "a", "peerIP: 10.0.0.8, asNumber: 65008, filters: [f]") +
                              v3("BGPPeer", "b", "peerIP: 10.0.0.9, asNumber: 65009, filters: [f]"));
  REQUIRE(r.config.peers.size() == 2);
  CHECK(r.config.peers[0]->export_ == r.config.peers[1]->export_);
  CHECK(r.config.peers[0]->import == r.config.peers[1]->import);
}

TEST_CASE("what is IPAM's own is nothing to the configuration") {
  Resolver resolver({.name = "n1"});
  CHECK_FALSE(resolver.put({"/calico/ipam/v2/assignment/ipv4/block/10.0.0.0-26", "{}", 1}));
  CHECK_FALSE(resolver.erase("/calico/ipam/v2/assignment/ipv4/block/10.0.0.0-26"));
}
