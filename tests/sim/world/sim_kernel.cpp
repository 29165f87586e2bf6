#include "sim_kernel.h"

#include <algorithm>
#include <cerrno>

namespace sim {

using fib::KernelRoute;
using fib::Leg;

// ---- operations ---------------------------------------------------------------------------------------------------

int SimKernel::apply(const fib::RouteOp& op) {
  ++operations_;
  if (refused_permille_ > 0 && chance_.below(1000) < refused_permille_) return error_;
  if (op.kind == fib::RouteOp::Kind::Delete) return erase(op);
  if (int error = judge(op.route); error != 0) return error;
  return write(op);
}

// What Linux checks of the legs.
int SimKernel::judge(const KernelRoute& route) const {
  for (const Leg& leg : route.legs) {
    const LinkState* over = link(leg.ifindex);
    if (over == nullptr) return ENODEV;
    if (!over->link.up) return ENETDOWN;
    bool is_on_link = std::any_of(over->addresses.begin(), over->addresses.end(), [&](const fib::LinkAddress& a) {
      return Prefix::parse_loose(a.address.to_string() + "/" + std::to_string(a.prefix_length))->contains(leg.gateway);
    });
    if (!leg.gateway.is_unspecified() && !is_on_link) return EINVAL;
  }
  return 0;
}

int SimKernel::write(const fib::RouteOp& op) {
  std::vector<KernelRoute>& here = routes_[op.route.prefix];
  auto slot = std::find_if(here.begin(), here.end(), [&](const KernelRoute& r) { return same_slot(r, op.route); });
  if (slot == here.end()) {
    here.push_back(op.route);
    return 0;
  }
  if (op.kind == fib::RouteOp::Kind::Add) return EEXIST;
  if (slot->protocol != kOurProtocol) {
    if (unheard_.contains(op.route.prefix)) ++races_;
    else if (broken) broken("I4: the foreign route to " + op.route.prefix.to_string() + " was overwritten");
  }
  *slot = op.route;
  return 0;
}

int SimKernel::erase(const fib::RouteOp& op) {
  auto found = routes_.find(op.route.prefix);
  if (found == routes_.end()) return ESRCH;
  size_t gone = std::erase_if(found->second, [&](const KernelRoute& r) {
    return same_slot(r, op.route) && r.protocol == op.route.protocol;
  });
  return gone > 0 ? 0 : ESRCH;
}

std::vector<fib::KernelEvent> SimKernel::dump_links() const {
  std::vector<fib::KernelEvent> facts;
  for (const auto& [ifindex, state] : links_) facts.push_back(fib::LinkEvent{false, state.link});
  for (const auto& [ifindex, state] : links_)
    for (const fib::LinkAddress& address : state.addresses) facts.push_back(fib::AddressEvent{false, address});
  return facts;
}

std::vector<fib::KernelEvent> SimKernel::dump_routes() const {
  std::vector<fib::KernelEvent> facts;
  for (const auto& [prefix, here] : routes_)
    for (const KernelRoute& route : here) facts.push_back(fib::RouteEvent{false, false, route});
  return facts;
}

// ---- links --------------------------------------------------------------------------------------------------------

const SimKernel::LinkState* SimKernel::link(uint32_t ifindex) const {
  auto found = links_.find(ifindex);
  return found == links_.end() ? nullptr : &found->second;
}

bool SimKernel::is_usable(uint32_t ifindex) const {
  const LinkState* state = link(ifindex);
  return state != nullptr && state->link.up && state->link.carrier && !state->link.loopback;
}

void SimKernel::add_link(uint32_t ifindex, const std::string& name) {
  links_[ifindex].link = {ifindex, name, true, true, false};
  tell(fib::LinkEvent{false, links_[ifindex].link});
}

void SimKernel::set_link(uint32_t ifindex, bool up, bool carrier) {
  LinkState& state = links_.at(ifindex);
  bool was_up = state.link.up;
  state.link.up = up;
  state.link.carrier = up && carrier;
  if (was_up && !up) drop_routes_over(ifindex);
  tell(fib::LinkEvent{false, state.link});
  if (!was_up && up)
    for (const fib::LinkAddress& address : state.addresses) connect(address, true);
}

void SimKernel::rename_link(uint32_t ifindex, const std::string& name) {
  links_.at(ifindex).link.name = name;
  touch_link(ifindex);
}

void SimKernel::touch_link(uint32_t ifindex) { tell(fib::LinkEvent{false, links_.at(ifindex).link}); }

void SimKernel::renumber_link(uint32_t from, uint32_t to) {
  LinkState state = links_.at(from);
  drop_routes_over(from);
  links_.erase(from);
  tell(fib::LinkEvent{true, state.link});
  add_link(to, state.link.name);
  for (const fib::LinkAddress& address : state.addresses) add_address(to, address.address, address.prefix_length);
}

void SimKernel::add_address(uint32_t ifindex, const IpAddress& address, uint8_t length) {
  LinkState& state = links_.at(ifindex);
  fib::LinkAddress added{ifindex, address, length};
  if (std::find(state.addresses.begin(), state.addresses.end(), added) != state.addresses.end()) return;
  state.addresses.push_back(added);
  given_.push_back(added);
  tell(fib::AddressEvent{false, added});
  if (state.link.up) connect(added, true);
}

// With the last address of a link goes every IPv4 route over it.
void SimKernel::remove_address(uint32_t ifindex, const IpAddress& address) {
  LinkState& state = links_.at(ifindex);
  if (std::erase_if(state.addresses, [&](const fib::LinkAddress& a) { return a.address == address; }) == 0) return;
  if (state.addresses.empty()) drop_routes_over(ifindex);
  tell(fib::AddressEvent{true, {ifindex, address, 24}});
}

void SimKernel::connect(const fib::LinkAddress& address, bool is_told) {
  KernelRoute route;
  route.prefix = *Prefix::parse_loose(address.address.to_string() + "/" + std::to_string(address.prefix_length));
  route.protocol = kKernelProtocol;
  route.legs = {{IpAddress(), address.ifindex, 1, false}};
  std::vector<KernelRoute>& here = routes_[route.prefix];
  if (std::find(here.begin(), here.end(), route) != here.end()) return;
  here.push_back(route);
  if (is_told) tell(fib::RouteEvent{false, false, route});
}

void SimKernel::drop_routes_over(uint32_t ifindex) {
  for (auto& [prefix, here] : routes_) {
    for (KernelRoute& route : here) {
      size_t before = route.legs.size();
      std::erase_if(route.legs, [&](const Leg& leg) { return leg.ifindex == ifindex; });
      if (before > 0 && route.legs.empty()) route.prefix = Prefix();  // marked
    }
    std::erase_if(here, [&, &p = prefix](const KernelRoute& route) { return route.prefix != p; });
  }
  std::erase_if(routes_, [](const auto& entry) { return entry.second.empty(); });
}

// ---- routes of others ---------------------------------------------------------------------------------------------

int SimKernel::add_route(const KernelRoute& route) {
  if (int error = judge(route); error != 0) return error;
  std::vector<KernelRoute>& here = routes_[route.prefix];
  if (std::any_of(here.begin(), here.end(), [&](const KernelRoute& r) { return same_slot(r, route); })) return EEXIST;
  here.push_back(route);
  tell(fib::RouteEvent{false, false, route});
  return 0;
}

void SimKernel::replace_route(const KernelRoute& route) {
  if (judge(route) != 0) return;
  std::vector<KernelRoute>& here = routes_[route.prefix];
  bool replaced = std::erase_if(here, [&](const KernelRoute& r) { return same_slot(r, route); }) > 0;
  here.push_back(route);
  unheard_.insert(route.prefix);
  tell(fib::RouteEvent{false, replaced, route});
}

void SimKernel::remove_route(const KernelRoute& route) {
  auto found = routes_.find(route.prefix);
  if (found == routes_.end()) return;
  auto& here = found->second;
  auto slot = std::find_if(here.begin(), here.end(), [&](const KernelRoute& r) {
    return same_slot(r, route) && r.protocol == route.protocol;
  });
  if (slot == here.end()) return;
  KernelRoute gone = *slot;
  here.erase(slot);
  tell(fib::RouteEvent{true, false, gone});
}

uint32_t SimKernel::index_of(const std::string& name) const {
  for (const auto& [ifindex, state] : links_)
    if (state.link.name == name) return ifindex;
  return 0;
}

void SimKernel::heal_links() {
  for (const auto& [ifindex, state] : std::map(links_))
    if (!state.link.up || !state.link.carrier) set_link(ifindex, true, true);
  for (const fib::LinkAddress& address : std::vector(given_))
    if (links_.contains(address.ifindex)) add_address(address.ifindex, address.address, address.prefix_length);
}

void SimKernel::reboot() {
  routes_.clear();
  unheard_.clear();
  interrupts_dumps = false;
  refuse(0, 0);
  heal_links();
  for (auto& [ifindex, state] : links_) {
    for (const fib::LinkAddress& address : state.addresses) connect(address, false);
  }
}

// ---- questions ----------------------------------------------------------------------------------------------------

std::vector<KernelRoute> SimKernel::own_routes() const {
  std::vector<KernelRoute> own;
  for (const auto& [prefix, here] : routes_)
    for (const KernelRoute& route : here)
      if (route.protocol == kOurProtocol) own.push_back(route);
  return own;
}

const KernelRoute* SimKernel::find_own(const Prefix& prefix) const {
  auto found = routes_.find(prefix);
  if (found == routes_.end()) return nullptr;
  for (const KernelRoute& route : found->second)
    if (route.protocol == kOurProtocol) return &route;
  return nullptr;
}

bool SimKernel::has_own(const Prefix& prefix) const { return find_own(prefix) != nullptr; }

const std::vector<Leg>* SimKernel::own_legs(const Prefix& prefix) const {
  const KernelRoute* own = find_own(prefix);
  return own == nullptr ? nullptr : &own->legs;
}

bool SimKernel::is_foreign_slot(const Prefix& prefix) const {
  auto found = routes_.find(prefix);
  return found != routes_.end() && std::any_of(found->second.begin(), found->second.end(), [](const KernelRoute& r) {
           return r.protocol != kOurProtocol && r.metric == 0;
         });
}

SimKernel::Reach SimKernel::resolve(const IpAddress& address) const {
  for (const auto& [ifindex, state] : links_)
    for (const fib::LinkAddress& own : state.addresses)
      if (own.address == address) return {};
  // The longest prefix decides; of its routes the nearest that leads somewhere.
  std::vector<const KernelRoute*> longest;
  for (const auto& [prefix, here] : routes_) {
    if (!prefix.contains(address)) continue;
    std::vector<const KernelRoute*> foreign;
    for (const KernelRoute& route : here)
      if (route.protocol != kOurProtocol) foreign.push_back(&route);
    if (foreign.empty() || (!longest.empty() && longest[0]->prefix.length() > prefix.length())) continue;
    longest = foreign;
  }
  std::sort(longest.begin(), longest.end(), [](auto* a, auto* b) { return a->metric < b->metric; });
  for (const KernelRoute* route : longest) {
    if (route->type != KernelRoute::Type::Unicast) return {};
    Reach reach{{}, route->metric};
    for (Leg leg : route->legs) {
      if (!is_usable(leg.ifindex)) continue;
      if (leg.gateway.is_unspecified()) leg.gateway = address;
      reach.legs.push_back(leg);
    }
    if (!reach.legs.empty()) return reach;
  }
  return {};
}

std::set<Prefix> SimKernel::announceable() const {
  std::set<Prefix> prefixes;
  for (const auto& [prefix, here] : routes_) {
    bool is_offered = std::any_of(here.begin(), here.end(), [&](const KernelRoute& route) {
      return route.protocol != kOurProtocol && route.type == KernelRoute::Type::Unicast &&
             std::any_of(route.legs.begin(), route.legs.end(), [&](const Leg& leg) { return is_usable(leg.ifindex); });
    });
    if (is_offered) prefixes.insert(prefix);
  }
  return prefixes;
}

}  // namespace sim
