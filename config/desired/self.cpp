#include "config/desired/self.h"

#include "config/desired/router_id.h"

namespace config::desired {
namespace {

bgp::Result<bgp::BgpIdentifier, std::string> identifier_of(const NodeIdentity& node,
                                                           const std::optional<bgp::IpAddress>& ipv4) {
  if (node.router_id == "hash" || (node.router_id.empty() && !ipv4)) return hashed_identifier(node.name);
  const auto address = node.router_id.empty() ? ipv4 : bgp::IpAddress::parse(node.router_id);
  if (address && address->is_v4() && !address->is_unspecified()) return bgp::BgpIdentifier{address->to_u32()};
  return bgp::Err("router id '" + node.router_id + "' is neither an IPv4 address nor 'hash'");
}

std::optional<bgp::Prefix> subnet_of(const std::optional<bgp::IpAddress>& ipv4,
                                     const std::optional<model::InterfaceAddress>& stored) {
  if (!ipv4) return std::nullopt;
  return bgp::Prefix(*ipv4, stored && stored->address == *ipv4 ? stored->length : ipv4->bits());
}

}  // namespace

std::optional<bgp::IpAddress> bare(const std::optional<model::InterfaceAddress>& address) {
  return address ? std::optional(address->address) : std::nullopt;
}

bgp::Result<Self, std::string> find_self(const Inventory& inventory, const NodeIdentity& node) {
  const auto found = inventory.nodes.find(node.name);
  const model::Node stored = found == inventory.nodes.end() ? model::Node() : found->second;
  Self self;
  self.name = node.name;
  self.ipv4 = node.ipv4 ? node.ipv4 : bare(stored.ipv4);
  self.ipv6 = node.ipv6 ? node.ipv6 : bare(stored.ipv6);
  self.as_number = node.as_number ? *node.as_number : stored.as_number.value_or(inventory.global_as());
  if (!self.ipv4 && !self.ipv6) {
    return bgp::Err("node " + node.name + " has no BGP address; give --ip, or create its node resource");
  }
  if (self.as_number.value == 0) {
    return bgp::Err("node " + node.name + " has AS number 0, which RFC 7607 reserves; set another with --as, in its " +
                    "node resource or with calicoctl config set asNumber");
  }
  auto identifier = identifier_of(node, self.ipv4);
  if (!identifier) return bgp::Err(identifier.error());
  self.identifier = *identifier;
  self.cluster_id = stored.cluster_id;
  self.labels = stored.labels;
  self.subnet = subnet_of(self.ipv4, stored.ipv4);
  self.wireguard = stored.wireguard;
  self.listen_port = inventory.listen_port(node.name);
  self.ao_algorithms = node.ao_algorithms;
  self.cluster_ips = node.cluster_ips;
  self.drains = stored.annotations.drain.value_or(false);
  return self;
}

}  // namespace config::desired
