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

std::optional<LocalRoute> offer(const KernelView& view, const bgp::Prefix& prefix) {
  if (!is_announceable(prefix)) return std::nullopt;
  for (const KernelRoute& route : view.routes_to(prefix)) {
    if (route.type != KernelRoute::Type::Unicast || route.protocol == kRedirectProtocol) continue;
    for (const Leg& leg : route.legs)
      if (view.is_usable(leg)) {
        return LocalRoute{prefix, leg.ifindex, view.find_link(leg.ifindex)->name, route.metric,
                          !leg.gateway.is_unspecified()};
      }
  }
  return std::nullopt;
}

}  // namespace

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
    std::optional<LocalRoute> now = offer(*view_, prefix);
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
