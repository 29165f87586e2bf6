// Node: one machine of the network and its BGP addresses.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/numbers.h"
#include "config/model/annotations.h"
#include "config/model/resource.h"
#include "config/model/selector.h"

namespace config::model {

// An address with the length of its subnet: "10.0.0.1/24" keeps the host bits. Bare addresses get /32 or /128.
struct InterfaceAddress {
  bgp::IpAddress address;
  uint8_t length = 32;
  std::string to_string() const { return address.to_string() + "/" + std::to_string(length); }
  static std::optional<InterfaceAddress> parse(std::string_view text);
  bool operator==(const InterfaceAddress&) const = default;
};

struct Node {
  std::string name;
  std::optional<bgp::Asn> as_number;  // absent: the global one
  std::optional<InterfaceAddress> ipv4;
  std::optional<InterfaceAddress> ipv6;
  std::optional<bgp::BgpIdentifier> cluster_id = {};  // routeReflectorClusterID: it reflects routes
  std::vector<bgp::IpAddress> internal_ips = {};  // spec.addresses of type InternalIP: what Kubernetes calls it by
  std::string kubernetes_node = {};               // spec.orchRefs: its name there
  bgp::FamilySet wireguard = {};                  // Felix's WireGuard has an address of the family
  Labels labels = {};
  Annotations annotations = {};
  std::vector<std::string> annotation_problems = {};
  bool operator==(const Node&) const = default;
};

const Kind& node_kind();
// Requires resource.kind == &node_kind().
Node read_node(const Resource& resource);
// As a v1 document would have been read; encode() lays it over what is stored. For the agent's own node.
Resource make_node(const Node& node);

}  // namespace config::model
