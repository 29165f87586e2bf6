#include <doctest/doctest.h>

#include "tests/support/stored.h"

using namespace config::desired;

namespace {

// The one secret there is.
bgp::Result<bgp::Secret, std::string> secrets(const config::model::SecretRef& ref) {
  if (ref.name == "bgp" && ref.key == "rack") return bgp::Secret("opensesame");
  return bgp::Err(std::string("no such file"));
}

Resolved with_secrets(const std::string& yaml) { return resolve(stored(yaml), {.name = "n1"}, secrets); }

std::string peer(const char* key) {
  return v3("BGPPeer", "p", std::string("peerIP: 10.0.0.9, asNumber: 1, password: {secretKeyRef: {name: bgp, key: ") + key + "}}");
}

}  // namespace

TEST_CASE("password: the secret's text becomes the session's") {
  const Resolved r = with_secrets(kMeshOff + kN1 + peer("rack"));
  CHECK(r.config.peers.at(0)->session.password.reveal() == "opensesame");
  CHECK(r.config.peers.at(0)->session.held.empty());
  CHECK(r.warnings.empty());
}

TEST_CASE("password: a peer whose secret is missing is held, with the reason, and never runs without") {
  const Resolved r = with_secrets(kMeshOff + kN1 + peer("lost"));
  CHECK(r.config.peers.at(0)->session.held == "password secret bgp/lost: no such file");
  CHECK(r.config.peers.at(0)->session.password.empty());
  CHECK(warnings(r) == "peer_held p\n");
}

TEST_CASE("nodeMeshPassword is every mesh peer's, and no other's") {
  const Resolved r = with_secrets(kN1 + kN2 + global_peer("10.0.0.9", 1) +
                                  v3("BGPConfiguration", "default", "nodeMeshPassword: {secretKeyRef: {name: bgp, key: rack}}"));
  REQUIRE(r.config.peers.size() == 2);
  CHECK(r.config.peers[0]->session.password.reveal() == "opensesame");
  CHECK(r.config.peers[1]->session.password.empty());
}

TEST_CASE("a secret of a peer of another node is not asked for") {
  int asked = 0;
  resolve(stored(kMeshOff + kN1 + v3("BGPPeer", "p", "node: n2, peerIP: 10.0.0.9, asNumber: 1, password: {secretKeyRef: {name: bgp, key: rack}}")),
          {.name = "n1"}, [&](const config::model::SecretRef& ref) {
            ++asked;
            return secrets(ref);
          });
  CHECK(asked == 0);
}
