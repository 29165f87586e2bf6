// The whole FIB as one value machine: what the kernel says goes in, operations and news come out. fib/io moves the
// bytes; a simulation can play the kernel as well.
#pragma once

#include <vector>

#include "fib/table/fib_table.h"
#include "fib/table/host_routes.h"
#include "fib/table/kernel_view.h"
#include "fib/table/local_routes.h"
#include "fib/table/next_hop_table.h"

namespace fib::table {

class FibMachine {
 public:
  explicit FibMachine(Ownership ownership);
  FibMachine(const FibMachine&) = delete;  // its parts point at each other
  FibMachine& operator=(const FibMachine&) = delete;

  // ---- the kernel
  // A reading of links, addresses and routes, in this order. Events that the kernel sends meanwhile wait until
  // end_dump(): replayed on top of the dump they end in the truth.
  void begin_dump();
  void dumped(const KernelEvent& fact);
  // An inconsistent dump changes nothing that it merely did not mention.
  void end_dump(bool consistent);
  void event(const KernelEvent& event);

  struct News {
    LocalRoutes::Changes local_routes;
    std::vector<NextHopState> next_hops;
  };
  // After each batch of events or calls. Also brings routes in line with next hops that changed. Nothing before the
  // first complete dump.
  News take_news();
  // True once when the kernel should be read again soon: it may have dropped routes silently.
  bool take_resync_wish();

  // ---- the routing side
  void want(const BestRoute& route) { host_routes_.want(route); }
  void unwant(const bgp::Prefix& prefix) { host_routes_.unwant(prefix); }
  // Ours in the kernel, before what is wanted otherwise, and the way to their addresses.
  void set_host_routes(const Gateways& gateways);
  void ignore_subnets_of(LocalRoutes::IsIgnored is_ignored) { local_routes_.ignore_subnets_of(std::move(is_ignored)); }
  FibTable& routes() { return routes_; }
  const FibTable& routes() const { return routes_; }
  Resolution look_up(const bgp::ScopedAddress& address) const { return next_hops_.look_up(address); }
  // How the kernel forwards to an address that may be a next hop, and to exactly this prefix; of several legs the first.
  std::optional<Way> way_to(const bgp::ScopedAddress& next_hop) const;
  std::optional<Way> way_of(const bgp::Prefix& prefix) const;
  void watch(const bgp::ScopedAddress& address) { next_hops_.watch(address); }
  void unwatch(const bgp::ScopedAddress& address) { next_hops_.unwatch(address); }

 private:
  bool is_foreign(const KernelRoute& route) const;
  std::optional<Way> first_way(const std::vector<Leg>& legs) const;
  void apply(const KernelEvent& event, KernelView& view);
  void on_event(const RouteEvent& event);
  void on_event(const LinkEvent& event);
  void on_event(const AddressEvent& event);
  void refresh_next_hops();

  Ownership ownership_;
  KernelView view_;
  KernelView dumped_view_;  // grows during a dump, then becomes view_
  NextHopTable next_hops_{view_};
  LocalRoutes local_routes_{view_};
  FibTable routes_;
  HostRoutes host_routes_{routes_};
  Gateways gateways_;
  std::vector<NextHopState> states_;  // news not taken yet
  bool wants_resync_ = false;
};

}  // namespace fib::table
