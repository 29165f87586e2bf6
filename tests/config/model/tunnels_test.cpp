// What IPPools and Nodes say of tunnels: read, kept and shown in both generations' clothes.
#include <doctest/doctest.h>

#include "config/model/document.h"
#include "config/model/kinds.h"
#include "config/model/kinds/ip_pool.h"
#include "config/model/kinds/node.h"

using namespace config::model;

namespace {

Resource one(const std::string& text) {
  auto resources = parse_document(text, "-");
  REQUIRE_MESSAGE(resources.ok(), (resources ? "" : resources.error().to_string()));
  return resources->front();
}
Resource node3(const std::string& spec) {
  return one("{apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: n1}, spec: {" + spec + "}}");
}
std::string error_of(const std::string& spec) {
  auto read = parse_document("{apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: n1}, spec: {" + spec + "}}", "-");
  return read ? "" : read.error().reason;
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const std::string kTunnels = "bgp: {ipv4Address: 10.0.0.1/24, ipv4IPIPTunnelAddr: 192.168.1.1}, ipv4VXLANTunnelAddr: 192.168.1.2, "
                             "ipv6VXLANTunnelAddr: 'fd80::2', vxlanTunnelMACAddr: '66:cf:23:df:22:07', "
                             "wireguard: {interfaceIPv4Address: 192.168.1.3}";

}  // namespace

TEST_CASE("ipipMode, vxlanMode; v1's ipip: enabled and mode") {
  const auto pool = [](const std::string& spec) {
    return read_ip_pool(one("{apiVersion: v1, kind: ipPool, metadata: {cidr: 192.168.0.0/16}, spec: {" + spec + "}}"));
  };
  CHECK(pool("").ipip == Encapsulation::Never);
  CHECK(pool("ipip: {enabled: true}").ipip == Encapsulation::Always);
  CHECK(pool("ipip: {enabled: true, mode: always}").ipip == Encapsulation::Always);
  CHECK(pool("ipip: {enabled: true, mode: cross-subnet}").ipip == Encapsulation::CrossSubnet);
  CHECK(pool("ipip: {enabled: false, mode: cross-subnet}").ipip == Encapsulation::Never);
  const auto pool3 = [](const std::string& spec) {
    return read_ip_pool(one("{apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: p}, spec: {cidr: 192.168.0.0/16, " +
                            spec + "}}"));
  };
  CHECK(pool3("ipipMode: CrossSubnet").ipip == Encapsulation::CrossSubnet);
  CHECK(pool3("vxlanMode: CrossSubnet").vxlan == Encapsulation::CrossSubnet);
  CHECK(pool3("vxlanMode: Always").ipip == Encapsulation::Never);
}

TEST_CASE("ipv4IPIPTunnelAddr, ipv4VXLANTunnelAddr, ipv6VXLANTunnelAddr, wireguard: kept by whoever writes the node, and shown") {
  const Resource node = node3(kTunnels);
  const std::string stored = node.kind->encode(node, std::nullopt);
  Node known = read_node(node);
  known.as_number = bgp::Asn{64512};
  for (const Resource& rewritten : {make_node(known), one("{apiVersion: v1, kind: node, metadata: {name: n1}, spec: {bgp: "
                                                          "{ipv4Address: 10.0.0.1/24, asNumber: 64512}}}")}) {
    const std::string again = rewritten.kind->encode(rewritten, stored);
    for (const char* address : {"192.168.1.1", "192.168.1.2", "fd80::2", "66:cf:23:df:22:07", "192.168.1.3", "64512"}) {
      CAPTURE(address);
      CHECK(has(again, address));
    }
  }
}

TEST_CASE("a node's tunnel addresses are addresses of their family; what another tool stored drops no node") {
  CHECK(error_of(kTunnels).empty());
  CHECK(has(error_of("bgp: {ipv4Address: 10.0.0.1, ipv4IPIPTunnelAddr: 192.168.1.1/26}"),
            "error with field ipv4IPIPTunnelAddr = '192.168.1.1/26' (must be an IPv4 address)"));
  CHECK(has(error_of("ipv4VXLANTunnelAddr: 'fd80::1'"), "error with field ipv4VXLANTunnelAddr = 'fd80::1' (must be an IPv4 address)"));
  CHECK(has(error_of("ipv6VXLANTunnelAddr: 10.0.0.1"), "error with field ipv6VXLANTunnelAddr = '10.0.0.1' (must be an IPv6 address)"));
  CHECK(has(error_of("wireguard: {interfaceIPv4Address: x}"), "error with field interfaceIPv4Address = 'x' (must be an IPv4 address)"));
  CHECK(has(error_of("wireguard: {port: 1}"), "not recognized"));
  const auto decoded = node_kind().decode("/calico/resources/v3/projectcalico.org/nodes/n1",
                                          R"({"spec":{"bgp":{"ipv4Address":"10.0.0.1","ipv4IPIPTunnelAddr":"x"},"wireguard":{"new":1}}})");
  REQUIRE(decoded.ok());
  CHECK(read_node(*decoded).wireguard.empty());
}

TEST_CASE("wireguard interfaceIPv4Address, interfaceIPv6Address: by family") {
  CHECK(read_node(node3(kTunnels)).wireguard == bgp::FamilySet::of(bgp::Family::IPv4));
  CHECK(read_node(node3("wireguard: {interfaceIPv4Address: 10.1.0.1, interfaceIPv6Address: 'fd80::1'}")).wireguard == bgp::FamilySet::both());
  CHECK(read_node(node3("wireguard: {interfaceIPv4Address: ''}")).wireguard.empty());
}
