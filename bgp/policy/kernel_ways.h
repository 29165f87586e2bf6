// Which way a selected route goes into the kernel: IP pools have tunnels, and what leads to some nodes is for others to
// program. Who calls: bgp/rib, for each next hop of a route that the kernel filter lets through. Who builds: config/desired.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/prefix.h"

namespace bgp::policy {

// Routes of prefixes in `within` (itself too) go through `device`, onlink, to an IPv4 next hop.
struct Tunnel {
  Prefix within;
  std::string device;
  std::optional<Prefix> except;  // not where the next hop is in here: our own subnet
  bool operator==(const Tunnel&) const = default;
};

struct KernelWays {
  std::vector<Tunnel> tunnels;              // the first that contains the prefix decides
  std::vector<IpAddress> foreign_next_hops; // sorted: routes over them are for others to program

  const Tunnel* tunnel_of(const Prefix& prefix) const;  // nullptr: none
  bool is_foreign(const IpAddress& next_hop) const;
  bool operator==(const KernelWays&) const = default;
};

// The device through which `next_hop` is gone to; empty: as the kernel's routes lead.
std::string device_to(const Tunnel* tunnel, const IpAddress& next_hop);

}  // namespace bgp::policy
