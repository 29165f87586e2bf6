#include "fib/table/host_routes.h"

#include <utility>

namespace fib::table {
namespace {

bgp::Prefix host(const bgp::IpAddress& address) { return {address, address.bits()}; }

}  // namespace

void HostRoutes::set(const Gateways& gateways) {
  const Gateways before = std::exchange(gateways_, gateways);
  for (const auto& [address, gateway] : before) {
    if (!gateways.contains(address)) remove(host(address));
  }
  for (const auto& [address, gateway] : gateways) {
    const bgp::Prefix prefix = host(address);
    if (const auto wish = routes_->wish(prefix); wish && !before.contains(address)) waiting_[prefix] = *wish;
    routes_->want({prefix, BestRoute::Type::Unicast, {NextHop(gateway)}});
  }
}

void HostRoutes::remove(const bgp::Prefix& prefix) {
  const auto waiting = waiting_.find(prefix);
  if (waiting == waiting_.end()) return routes_->unwant(prefix);
  routes_->want(waiting->second);
  waiting_.erase(waiting);
}

void HostRoutes::want(const BestRoute& route) {
  if (has(route.prefix)) waiting_[route.prefix] = route;
  else routes_->want(route);
}

void HostRoutes::unwant(const bgp::Prefix& prefix) {
  if (has(prefix)) waiting_.erase(prefix);
  else routes_->unwant(prefix);
}

}  // namespace fib::table
