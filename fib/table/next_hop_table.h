// Turns the address of a next hop into the legs of a kernel route, and says when that changes.
//
// The longest foreign route that contains the address answers; our own routes never do, so a route cannot resolve over
// itself. For an address with a host route of the operator's (HostRoutes) its gateway is looked up instead. One step is enough: the kernel took that route only with its own gateway already resolved to a link.
// An address is unreachable when no route contains it, when it is this node's own (the kernel would take an IPv4
// route over it and blackhole), when the route is no unicast one, or when no leg is over a link that is up with
// carrier. It does not fall through to a shorter prefix then: the kernel would not either.
// An IPv6 link-local address resolves on the link that was asked for, and without one only where a single link could be
// meant.
// Through a tunnel there is one leg to the address itself, onlink, however many ways lead there; the address must be
// reachable, and the tunnel's device there, up and with carrier.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fib/table/kernel_view.h"

namespace fib::table {

struct Resolution {
  uint32_t metric = 0;
  std::vector<Leg> legs;  // empty: unreachable
  bool operator==(const Resolution&) const = default;
};

// `next_hop` over `view`, as described above. Pure.
Resolution resolve(const KernelView& view, const bgp::ScopedAddress& next_hop);
// What becomes of that where the next hop is the other end of a tunnel.
Resolution through_tunnel(const KernelView& view, const Gateway& next_hop, Resolution found);
// What is wrong with its tunnel, in words; empty: nothing, or it has none.
std::string fault_of_tunnel(const KernelView& view, const Gateway& next_hop);

// The legs that one next hop of a route resolved to, and its share of the traffic.
struct WeightedLegs {
  uint16_t weight = 1;
  std::vector<Leg> legs;
};

// The legs of a route with these next hops: the union, without those that lead nowhere; sorted, at most
// limits::kEcmpLegsMax, and weight 1 where there is one leg (the kernel does not keep it). A next hop's share is divided
// among its legs, and what next hops send over the same leg adds up; where all weigh the same, legs keep the weights
// that the kernel gave them.
std::vector<Leg> merge_legs(const std::vector<WeightedLegs>& next_hops);

// By which gateway an address is reached, where the operator says so.
using Gateways = std::map<bgp::IpAddress, bgp::IpAddress>;

class NextHopTable {
 public:
  // `view` must outlive the table.
  explicit NextHopTable(const KernelView& view) : view_(&view) {}

  // For routes: resolution() is kept for a tracked address. Counted.
  void track(const Gateway& address);
  void untrack(const Gateway& address);
  // Requires a tracked address. What was true at the last take_changes() or track().
  const Resolution& resolution(const Gateway& address) const;
  const KernelView& view() const { return *view_; }

  // For the speaker: each watch() is answered once, and every change after it. Counted.
  void watch(const Gateway& address);
  void unwatch(const Gateway& address);

  // The way to an address as it is now.
  Resolution look_up(const bgp::ScopedAddress& address) const { return resolve(*view_, asked_for(address)); }
  void set_gateways(const Gateways& gateways);

  // The view changed: at one prefix, or anywhere.
  void route_changed(const bgp::Prefix& prefix);
  void all_changed();

  struct Changes {
    std::vector<NextHopState> states;       // for the watchers, by address
    std::vector<Gateway> addresses;  // whose resolution changed, sorted
  };
  // Resolves again what may have changed. Cost: one lookup for each such address.
  Changes take_changes();

 private:
  struct Entry {
    uint32_t tracks = 0;
    uint32_t watches = 0;
    bool is_dirty = false;
    bool owes_answer = false;
    std::optional<NextHopState> reported;
    Resolution resolution;
  };
  bgp::ScopedAddress asked_for(const bgp::ScopedAddress& address) const;
  Resolution find_way(const Gateway& address) const;
  NextHopState state_of(const Gateway& address) const;
  void mark(const Gateway& address, Entry& entry);
  Entry& find_or_resolve(const Gateway& address);
  void drop_if_unused(const Gateway& address);

  const KernelView* view_;
  Gateways gateways_;
  boost::unordered_flat_map<Gateway, Entry, std::hash<Gateway>> entries_;
  std::vector<Gateway> dirty_;
};

}  // namespace fib::table
