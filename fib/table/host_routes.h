// Host routes that the operator wants (Calico's `reachableBy`): to an address, by a gateway.
//
// Laid over the wishes of the routing side: where it wants the same prefix, that wish waits until the host route goes. In
// the kernel they are routes of ours like the others; that they are also evidence of reachability, which ours never are, is
// NextHopTable's affair.
#pragma once

#include <map>

#include "fib/table/fib_table.h"

namespace fib::table {

class HostRoutes {
 public:
  // `routes` must outlive this.
  explicit HostRoutes(FibTable& routes) : routes_(&routes) {}

  // All of them; those that are not among them any more go.
  void set(const Gateways& gateways);
  // What the routing side wants.
  void want(const BestRoute& route);
  void unwant(const bgp::Prefix& prefix);

 private:
  void remove(const bgp::Prefix& prefix);
  bool has(const bgp::Prefix& prefix) const { return prefix.is_host() && gateways_.contains(prefix.address()); }

  FibTable* routes_;
  Gateways gateways_;
  std::map<bgp::Prefix, BestRoute> waiting_;  // wishes of the routing side below a host route
};

}  // namespace fib::table
