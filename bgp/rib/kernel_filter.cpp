// What of the selected routes goes into the FIB, and through what: some are for others to program, some have a tunnel.
#include <utility>

#include "bgp/rib/rib.h"

namespace bgp::rib {
namespace {

bool same_tunnel(const policy::Tunnel* a, const policy::Tunnel* b) { return a == b || (a && b && *a == *b); }

// What the two make of a prefix may differ.
bool differ_at(const Prefix& prefix, const Rib::KernelPolicy& a, const Rib::KernelPolicy& b) {
  return a.lets_in(prefix) != b.lets_in(prefix) || a.ways.foreign_next_hops != b.ways.foreign_next_hops ||
         !same_tunnel(a.ways.tunnel_of(prefix), b.ways.tunnel_of(prefix));
}

}  // namespace

bool Rib::KernelPolicy::lets_in(const Prefix& prefix) const {
  return !filter || filter->evaluate(prefix) == policy::Verdict::Accept;
}

// Who programs the best way programs the prefix: a route beside his would hide it, or be hidden.
void Rib::lead(const KernelPolicy& kernel, const IpAddress& best, RouteChange& change) const {
  if (kernel.ways.is_foreign(best)) {
    change = {change.prefix, RouteChange::Kind::None, {}};
    return;
  }
  std::erase_if(change.next_hops, [&](const RouteChange::NextHop& hop) { return kernel.ways.is_foreign(hop.gateway.address); });
  const policy::Tunnel* tunnel = kernel.ways.tunnel_of(change.prefix);
  for (RouteChange::NextHop& hop : change.next_hops) hop.device = policy::device_to(tunnel, hop.gateway.address);
}

void Rib::set_kernel_policy(KernelPolicy policy) {
  if (policy::same(policy.filter, kernel_.filter) && policy.ways == kernel_.ways) return;
  const KernelPolicy before = std::exchange(kernel_, std::move(policy));
  if (!options_.emit_route_changes) return;
  for (Family family : kFamilies) {
    const PrefixTable& prefixes = tables_[family].prefixes;
    for (DestinationId id = 0; id < prefixes.id_end(); ++id) {
      if (!prefixes.has(id, RowFlag::HasBest) || prefixes.has(id, RowFlag::BestTouched)) continue;
      if (!differ_at(prefixes.prefix(id), before, kernel_)) continue;
      Decided decided = choose(family, id, candidates_);
      auto multipath = std::span(candidates_).first(decided.selection.multipath);
      RouteChange now = change_of(kernel_, family, id, multipath);
      if (now != change_of(before, family, id, multipath)) route_changes_.push_back(std::move(now));
    }
  }
}

}  // namespace bgp::rib
