// What the FIB hears of a decided prefix: the kind of route, and its legs with their weights.
#include <algorithm>
#include <map>
#include <utility>

#include "bgp/base/weights.h"
#include "bgp/rib/rib.h"
#include "bgp/wire/attributes/link_bandwidth.h"

namespace bgp::rib {

void Rib::emit(Family family, DestinationId id, std::span<const Candidate> multipath) {
  if (options_.emit_route_changes) route_changes_.push_back(change_of(kernel_, family, id, multipath));
}

RouteChange Rib::change_of(const KernelPolicy& kernel, Family family, DestinationId id,
                           std::span<const Candidate> multipath) const {
  const FamilyTable& table = tables_[family];
  RouteChange change{table.prefixes.prefix(id), RouteChange::Kind::None, {}};
  if (multipath.empty() || !kernel.lets_in(change.prefix)) return change;
  const Path& best = table.paths[multipath[0].path];
  if (tables_.peers[best.peer].accept_blackhole && tables_.attrs.facts(best.attr).blackhole) {
    change.kind = RouteChange::Kind::Blackhole;
  } else if (best.peer != kLocalPeer) {
    change.kind = RouteChange::Kind::Unicast;
    change.next_hops = legs_of(table, multipath);
    lead(kernel, gateway(multipath[0]).address, change);
  } else if (best.path_id == static_cast<uint32_t>(LocalKind::Block)) {
    change.kind = RouteChange::Kind::Blackhole;
  }
  return change;
}

// Sorted, each next hop once. What two paths over one next hop can carry is what the first of them says.
std::vector<RouteChange::NextHop> Rib::legs_of(const FamilyTable& table, std::span<const Candidate> multipath) const {
  if (multipath_.link_bandwidth && multipath.size() > 1)
    if (auto bandwidths = bandwidths_of(table, multipath)) return weighted_legs(multipath, *bandwidths);
  std::vector<RouteChange::NextHop> legs;
  legs.reserve(multipath.size());
  for (const Candidate& c : multipath) legs.push_back({gateway(c), 1});
  if (legs.size() == 1) return legs;
  std::sort(legs.begin(), legs.end());
  legs.erase(std::unique(legs.begin(), legs.end()), legs.end());
  return legs;
}

ScopedAddress Rib::gateway(const Candidate& candidate) const {
  const wire::NextHop& to = tables_.next_hops.get(candidate.next_hop);
  return {to.address, to.ifindex};
}

// nullopt when one of them says none: the usual case, found out at the first.
std::optional<std::vector<double>> Rib::bandwidths_of(const FamilyTable& table,
                                                      std::span<const Candidate> multipath) const {
  std::vector<double> bandwidths;
  for (const Candidate& c : multipath) {
    std::optional<double> bandwidth = wire::link_bandwidth(tables_.attrs.canonical(table.paths[c.path].attr));
    if (!bandwidth) return std::nullopt;
    bandwidths.push_back(*bandwidth);
  }
  return bandwidths;
}

std::vector<RouteChange::NextHop> Rib::weighted_legs(std::span<const Candidate> multipath,
                                                     const std::vector<double>& bandwidths) const {
  std::map<ScopedAddress, double> ways;
  for (size_t i = 0; i < multipath.size(); ++i) ways.emplace(gateway(multipath[i]), bandwidths[i]);
  std::vector<RouteChange::NextHop> legs;
  std::vector<double> shares;
  for (const auto& [to, bandwidth] : ways) {
    legs.push_back({to, 1});
    shares.push_back(bandwidth);
  }
  std::vector<uint16_t> weights = weights_of(shares);
  for (size_t i = 0; i < legs.size(); ++i) legs[i].weight = weights[i];
  return legs;
}

std::vector<RouteChange> Rib::take_route_changes() { return std::exchange(route_changes_, {}); }

}  // namespace bgp::rib
