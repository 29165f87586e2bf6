// calico-bgp/tcp-ao: from its words to a session's keys, and the ways in which a peer is held rather than spoken to without.
#include <doctest/doctest.h>

#include "tests/support/stored.h"

using namespace config::desired;
using bgp::AoAlgorithm;
using bgp::AoKeys;

namespace {

bgp::Result<bgp::Secret, std::string> secrets(const config::model::SecretRef& ref) {
  if (ref.name == "bgp" && ref.key != "lost") return bgp::Secret("secret of " + ref.key);
  return bgp::Err(std::string("no such file"));
}

std::string peer(const std::string& ao, const std::string& more = "") {
  return "- {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: p, annotations: {calico-bgp/tcp-ao: '" + ao +
         "'}}, spec: {peerIP: 10.0.0.9, asNumber: 1" + more + "}}\n";
}

Resolved with_secrets(const std::string& yaml, NodeIdentity self = {.name = "n1"}) {
  return resolve(stored(yaml), self, secrets);
}
bgp::session::PeerConfig session(const Resolved& r) { return r.config.peers.at(0)->session; }

const std::string kStore = kMeshOff + kN1;

// As another tool might have written it.
Resolved stored_as(const std::string& annotation, const std::string& spec = "") {
  auto entries = stored(kStore);
  entries.push_back({"/calico/resources/v3/projectcalico.org/bgppeers/p",
                     R"({"metadata":{"name":"p","annotations":{"calico-bgp/tcp-ao":)" + annotation +
                         R"(}},"spec":{"peerIP":"10.0.0.9","asNumber":1)" + spec + "}}", 1});
  return resolve(entries, {.name = "n1"}, secrets);
}

}  // namespace

TEST_CASE("tcp-ao: keys in their order, the first preferred") {
  const Resolved r = with_secrets(kStore + peer("2/3 aes-128-cmac-96 bgp/new, 1 hmac-sha-1-96 bgp/old"));
  CHECK(session(r).tcp_ao == AoKeys{{2, 3, AoAlgorithm::Aes128Cmac96, bgp::Secret("secret of new")},
                                    {1, 1, AoAlgorithm::HmacSha1_96, bgp::Secret("secret of old")}});
  CHECK(session(r).held.empty());
  CHECK(r.warnings.empty());
}

TEST_CASE("tcp-ao: a key whose secret is missing is left out beside others, and the peer is held when none is left") {
  const Resolved one = with_secrets(kStore + peer("2 hmac-sha-1-96 bgp/lost, 1 hmac-sha-1-96 bgp/old"));
  CHECK(session(one).tcp_ao.size() == 1);
  CHECK(session(one).held.empty());
  CHECK(warnings(one) == "peer_key_ignored p\n");
  const Resolved none = with_secrets(kStore + peer("2/3 hmac-sha-1-96 bgp/lost"));
  CHECK(session(none).tcp_ao.empty());
  CHECK(session(none).held == "TCP-AO key 2/3, secret bgp/lost: no such file");
  CHECK(warnings(none) == "peer_held p\n");
}

TEST_CASE("tcp-ao: a kernel that cannot do it holds the peer, and says what is needed") {
  const std::string yaml = kStore + peer("1 hmac-sha-1-96 bgp/old, 2 aes-128-cmac-96 bgp/new");
  const Resolved none = with_secrets(yaml, {.name = "n1", .ao_algorithms = {}});
  CHECK(session(none).held == "TCP-AO: this kernel has none; it needs Linux 6.7 or later with CONFIG_TCP_AO");
  CHECK(session(none).tcp_ao.empty());
  const Resolved no_cmac = with_secrets(yaml, {.name = "n1", .ao_algorithms = {AoAlgorithm::HmacSha1_96}});
  CHECK(session(no_cmac).held.empty());
  CHECK(session(no_cmac).tcp_ao.size() == 1);
  CHECK(no_cmac.warnings.at(0).fields.at(1).second == "TCP-AO: this kernel has no aes-128-cmac-96; it needs CONFIG_CRYPTO_CMAC");
}

