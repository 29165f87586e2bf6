// This node: what its command line says, laid over its resource.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/numbers.h"
#include "bgp/base/prefix.h"
#include "bgp/base/result.h"
#include "config/desired/inventory.h"
#include "config/desired/resolve.h"

namespace config::desired {

struct Self {
  std::string name;
  std::optional<bgp::IpAddress> ipv4;
  std::optional<bgp::IpAddress> ipv6;
  bgp::Asn as_number;
  bgp::BgpIdentifier identifier;
  std::optional<bgp::BgpIdentifier> cluster_id;  // set: we reflect
  model::Labels labels;
  uint16_t listen_port = 179;
  bool drains = false;  // calico-bgp/drain
  std::optional<bgp::Prefix> subnet = {};  // of the IPv4 address, as its resource says; a bare address is one of its own
  bgp::FamilySet wireguard = {};
  std::vector<bgp::AoAlgorithm> ao_algorithms;
  std::optional<bgp::Prefix> cluster_ips;  // said by the environment

  const std::optional<bgp::IpAddress>& address(bgp::Family family) const {
    return family == bgp::Family::IPv4 ? ipv4 : ipv6;
  }
  bool has(const bgp::IpAddress& other) const { return address(other.family()) == other; }
};

// Without its length.
std::optional<bgp::IpAddress> bare(const std::optional<model::InterfaceAddress>& address);

// Or why this node cannot speak: no address, AS 0, a bad router id.
bgp::Result<Self, std::string> find_self(const Inventory& inventory, const NodeIdentity& node);

}  // namespace config::desired
