// What of the kernel's foreign routes the speaker may announce: unicast, over a link that is up with carrier, and no
// link-local, loopback or multicast prefix. One per prefix: of several routes the one with the smallest metric.
// (Host-local and broadcast routes are in the table `local`, which KernelView does not hold.) A default route is
// offered too: whether it is announced is the policy's affair.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "fib/table/kernel_view.h"

namespace fib::table {

class LocalRoutes {
 public:
  // `view` must outlive this object.
  explicit LocalRoutes(const KernelView& view) : view_(&view) {}

  // Links whose connected subnets are not offered: BIRD's `direct` protocol leaves interfaces out by their names. What else
  // leads over such a link, a workload's own route above all, is a route like any other.
  using IsIgnored = std::function<bool(std::string_view link)>;
  void ignore_subnets_of(IsIgnored is_ignored);

  // The view changed: at one prefix, or anywhere.
  void route_changed(const bgp::Prefix& prefix);
  void all_changed();

  struct Changes {
    std::vector<LocalRoute> added;    // sorted; a route that moved is in both
    std::vector<LocalRoute> removed;
  };
  // Against what was true at the last call: a route that came and went in between is not mentioned.
  Changes take_changes();

 private:
  std::optional<LocalRoute> offer(const bgp::Prefix& prefix) const;

  const KernelView* view_;
  IsIgnored is_ignored_ = [](std::string_view) { return false; };
  boost::unordered_flat_map<bgp::Prefix, LocalRoute, std::hash<bgp::Prefix>> offered_;
  std::vector<bgp::Prefix> dirty_;
};

}  // namespace fib::table
