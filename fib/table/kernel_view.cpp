#include "fib/table/kernel_view.h"

#include <algorithm>

namespace fib::table {
namespace {

size_t index_of(bgp::Family family) { return family == bgp::Family::IPv4 ? 0 : 1; }

bool is_attached(const KernelRoute& route) { return route.legs.size() == 1 && route.legs[0].gateway.is_unspecified(); }

// Attached routes to one prefix exist once for each link (fe80::/64, or one subnet on two links), others once.
bool is_same_route(const KernelRoute& a, const KernelRoute& b) {
  if (a.metric != b.metric || a.protocol != b.protocol || is_attached(a) != is_attached(b)) return false;
  return !is_attached(a) || a.legs[0].ifindex == b.legs[0].ifindex;
}

bool is_subnet_of_its_own(const LinkAddress& address) { return address.address.is_v4() && address.prefix_length == 32; }

KernelRoute route_to(const LinkAddress& address) {
  KernelRoute route;
  route.prefix = bgp::Prefix(address.address, address.prefix_length);
  route.protocol = kKernelProtocol;
  route.legs = {Leg{{}, address.ifindex, 1, false}};
  return route;
}

}  // namespace

void KernelView::set_link(const Link& link) {
  remove_link(link.ifindex);
  links_[link.ifindex] = link;
  link_names_[link.name] = link.ifindex;
}

// A name may have passed to another link meanwhile.
void KernelView::remove_link(uint32_t ifindex) {
  auto found = links_.find(ifindex);
  if (found == links_.end()) return;
  auto name = link_names_.find(found->second.name);
  if (name != link_names_.end() && name->second == ifindex) link_names_.erase(name);
  links_.erase(found);
}

const Link* KernelView::find_link(const std::string& name) const {
  auto found = link_names_.find(name);
  return found == link_names_.end() ? nullptr : find_link(found->second);
}

const Link* KernelView::find_link(uint32_t ifindex) const {
  auto found = links_.find(ifindex);
  return found == links_.end() ? nullptr : &found->second;
}

bool KernelView::is_usable(const Leg& leg) const {
  const Link* link = find_link(leg.ifindex);
  return link != nullptr && link->up && link->carrier && !link->loopback;
}

void KernelView::set_address(const LinkAddress& address) {
  auto at = std::lower_bound(addresses_.begin(), addresses_.end(), address);
  if (at == addresses_.end() || *at != address) addresses_.insert(at, address);
  own_addresses_.insert(address.address);
  if (is_subnet_of_its_own(address)) set_route(route_to(address));
}

void KernelView::remove_address(const LinkAddress& address) {
  auto at = std::lower_bound(addresses_.begin(), addresses_.end(), address);
  if (at != addresses_.end() && *at == address) addresses_.erase(at);
  if (is_subnet_of_its_own(address)) remove_route(route_to(address));
  bool elsewhere = std::any_of(addresses_.begin(), addresses_.end(),
                               [&](const LinkAddress& other) { return other.address == address.address; });
  if (!elsewhere) own_addresses_.erase(address.address);
}

void KernelView::set_route(const KernelRoute& route, bool replaced) {
  Routes& routes = routes_[route.prefix];
  if (routes.empty()) count(route.prefix, 1);
  std::erase_if(routes, [&](const KernelRoute& old) {
    return replaced ? old.metric == route.metric : is_same_route(old, route);
  });
  auto after = [](const KernelRoute& a, const KernelRoute& b) { return a.metric < b.metric; };
  routes.insert(std::upper_bound(routes.begin(), routes.end(), route, after), route);
}

void KernelView::remove_route(const KernelRoute& route) {
  auto found = routes_.find(route.prefix);
  if (found == routes_.end()) return;
  std::erase_if(found->second, [&](KernelRoute& old) {
    if (!is_same_route(old, route)) return false;
    if (route.prefix.family() == bgp::Family::IPv4) return true;
    subtract_legs(old.legs, route.legs);
    return old.legs.empty();
  });
  if (found->second.empty()) erase(route.prefix);
}

void KernelView::forget_routes_over(uint32_t ifindex) {
  for (const bgp::Prefix& prefix : prefixes()) {
    if (prefix.family() != bgp::Family::IPv4) continue;
    Routes& routes = routes_[prefix];
    std::erase_if(routes, [&](KernelRoute& route) {
      bool had_legs = !route.legs.empty();
      std::erase_if(route.legs, [&](const Leg& leg) { return leg.ifindex == ifindex; });
      return had_legs && route.legs.empty();
    });
    if (routes.empty()) erase(prefix);
  }
}

std::span<const KernelRoute> KernelView::routes_to(const bgp::Prefix& prefix) const {
  auto found = routes_.find(prefix);
  if (found == routes_.end()) return {};
  return found->second;
}

std::span<const KernelRoute> KernelView::lookup(const bgp::IpAddress& address) const {
  const auto& lengths = prefixes_of_length_[index_of(address.family())];
  for (int length = address.bits(); length >= 0; --length) {
    if (lengths[static_cast<size_t>(length)] == 0) continue;
    std::span<const KernelRoute> routes = routes_to(bgp::Prefix(address, static_cast<uint8_t>(length)));
    if (!routes.empty()) return routes;
  }
  return {};
}

std::vector<bgp::Prefix> KernelView::prefixes() const {
  std::vector<bgp::Prefix> all;
  all.reserve(routes_.size());
  for (const auto& [prefix, routes] : routes_) all.push_back(prefix);
  return all;
}

void KernelView::count(const bgp::Prefix& prefix, int delta) {
  uint32_t& counter = prefixes_of_length_[index_of(prefix.family())][prefix.length()];
  counter = static_cast<uint32_t>(static_cast<int>(counter) + delta);
}

void KernelView::erase(const bgp::Prefix& prefix) {
  routes_.erase(prefix);
  count(prefix, -1);
}

void subtract_legs(std::vector<Leg>& legs, const std::vector<Leg>& gone) {
  std::erase_if(legs, [&](const Leg& leg) {
    return std::any_of(gone.begin(), gone.end(),
                       [&](const Leg& g) { return g.gateway == leg.gateway && g.ifindex == leg.ifindex; });
  });
}

}  // namespace fib::table
