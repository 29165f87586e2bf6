// The fields of BGPConfiguration by their names: what is refused.
#include <doctest/doctest.h>

#include "config/model/document.h"

using namespace config::model;

namespace {

std::string error_of(const std::string& spec) {
  const auto read = parse_document("{apiVersion: projectcalico.org/v3, kind: BGPConfiguration, metadata: {name: default}, spec: {" +
                                       spec + "}}", "-");
  return read ? "" : read.error().reason.substr(read.error().reason.find(": ") + 2);
}

}  // namespace

TEST_CASE("logSeverityScreen: upstream's words in any case") {
  for (const char* word : {"Trace", "debug", "INFO", "Warning", "eRRor", "fatal"}) {
    CHECK(error_of(std::string("logSeverityScreen: ") + word).empty());
  }
  CHECK(error_of("logSeverityScreen: loud") ==
        "error with field logSeverityScreen = 'loud' (must be Trace, Debug, Info, Warning, Error or Fatal)");
}

TEST_CASE("asNumber: a number, or two halves in quotes") {
  CHECK(error_of("asNumber: '1.10'").empty());
  CHECK(error_of("asNumber: 4294967295").empty());
  CHECK(error_of("asNumber: 4294967296") == "asNumber 4294967296 is out of range (0..4294967295)");
  CHECK(error_of("asNumber: 1.10") == "invalid AS Number format (1.10): put a dotted AS number in quotes");
}

TEST_CASE("listenPort, bindMode") {
  CHECK(error_of("listenPort: 1, bindMode: NodeIP").empty());
  CHECK(error_of("listenPort: 0") == "error with field listenPort = '0' (must be 1..65535)");
  CHECK(error_of("listenPort: 65536") == "listenPort 65536 is out of range (0..65535)");
  CHECK(error_of("bindMode: nodeip") == "error with field bindMode = 'nodeip' (must be None or NodeIP)");
}

TEST_CASE("ignoredInterfaces: patterns, and not all of them") {
  CHECK(error_of("ignoredInterfaces: [eth1, 'br-*', '*.100']").empty());
  for (const char* bad : {"*", "a/b", "sixteencharacter", ""}) {
    CHECK(error_of("ignoredInterfaces: ['" + std::string(bad) + "']") ==
          "error with field ignoredInterfaces = '" + std::string(bad) + "' (must match ^[a-zA-Z0-9_.*-]{1,15}$ and not be *)");
  }
}

TEST_CASE("localWorkloadPeeringIPV4 and V6: an address of the family") {
  CHECK(error_of("localWorkloadPeeringIPV4: 169.254.0.179, localWorkloadPeeringIPV6: 'fd12::1'").empty());
  CHECK(error_of("localWorkloadPeeringIPV4: 'fd12::1'") ==
        "error with field localWorkloadPeeringIPV4 = 'fd12::1' (must be an IPv4 address)");
  CHECK(error_of("localWorkloadPeeringIPV6: here") == "error with field localWorkloadPeeringIPV6 = 'here' (must be an IPv6 address)");
}

TEST_CASE("what only the BGPConfiguration default may say") {
  const auto error = [](const std::string& spec) {
    const auto read = parse_document("{apiVersion: projectcalico.org/v3, kind: BGPConfiguration, metadata: {name: node.n1}, spec: {" +
                                         spec + "}}", "-");
    return read ? "" : read.error().reason.substr(read.error().reason.find(": ") + 2);
  };
  CHECK(error("listenPort: 1179, logSeverityScreen: Debug, prefixAdvertisements: [{cidr: 10.0.0.0/8, communities: ['1:2']}]").empty());
  CHECK(error("nodeToNodeMeshEnabled: true") ==
        "error with field nodeToNodeMeshEnabled = '' (Cannot set nodeToNodeMeshEnabled on a non default BGP Configuration.)");
  CHECK(error("asNumber: 1") == "error with field asNumber = '' (Cannot set ASNumber on a non default BGP Configuration.)");
  CHECK(error("serviceClusterIPs: [{cidr: 10.96.0.0/12}]") ==
        "error with field serviceClusterIPs = '' (Cannot set ServiceClusterIPs on a non default BGP Configuration.)");
  CHECK(error("nodeMeshPassword: {secretKeyRef: {name: s, key: k}}") ==
        "error with field nodeMeshPassword = '' (Cannot set NodeMeshPassword on a non default BGP Configuration.)");
}
