// Fields of BGPConfiguration that are no speaker's affair, and what a field that makes no sense costs.
#include <doctest/doctest.h>

#include "tests/support/stored.h"

using namespace config::desired;

namespace {

const std::string kDual = node("n1", "ipv4Address: 10.0.0.1, ipv6Address: 'fd00::1'");

Resolved with(const std::string& fields, const std::string& more = "") {
  return resolved(kDual + kN2 + v3("BGPConfiguration", "default", fields) + more);
}

std::string listening(const Resolved& r) {
  std::string text = std::to_string(r.surroundings.listen_port);
  for (const auto& address : r.surroundings.listen_addresses) text += " " + address.to_string();
  return text;
}

// As another tool may have stored it.
Resolved stored_as(const std::string& spec, const SecretLookup& secrets = {}) {
  auto entries = stored(kDual + kN2);
  entries.push_back({"/calico/resources/v3/projectcalico.org/bgpconfigurations/default",
                     R"({"kind":"BGPConfiguration","metadata":{"name":"default"},"spec":)" + spec + "}", 1});
  return resolve(entries, {.name = "n1"}, secrets);
}

}  // namespace

TEST_CASE("listenPort: the node's, else the global one") {
  CHECK(listening(with("asNumber: 64513")) == "179");
  CHECK(listening(with("listenPort: 1179")) == "1179");
  CHECK(listening(with("listenPort: 1179", v3("BGPConfiguration", "node.n1", "listenPort: 1180"))) == "1180");
}

TEST_CASE("bindMode NodeIP: the node's addresses, and those at which its workloads look for it") {
  CHECK(listening(with("bindMode: None")) == "179");
  CHECK(listening(with("bindMode: NodeIP")) == "179 10.0.0.1 fd00::1");
  CHECK(listening(with("bindMode: NodeIP, localWorkloadPeeringIPV4: 169.254.0.179, localWorkloadPeeringIPV6: 'fd12::1'")) ==
        "179 10.0.0.1 fd00::1 169.254.0.179 fd12::1");
  CHECK(listening(with("localWorkloadPeeringIPV4: 169.254.0.179")) == "179");
  CHECK(listening(resolved(kN1 + v3("BGPConfiguration", "default", "bindMode: NodeIP"))) == "179 10.0.0.1");
}

TEST_CASE("ignoredInterfaces: with those of workloads and of kube-proxy, always") {
  using Patterns = std::vector<std::string>;
  CHECK(with("asNumber: 64513").surroundings.ignored_interfaces == Patterns{"cali*", "kube-ipvs*"});
  CHECK(with("ignoredInterfaces: ['eth1', 'br-*']").surroundings.ignored_interfaces ==
        Patterns{"eth1", "br-*", "cali*", "kube-ipvs*"});
}

TEST_CASE("logSeverityScreen: the node's, else the global one, in any case") {
  CHECK(with("asNumber: 64513").surroundings.log_severity.empty());
  CHECK(with("logSeverityScreen: wArNing").surroundings.log_severity == "Warning");
  CHECK(with("logSeverityScreen: warning", v3("BGPConfiguration", "node.n1", "logSeverityScreen: DEBUG")).surroundings.log_severity ==
        "Debug");
}

TEST_CASE("node.<nodename>: what only default may say is warned about, by the node that it names") {
  CHECK(warnings(with("", v3("BGPConfiguration", "node.n1", "listenPort: 1, logSeverityScreen: info, bindMode: NodeIP"))) ==
        "field_ignored node.n1\n");
  CHECK(warnings(with("", v3("BGPConfiguration", "node.n2", "bindMode: NodeIP"))).empty());
  CHECK(listening(with("", v3("BGPConfiguration", "node.n1", "bindMode: NodeIP"))) == "179");
  CHECK(warnings(with("", v3("BGPConfiguration", "rack1", "listenPort: 1"))) == "config_entry_ignored rack1\n");
  auto entries = stored(kDual);
  entries.push_back({"/calico/resources/v3/projectcalico.org/bgpconfigurations/node.n1", R"({"spec":{"asNumber":1}})", 1});
  CHECK(resolve(entries, {.name = "n1"}).config.local_as == bgp::Asn{64512});
}

