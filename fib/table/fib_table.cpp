#include "fib/table/fib_table.h"

#include <algorithm>

namespace fib::table {

uint32_t Ownership::metric_of(bgp::Family family) const {
  return metric == 0 && family == bgp::Family::IPv6 ? 1024 : metric;
}

bool Ownership::same_slot(const KernelRoute& route) const {
  return route.table == table && route.metric == metric_of(route.prefix.family());
}

size_t FibTable::TargetHash::operator()(const Target& target) const noexcept {
  size_t hash = static_cast<size_t>(target.type);
  for (const Leg& leg : target.legs) {
    mix(hash, std::hash<bgp::IpAddress>()(leg.gateway));
    mix(hash, leg.ifindex + (static_cast<size_t>(leg.weight) << 32) + (leg.onlink ? 1ULL << 40 : 0));
  }
  return hash;
}

size_t FibTable::WishHash::operator()(const Wish& wish) const noexcept {
  size_t hash = static_cast<size_t>(wish.type);
  for (const NextHop& next_hop : wish.next_hops) {
    mix(hash, std::hash<Gateway>()(next_hop.gateway));
    mix(hash, next_hop.weight);
  }
  return hash;
}

FibTable::FibTable(Ownership ownership, NextHopTable& next_hops)
    : ownership_(ownership), next_hops_(&next_hops), resolved_(1) {}

template <class Predicate>
std::vector<bgp::Prefix> FibTable::select(Predicate predicate) const {
  std::vector<bgp::Prefix> selected;
  for (const auto& [prefix, entry] : entries_)
    if (predicate(entry)) selected.push_back(prefix);
  return selected;
}

// ---- wishes -----------------------------------------------------------------------------------------------------

void FibTable::want(const BestRoute& route) {
  uint32_t wish = intern_wish(route);
  auto [at, is_new] = entries_.try_emplace(route.prefix);
  Entry& entry = at->second;
  if (is_new) ++counts_[static_cast<size_t>(RouteState::Absent)];
  if (entry.wish == wish) return release_wish(wish);
  if (entry.wish == 0) ++wanted_;
  release_wish(std::exchange(entry.wish, wish));
  clear_failure(route.prefix, entry);
  settle(route.prefix);
}

void FibTable::unwant(const bgp::Prefix& prefix) {
  auto found = entries_.find(prefix);
  if (found == entries_.end() || found->second.wish == 0) return;
  --wanted_;
  release_wish(std::exchange(found->second.wish, 0));
  clear_failure(prefix, found->second);
  settle(prefix);
}

std::optional<BestRoute> FibTable::wish(const bgp::Prefix& prefix) const {
  const auto found = entries_.find(prefix);
  if (found == entries_.end() || found->second.wish == 0) return std::nullopt;
  const Wish& wish = wishes_[found->second.wish];
  return BestRoute{prefix, wish.type, wish.next_hops};
}

void FibTable::allow_sweep() {
  if (std::exchange(sweep_allowed_, true)) return;
  settle_sorted(select([](const Entry& entry) { return entry.is_stale; }));
}

void FibTable::next_hops_changed(const std::vector<Gateway>& addresses) {
  std::vector<bool> is_changed(wishes_.bound());
  bool any = false;
  auto is_among = [&](const NextHop& n) { return std::binary_search(addresses.begin(), addresses.end(), n.gateway); };
  for (uint32_t id = 1; id < wishes_.bound(); ++id) {
    if (!wishes_.is_used(id)) continue;
    const Wish& wish = wishes_[id];
    if (std::none_of(wish.next_hops.begin(), wish.next_hops.end(), is_among)) continue;
    TargetId before = std::exchange(resolved_[id], resolve_wish(wish));
    is_changed[id] = before != resolved_[id];
    any = any || is_changed[id];
    release_target(before);
  }
  if (!any) return;
  std::vector<bgp::Prefix> affected = select([&](const Entry& entry) { return is_changed[entry.wish]; });
  for (const bgp::Prefix& prefix : affected) clear_failure(prefix, entries_.find(prefix)->second);
  settle_sorted(std::move(affected));
}

// ---- the kernel, as a whole -------------------------------------------------------------------------------------

void FibTable::begin_dump() {
  if (!is_dumped_) leftovers_.clear();
  foreign_dumped_.clear();
  for (auto& [prefix, entry] : entries_) entry.was_seen = false;
}

void FibTable::dumped(const KernelRoute& route) {
  if (!is_dumped_ && ownership_.is_leftover(route)) leftovers_.insert({route.prefix, route.metric});
  if (!ownership_.same_slot(route)) return;
  if (route.protocol == ownership_.protocol) return saw_own(route);
  foreign_dumped_[route.prefix].set(route.protocol);
}

void FibTable::end_dump(bool consistent) {
  if (!consistent) return foreign_dumped_.clear();
  std::vector<bgp::Prefix> affected =
      select([](const Entry& entry) { return entry.kernel != kNothing && !entry.was_seen && !entry.in_flight; });
  for (const bgp::Prefix& prefix : affected) set_kernel(entries_.find(prefix)->second, kNothing);
  for (const auto& [prefix, protocols] : foreign_)
    if (!foreign_dumped_.contains(prefix)) affected.push_back(prefix);
  for (const auto& [prefix, protocols] : foreign_dumped_)
    if (!foreign_.contains(prefix)) affected.push_back(prefix);
  foreign_ = std::exchange(foreign_dumped_, {});
  if (!std::exchange(is_dumped_, true)) affected = select([](const Entry&) { return true; });
  settle_sorted(std::move(affected));
}

// ---- the kernel, as it changes ----------------------------------------------------------------------------------

void FibTable::event(const RouteEvent& event) {
  if (!ownership_.same_slot(event.route)) return;
  if (event.route.protocol != ownership_.protocol) return event_of_other(event);
  if (event.removed) return lost_own(event.route);
  if (event.replaced) foreign_.erase(event.route.prefix);
  saw_own(event.route);
}

void FibTable::event_of_other(const RouteEvent& event) {
  const bgp::Prefix& prefix = event.route.prefix;
  if (event.removed) {
    auto found = foreign_.find(prefix);
    if (found == foreign_.end()) return;
    found->second.reset(event.route.protocol);
    if (found->second.none()) foreign_.erase(found);
    return settle(prefix);
  }
  Protocols& holders = foreign_[prefix];
  if (event.replaced) holders.reset();
  holders.set(event.route.protocol);
  auto ours = entries_.find(prefix);
  if (event.replaced && ours != entries_.end()) {
    ours->second.disturbed = ours->second.in_flight;
    if (!ours->second.in_flight) set_kernel(ours->second, kNothing);
  }
  settle(prefix);
}

void FibTable::saw_own(const KernelRoute& route) {
  auto [at, is_new] = entries_.try_emplace(route.prefix);
  Entry& entry = at->second;
  if (is_new) ++counts_[static_cast<size_t>(RouteState::Absent)];
  TargetId target = targets_.intern({route.type, route.legs}).id;
  entry.was_seen = true;
  if (entry.in_flight) {
    if (target != entry.flying && target != entry.kernel) entry.disturbed = true;
    return release_target(target);
  }
  if (entry.kernel == target) return release_target(target);
  if (entry.wish == 0 && !sweep_allowed_) entry.is_stale = true;
  set_kernel(entry, target);
  settle(route.prefix);
}

void FibTable::lost_own(const KernelRoute& route) {
  auto found = entries_.find(route.prefix);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  if (entry.in_flight) {
    entry.disturbed = true;
    return;
  }
  if (entry.kernel == kNothing) return;
  Target rest;
  if (entry.kernel != kUnknown && route.prefix.family() == bgp::Family::IPv6) {
    rest = targets_[entry.kernel];
    subtract_legs(rest.legs, route.legs);
  }
  set_kernel(entry, rest.legs.empty() ? kNothing : targets_.intern(rest).id);
  settle(route.prefix);
}

void FibTable::link_went_down(uint32_t ifindex) {
  std::vector<bool> is_over(targets_.bound());
  for (TargetId id = 1; id < targets_.bound(); ++id) {
    const std::vector<Leg>& legs = targets_[id].legs;
    is_over[id] = targets_.is_used(id) &&
                  std::any_of(legs.begin(), legs.end(), [&](const Leg& leg) { return leg.ifindex == ifindex; });
  }
  std::vector<bgp::Prefix> affected;
  for (const auto& [prefix, entry] : entries_) {
    if (prefix.family() == bgp::Family::IPv4 && entry.kernel != kUnknown && is_over[entry.kernel])
      affected.push_back(prefix);
  }
  for (const bgp::Prefix& prefix : affected) {
    Entry& entry = entries_.find(prefix)->second;
    if (entry.in_flight) entry.disturbed = true;
    else set_kernel(entry, targets_[entry.kernel].legs.size() > 1 ? kUnknown : kNothing);
  }
  settle_sorted(std::move(affected));
}

// ---- shared values ----------------------------------------------------------------------------------------------

uint32_t FibTable::intern_wish(const BestRoute& route) {
  Wish wish{route.type, route.next_hops};
  auto [id, is_new] = wishes_.intern(wish);
  if (!is_new) return id;
  for (const NextHop& next_hop : wish.next_hops) next_hops_->track(next_hop.gateway);
  if (resolved_.size() < wishes_.bound()) resolved_.resize(wishes_.bound());
  resolved_[id] = resolve_wish(wish);
  return id;
}

void FibTable::release_wish(uint32_t id) {
  if (!wishes_.release(id)) return;
  for (const NextHop& next_hop : wishes_[id].next_hops) next_hops_->untrack(next_hop.gateway);
  release_target(std::exchange(resolved_[id], kNothing));
}

FibTable::TargetId FibTable::resolve_wish(const Wish& wish) {
  if (wish.type == BestRoute::Type::Blackhole) return targets_.intern({KernelRoute::Type::Blackhole, {}}).id;
  std::vector<WeightedLegs> ways;
  for (const NextHop& next_hop : wish.next_hops)
    ways.push_back({next_hop.weight, next_hops_->resolution(next_hop.gateway).legs});
  Target target{KernelRoute::Type::Unicast, merge_legs(ways)};
  return target.legs.empty() ? kNothing : targets_.intern(target).id;
}

void FibTable::set_kernel(Entry& entry, TargetId target) {
  release_target(std::exchange(entry.kernel, target));
}

void FibTable::release_target(TargetId id) {
  if (id != kUnknown) targets_.release(id);
}

// ---- questions --------------------------------------------------------------------------------------------------

FibTable::Phase FibTable::phase() const {
  if (!is_dumped_) return Phase::Awaiting;
  bool is_idle = sweep_allowed_ && queue_.empty() && in_flight_.empty() && leftovers_.empty();
  return is_idle ? Phase::Synced : Phase::Syncing;
}

std::string FibTable::fault_of_tunnels(const Wish& wish) const {
  for (const NextHop& next_hop : wish.next_hops) {
    std::string fault = fault_of_tunnel(next_hops_->view(), next_hop.gateway);
    if (!fault.empty()) return fault;
  }
  return {};
}

RouteStatus FibTable::status(const bgp::Prefix& prefix) const {
  auto found = entries_.find(prefix);
  if (found == entries_.end()) return {};
  const Entry& entry = found->second;
  RouteStatus status{entry.state, 0, {}, {}};
  if (entry.kernel != kNothing && entry.kernel != kUnknown) status.legs = targets_[entry.kernel].legs;
  if (entry.state == RouteState::Unresolved) status.text = fault_of_tunnels(wishes_[entry.wish]);
  auto failure = failures_.find(prefix);
  if (!entry.has_failed || failure == failures_.end()) return status;
  status.error = failure->second.error;
  status.text = *failure->second.text;
  return status;
}

}  // namespace fib::table

namespace fib {

const char* to_string(RouteState state) {
  switch (state) {
    case RouteState::Absent: return "absent";
    case RouteState::Pending: return "pending";
    case RouteState::Installed: return "installed";
    case RouteState::Failed: return "failed";
    case RouteState::Conflict: return "conflict";
    case RouteState::Unresolved: return "unresolved";
    case RouteState::Stale: return "stale";
  }
  return "";
}

}  // namespace fib
