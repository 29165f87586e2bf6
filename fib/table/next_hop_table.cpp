#include "fib/table/next_hop_table.h"

#include <algorithm>

#include "bgp/base/assert.h"
#include "bgp/base/limits.h"
#include "bgp/base/weights.h"

namespace fib::table {
namespace {

// The legs that lead somewhere, with the address itself as gateway where it is directly attached.
std::vector<Leg> usable_legs(const KernelView& view, const KernelRoute& route, const bgp::IpAddress& address) {
  std::vector<Leg> legs;
  for (Leg leg : route.legs) {
    if (!view.is_usable(leg) || view.owns(leg.gateway)) continue;
    if (leg.gateway.is_unspecified()) leg.gateway = address;
    legs.push_back(leg);
  }
  return legs;
}

// fe80::/64 is on every link: only where one usable link has it is there anything to choose.
bool is_ambiguous(std::span<const KernelRoute> routes, const KernelView& view) {
  std::vector<uint32_t> links;
  for (const KernelRoute& route : routes)
    for (const Leg& leg : route.legs)
      if (view.is_usable(leg)) links.push_back(leg.ifindex);
  std::sort(links.begin(), links.end());
  return std::unique(links.begin(), links.end()) - links.begin() > 1;
}

Resolution resolve_on_link(const KernelView& view, std::span<const KernelRoute> routes,
                           const bgp::ScopedAddress& next_hop) {
  for (const KernelRoute& route : routes)
    for (const Leg& leg : route.legs)
      if (leg.ifindex == next_hop.ifindex && leg.gateway.is_unspecified() && view.is_usable(leg))
        return {route.metric, {Leg{next_hop.address, next_hop.ifindex, 1, false}}};
  return {};
}

bool is_same_way(const Leg& a, const Leg& b) { return a.gateway == b.gateway && a.ifindex == b.ifindex; }

bool is_weighted(const std::vector<WeightedLegs>& next_hops) {
  return std::any_of(next_hops.begin(), next_hops.end(),
                     [&](const WeightedLegs& next_hop) { return next_hop.weight != next_hops[0].weight; });
}

std::vector<Leg> plain_union(const std::vector<WeightedLegs>& next_hops) {
  std::vector<Leg> legs;
  for (const WeightedLegs& next_hop : next_hops) legs.insert(legs.end(), next_hop.legs.begin(), next_hop.legs.end());
  std::sort(legs.begin(), legs.end());
  legs.erase(std::unique(legs.begin(), legs.end(), is_same_way), legs.end());
  return legs;
}

std::vector<Leg> weighted_union(const std::vector<WeightedLegs>& next_hops) {
  std::vector<Leg> legs = plain_union(next_hops);
  std::vector<double> shares(legs.size());
  for (const WeightedLegs& next_hop : next_hops) {
    double whole = 0;
    for (const Leg& leg : next_hop.legs) whole += leg.weight;
    for (const Leg& leg : next_hop.legs) {
      auto at = std::find_if(legs.begin(), legs.end(), [&](const Leg& l) { return is_same_way(l, leg); });
      shares[static_cast<size_t>(at - legs.begin())] += next_hop.weight * leg.weight / whole;
    }
  }
  std::vector<uint16_t> weights = bgp::weights_of(shares);
  for (size_t i = 0; i < legs.size(); ++i) legs[i].weight = weights[i];
  return legs;
}

bool cannot_be_next_hop(const KernelView& view, const bgp::IpAddress& address) {
  return view.owns(address) || address.is_unspecified() || address.is_loopback() || address.is_multicast();
}

}  // namespace

Resolution resolve(const KernelView& view, const bgp::ScopedAddress& next_hop) {
  const bgp::IpAddress& address = next_hop.address;
  if (cannot_be_next_hop(view, address)) return {};
  std::span<const KernelRoute> routes = view.lookup(address);
  bool is_on_link = address.is_v6() && address.is_link_local();
  if (is_on_link && next_hop.ifindex != 0) return resolve_on_link(view, routes, next_hop);
  if (is_on_link && is_ambiguous(routes, view)) return {};
  for (const KernelRoute& route : routes) {
    if (route.type != KernelRoute::Type::Unicast) return {};
    std::vector<Leg> legs = usable_legs(view, route, address);
    if (!legs.empty()) return {route.metric, std::move(legs)};
  }
  return {};
}

Resolution through_tunnel(const KernelView& view, const Gateway& next_hop, Resolution found) {
  if (next_hop.device.empty() || found.legs.empty()) return found;
  const Link* tunnel = view.find_link(next_hop.device);
  if (tunnel == nullptr) return {};
  Leg leg{next_hop.address, tunnel->ifindex, 1, true};
  return view.is_usable(leg) ? Resolution{found.metric, {leg}} : Resolution{};
}

std::string fault_of_tunnel(const KernelView& view, const Gateway& next_hop) {
  if (next_hop.device.empty()) return {};
  const Link* tunnel = view.find_link(next_hop.device);
  if (tunnel == nullptr) return "device " + next_hop.device + " does not exist";
  if (!tunnel->up) return "device " + next_hop.device + " is down";
  return tunnel->carrier ? "" : "device " + next_hop.device + " has no carrier";
}

std::vector<Leg> merge_legs(const std::vector<WeightedLegs>& next_hops) {
  std::vector<Leg> legs = is_weighted(next_hops) ? weighted_union(next_hops) : plain_union(next_hops);
  if (legs.size() > bgp::limits::kEcmpLegsMax) legs.resize(bgp::limits::kEcmpLegsMax);
  if (legs.size() == 1) legs[0].weight = 1;
  return legs;
}

void NextHopTable::track(const Gateway& address) { ++find_or_resolve(address).tracks; }

void NextHopTable::untrack(const Gateway& address) {
  auto found = entries_.find(address);
  BGP_ASSERT(found != entries_.end() && found->second.tracks > 0);
  --found->second.tracks;
  drop_if_unused(address);
}

const Resolution& NextHopTable::resolution(const Gateway& address) const {
  auto found = entries_.find(address);
  BGP_ASSERT(found != entries_.end());
  return found->second.resolution;
}

void NextHopTable::watch(const Gateway& address) {
  Entry& entry = find_or_resolve(address);
  ++entry.watches;
  entry.owes_answer = true;
  mark(address, entry);
}

// An unwatch too many is a slip of the caller that harms nobody.
void NextHopTable::unwatch(const Gateway& address) {
  auto found = entries_.find(address);
  if (found == entries_.end() || found->second.watches == 0) return;
  if (--found->second.watches == 0) found->second.reported.reset();
  drop_if_unused(address);
}

void NextHopTable::set_gateways(const Gateways& gateways) {
  gateways_ = gateways;
  all_changed();
}

bgp::ScopedAddress NextHopTable::asked_for(const bgp::ScopedAddress& address) const {
  if (gateways_.empty()) return address;
  const auto found = gateways_.find(address.address);
  return found == gateways_.end() ? address : bgp::ScopedAddress(found->second);
}

void NextHopTable::route_changed(const bgp::Prefix& prefix) {
  for (auto& [address, entry] : entries_)
    if (!entry.is_dirty && prefix.contains(asked_for(address).address)) mark(address, entry);
}

void NextHopTable::all_changed() {
  for (auto& [address, entry] : entries_) mark(address, entry);
}

NextHopTable::Changes NextHopTable::take_changes() {
  Changes changes;
  std::sort(dirty_.begin(), dirty_.end());
  for (const Gateway& address : std::exchange(dirty_, {})) {
    auto found = entries_.find(address);
    if (found == entries_.end() || !found->second.is_dirty) continue;
    Entry& entry = found->second;
    entry.is_dirty = false;
    Resolution fresh = find_way(address);
    if (fresh != entry.resolution) changes.addresses.push_back(address);
    entry.resolution = std::move(fresh);
    NextHopState state = state_of(address);
    if (entry.watches == 0 || (!entry.owes_answer && entry.reported == state)) continue;
    entry.owes_answer = false;
    entry.reported = state;
    changes.states.push_back(state);
  }
  return changes;
}

Resolution NextHopTable::find_way(const Gateway& address) const { return through_tunnel(*view_, address, look_up(address)); }

NextHopState NextHopTable::state_of(const Gateway& address) const {
  const Resolution& found = resolution(address);
  NextHopState state{address.address, !found.legs.empty(), found.metric, address.ifindex, {}};
  if (found.legs.empty()) return state;
  if (const Link* link = view_->find_link(found.legs.front().ifindex)) state.interface = link->name;
  return state;
}

void NextHopTable::mark(const Gateway& address, Entry& entry) {
  if (entry.is_dirty) return;
  entry.is_dirty = true;
  dirty_.push_back(address);
}

NextHopTable::Entry& NextHopTable::find_or_resolve(const Gateway& address) {
  auto [at, is_new] = entries_.try_emplace(address);
  if (is_new) at->second.resolution = find_way(address);
  return at->second;
}

void NextHopTable::drop_if_unused(const Gateway& address) {
  auto found = entries_.find(address);
  if (found->second.tracks == 0 && found->second.watches == 0) entries_.erase(found);
}

}  // namespace fib::table
