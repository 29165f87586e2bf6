#include "bgp/policy/kernel_ways.h"

#include <algorithm>

namespace bgp::policy {

const Tunnel* KernelWays::tunnel_of(const Prefix& prefix) const {
  auto found = std::find_if(tunnels.begin(), tunnels.end(), [&](const Tunnel& t) { return t.within.contains(prefix); });
  return found == tunnels.end() ? nullptr : &*found;
}

bool KernelWays::is_foreign(const IpAddress& next_hop) const {
  return std::binary_search(foreign_next_hops.begin(), foreign_next_hops.end(), next_hop);
}

std::string device_to(const Tunnel* tunnel, const IpAddress& next_hop) {
  const bool is_direct = tunnel == nullptr || !next_hop.is_v4() || (tunnel->except && tunnel->except->contains(next_hop));
  return is_direct ? "" : tunnel->device;
}

}  // namespace bgp::policy