TEST_CASE("tcp-ao: what another tool stored and makes no sense holds the peer; it never runs without") {
  for (const char* bad : {R"("on")", R"("")", R"("1 md5 bgp/old")", R"("1 hmac-sha-1-96 bgp/old, 1 hmac-sha-1-96 bgp/new")",
                          "17", "null", R"({"a":"b"})", R"(["1 hmac-sha-1-96 bgp/old"])"}) {
    CAPTURE(bad);
    const Resolved r = stored_as(bad);
    REQUIRE(r.config.peers.size() == 1);
    CHECK(session(r).held == "calico-bgp/tcp-ao makes no sense");
    CHECK(session(r).tcp_ao.empty());
  }
  const Resolved both = stored_as(R"("1 hmac-sha-1-96 bgp/old")", R"(,"password":{"secretKeyRef":{"name":"bgp","key":"x"}})");
  CHECK(session(both).held == "password and calico-bgp/tcp-ao exclude each other: remove one of them");
  CHECK(session(both).password.empty());
  CHECK(session(both).tcp_ao.empty());
}

TEST_CASE("tcp-ao: on BGPConfiguration it is the mesh's; the other end of a BGPPeer has the ids swapped") {
  const Resolved mesh = with_secrets(kN1 + kN2 +
                                     "- {apiVersion: projectcalico.org/v3, kind: BGPConfiguration, metadata: {name: default, "
                                     "annotations: {calico-bgp/tcp-ao: 1 hmac-sha-1-96 bgp/mesh}}, spec: {}}\n");
  CHECK(session(mesh).tcp_ao.at(0).secret == bgp::Secret("secret of mesh"));
  const std::string reverse =
      kMeshOff + kN1 + labelled("n2", "rr: ''", "ipv4Address: 10.0.0.2, asNumber: 64512") +
      "- {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: p, annotations: {calico-bgp/tcp-ao: 2/3 "
      "hmac-sha-1-96 bgp/x}}, spec: {node: n2, peerSelector: \"!has(rr)\"}}\n";
  const Resolved theirs = with_secrets(reverse, {.name = "n2"});
  const Resolved ours = with_secrets(reverse);
  CHECK(session(theirs).tcp_ao.at(0).send_id == 2);
  CHECK(session(ours).tcp_ao.at(0).send_id == 3);
  CHECK(session(ours).tcp_ao.at(0).recv_id == 2);
}

TEST_CASE("tcp-ao: a peer with a secret of its own inside a range with other keys is held, for the kernel would take those as well") {
  const auto with_range = [](const std::string& of_peer, const std::string& range) {
    return with_secrets(kStore + of_peer +
                        "- {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: r, annotations: {calico-bgp/dynamic: " +
                        range + ", calico-bgp/tcp-ao: '7 hmac-sha-1-96 bgp/range'}}, spec: {asNumber: 1}}\n");
  };
  const std::string ao = peer("1 hmac-sha-1-96 bgp/own"), same = peer("7 hmac-sha-1-96 bgp/range");
  const std::string md5 = v3("BGPPeer", "p", "peerIP: 10.0.0.9, asNumber: 1, password: {secretKeyRef: {name: bgp, key: own}}");
  for (const std::string& own : {ao, md5}) {
    const Resolved r = with_range(own, "10.0.0.0/24");
    CHECK(session(r).held == "with the TCP-AO keys of the dynamic range 10.0.0.0/24 others could speak for it: "
                             "give it the same keys, or an address outside");
    CHECK(warnings(r) == "peer_held 10.0.0.0/24\n");
    CHECK(session(with_range(own, "10.0.1.0/24")).held.empty());
  }
  CHECK(session(with_range(same, "10.0.0.0/24")).held.empty());
  CHECK(session(with_range(v3("BGPPeer", "p", "peerIP: 10.0.0.9, asNumber: 1"), "10.0.0.0/24")).held.empty());
}
