#include "config/desired/tunnels.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "config/desired/default_export.h"

namespace config::desired {
namespace {

using bgp::policy::Tunnel;
using model::Encapsulation;

// The kernel's own IPIP device; Felix brings it up and gives it its address.
constexpr const char* kIpipDevice = "tunl0";

// There is no IPIP between IPv6 addresses.
std::vector<Tunnel> ipip_tunnels(const Inventory& inventory, const Self& self) {
  std::vector<Tunnel> tunnels;
  for (const auto& [key, pool] : inventory.pools) {
    const bool is_tunneled = pool.ipip != Encapsulation::Never && pool.cidr.family() == bgp::Family::IPv4;
    if (!self.subnet || !is_tunneled || !is_programmed_here(inventory, pool)) continue;
    Tunnel tunnel{pool.cidr, kIpipDevice, {}};
    if (pool.ipip == Encapsulation::CrossSubnet) tunnel.except = self.subnet;
    tunnels.push_back(std::move(tunnel));
  }
  return tunnels;
}

// Where both ends run WireGuard, Felix routes what is between them through it.
std::vector<bgp::IpAddress> wireguard_peers(const Inventory& inventory, const Self& self) {
  std::vector<bgp::IpAddress> peers;
  for (const auto& [name, node] : inventory.nodes) {
    if (name == self.name) continue;
    const bgp::FamilySet both = node.wireguard & self.wireguard;
    if (both.has(bgp::Family::IPv4) && node.ipv4) peers.push_back(node.ipv4->address);
    if (both.has(bgp::Family::IPv6) && node.ipv6) peers.push_back(node.ipv6->address);
  }
  std::sort(peers.begin(), peers.end());
  return peers;
}

}  // namespace

bgp::policy::KernelWays kernel_ways(const Inventory& inventory, const Self& self) {
  return {ipip_tunnels(inventory, self), wireguard_peers(inventory, self)};
}

}  // namespace config::desired