TEST_CASE("a BGPConfiguration default that is no JSON is a problem: the AS number and passwords are not known") {
  auto entries = stored(kDual + kN2);
  entries.push_back({"/calico/resources/v3/projectcalico.org/bgpconfigurations/default", "{", 1});
  const Resolved r = resolve(entries, {.name = "n1"});
  REQUIRE(r.problem.has_value());
  CHECK(r.problem->starts_with("the BGPConfiguration default cannot be read: value is no JSON"));
  CHECK(r.config.peers.empty());
  CHECK(warnings(r) == "config_entry_ignored /calico/resources/v3/projectcalico.org/bgpconfigurations/default\n");
}

TEST_CASE("a BGPConfiguration default whose AS number or mesh cannot be read is a problem: neither is guessed") {
  for (const char* spec : {R"({"asNumber":70000000000})", R"({"asNumber":[64513]})", R"({"nodeToNodeMeshEnabled":"off"})"}) {
    CAPTURE(spec);
    const Resolved r = stored_as(spec);
    REQUIRE(r.problem.has_value());
    CHECK(r.problem->starts_with("the BGPConfiguration default cannot be read: "));
    CHECK(r.config.peers.empty());
  }
}

TEST_CASE("a stored field that makes no sense is ignored with a warning, and no other with it") {
  const Resolved r = stored_as(
      R"({"asNumber":64513,"listenPort":0,"bindMode":"Some","nodeMeshMaxRestartTime":"2h","ignoredInterfaces":["*","eth1"],)"
      R"("logSeverityScreen":"loud","prefixAdvertisements":[{"cidr":"x","communities":["1:1"]}],"ipv4NormalRoutePriority":0})");
  CHECK(r.config.local_as == bgp::Asn{64513});
  CHECK(listening(r) == "179");
  CHECK(r.config.peers.at(0)->session.graceful_restart.restart_time_s == 120);
  CHECK(r.surroundings.ignored_interfaces.at(0) == "eth1");
  CHECK(r.surroundings.log_severity.empty());
  CHECK(r.warnings.size() == 7);
  for (const auto& warning : r.warnings) CHECK(warning.event == "field_ignored");
  CHECK(r.config.export_filter->rules == with("asNumber: 64513").config.export_filter->rules);
}

TEST_CASE("nodeMeshPassword that cannot be read: the mesh is held, never without a password, and the rest holds") {
  const auto secrets = [](const config::model::SecretRef&) -> bgp::Result<bgp::Secret, std::string> { return bgp::Secret("s"); };
  for (const char* password : {R"("plain")", R"({"secretKeyRef":{"name":"../x","key":"k"}})", R"({"secretKeyRef":{"name":"s"}})", "{}"}) {
    CAPTURE(password);
    const Resolved r = stored_as(R"({"asNumber":64513,"nodeMeshPassword":)" + std::string(password) + "}", secrets);
    CHECK(r.config.local_as == bgp::Asn{64513});
    REQUIRE(r.config.peers.size() == 1);
    CHECK(r.config.peers[0]->session.password.empty());
    CHECK(r.config.peers[0]->session.held.starts_with("its password's secretKeyRef cannot be read: "));
    CHECK(warnings(r) == "peer_held n2\n");
  }
}

TEST_CASE("password of a stored BGPPeer that cannot be read: the peer is held, and the mesh does not take its place") {
  auto entries = stored(kDual + kN2);
  entries.push_back({"/calico/resources/v3/projectcalico.org/bgppeers/p",
                     R"({"spec":{"peerIP":"10.0.0.2","asNumber":64512,"password":"plain"}})", 1});
  const Resolved r = resolve(entries, {.name = "n1"});
  CHECK(peers(r) == "10.0.0.2 as 64512 global\n");
  CHECK(r.config.peers[0]->session.held ==
        "its password's secretKeyRef cannot be read: password must be fields, not a value or a list");
}
