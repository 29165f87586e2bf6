#include "fib/table/local_routes.h"

#include <algorithm>

namespace fib::table {
namespace {

constexpr uint8_t kRedirectProtocol = 1;  // RTPROT_REDIRECT: an ICMP redirect is one host's shortcut, not a route

bool is_announceable(const bgp::Prefix& prefix) {
  const bgp::IpAddress& address = prefix.address();
  if (prefix.length() == 0) return true;
  return !address.is_link_local() && !address.is_loopback() && !address.is_multicast();
}

}  // namespace

std::optional<LocalRoute> LocalRoutes::offer(const bgp::Prefix& prefix) const {
  if (!is_announceable(prefix)) return std::nullopt;
  for (const KernelRoute& route : view_->routes_to(prefix)) {
    if (route.type != KernelRoute::Type::Unicast || route.protocol == kRedirectProtocol) continue;
    for (const Leg& leg : route.legs) {
      if (!view_->is_usable(leg)) continue;
      const std::string& link = view_->find_link(leg.ifindex)->name;
      if (route.protocol == kKernelProtocol && is_ignored_(link)) continue;
      return LocalRoute{prefix, leg.ifindex, link, route.metric, !leg.gateway.is_unspecified()};
    }
  }
  return std::nullopt;
}

void LocalRoutes::ignore_subnets_of(IsIgnored is_ignored) {
  is_ignored_ = std::move(is_ignored);
  all_changed();
}

void LocalRoutes::route_changed(const bgp::Prefix& prefix) { dirty_.push_back(prefix); }

void LocalRoutes::all_changed() {
  dirty_ = view_->prefixes();
  for (const auto& [prefix, route] : offered_) dirty_.push_back(prefix);
}

LocalRoutes::Changes LocalRoutes::take_changes() {
  Changes changes;
  std::sort(dirty_.begin(), dirty_.end());
  dirty_.erase(std::unique(dirty_.begin(), dirty_.end()), dirty_.end());
  for (const bgp::Prefix& prefix : dirty_) {
    std::optional<LocalRoute> now = offer(prefix);
    auto before = offered_.find(prefix);
    if (before == offered_.end() ? !now : now == before->second) continue;
    if (before != offered_.end()) {
      changes.removed.push_back(before->second);
      offered_.erase(before);
    }
    if (now) {
      changes.added.push_back(*now);
      offered_.emplace(prefix, *now);
    }
  }
  dirty_.clear();
  return changes;
}

}  // namespace fib::table
