#include "fib/table/next_hop_table.h"

#include <algorithm>

#include "bgp/base/assert.h"
#include "bgp/base/limits.h"

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
bool is_ambiguous(std::span<const KernelRoute> routes, const KernelView& view, const bgp::IpAddress& address) {
  if (!address.is_v6() || !address.is_link_local()) return false;
  std::vector<uint32_t> links;
  for (const KernelRoute& route : routes)
    for (const Leg& leg : route.legs)
      if (view.is_usable(leg)) links.push_back(leg.ifindex);
  std::sort(links.begin(), links.end());
  return std::unique(links.begin(), links.end()) - links.begin() > 1;
}

bool cannot_be_next_hop(const KernelView& view, const bgp::IpAddress& address) {
  return view.owns(address) || address.is_unspecified() || address.is_loopback() || address.is_multicast();
}

}  // namespace

Resolution resolve(const KernelView& view, const bgp::IpAddress& address) {
  if (cannot_be_next_hop(view, address)) return {};
  std::span<const KernelRoute> routes = view.lookup(address);
  if (is_ambiguous(routes, view, address)) return {};
  for (const KernelRoute& route : routes) {
    if (route.type != KernelRoute::Type::Unicast) return {};
    std::vector<Leg> legs = usable_legs(view, route, address);
    if (!legs.empty()) return {route.metric, std::move(legs)};
  }
  return {};
}

std::vector<Leg> merge_legs(std::vector<std::vector<Leg>> legs_by_next_hop) {
  std::vector<Leg> legs;
  for (const std::vector<Leg>& more : legs_by_next_hop) legs.insert(legs.end(), more.begin(), more.end());
  std::sort(legs.begin(), legs.end());
  auto same_way = [](const Leg& a, const Leg& b) { return a.gateway == b.gateway && a.ifindex == b.ifindex; };
  legs.erase(std::unique(legs.begin(), legs.end(), same_way), legs.end());
  if (legs.size() > bgp::limits::kEcmpLegsMax) legs.resize(bgp::limits::kEcmpLegsMax);
  if (legs.size() == 1) legs[0].weight = 1;
  return legs;
}

void NextHopTable::track(const bgp::IpAddress& address) { ++find_or_resolve(address).tracks; }

void NextHopTable::untrack(const bgp::IpAddress& address) {
  auto found = entries_.find(address);
  BGP_ASSERT(found != entries_.end() && found->second.tracks > 0);
  --found->second.tracks;
  drop_if_unused(address);
}

const Resolution& NextHopTable::resolution(const bgp::IpAddress& address) const {
  auto found = entries_.find(address);
  BGP_ASSERT(found != entries_.end());
  return found->second.resolution;
}

void NextHopTable::watch(const bgp::IpAddress& address) {
  Entry& entry = find_or_resolve(address);
  ++entry.watches;
  entry.owes_answer = true;
  mark(address, entry);
}

// An unwatch too many is a slip of the caller that harms nobody.
void NextHopTable::unwatch(const bgp::IpAddress& address) {
  auto found = entries_.find(address);
  if (found == entries_.end() || found->second.watches == 0) return;
  if (--found->second.watches == 0) found->second.reported.reset();
  drop_if_unused(address);
}

void NextHopTable::route_changed(const bgp::Prefix& prefix) {
  for (auto& [address, entry] : entries_)
    if (!entry.is_dirty && prefix.contains(address)) mark(address, entry);
}

void NextHopTable::all_changed() {
  for (auto& [address, entry] : entries_) mark(address, entry);
}

NextHopTable::Changes NextHopTable::take_changes() {
  Changes changes;
  std::sort(dirty_.begin(), dirty_.end());
  for (const bgp::IpAddress& address : std::exchange(dirty_, {})) {
    auto found = entries_.find(address);
    if (found == entries_.end() || !found->second.is_dirty) continue;
    Entry& entry = found->second;
    entry.is_dirty = false;
    Resolution fresh = resolve(*view_, address);
    if (fresh != entry.resolution) changes.addresses.push_back(address);
    entry.resolution = std::move(fresh);
    NextHopState state{address, !entry.resolution.legs.empty(), entry.resolution.metric};
    if (entry.watches == 0 || (!entry.owes_answer && entry.reported == state)) continue;
    entry.owes_answer = false;
    entry.reported = state;
    changes.states.push_back(state);
  }
  return changes;
}

void NextHopTable::mark(const bgp::IpAddress& address, Entry& entry) {
  if (entry.is_dirty) return;
  entry.is_dirty = true;
  dirty_.push_back(address);
}

NextHopTable::Entry& NextHopTable::find_or_resolve(const bgp::IpAddress& address) {
  auto [at, is_new] = entries_.try_emplace(address);
  if (is_new) at->second.resolution = resolve(*view_, address);
  return at->second;
}

void NextHopTable::drop_if_unused(const bgp::IpAddress& address) {
  auto found = entries_.find(address);
  if (found->second.tracks == 0 && found->second.watches == 0) entries_.erase(found);
}

}  // namespace fib::table
