// What others have put into the kernel: links, their addresses, and the routes of the main table that are not ours.
//
// fib/table is the pure half of the FIB. kernel_view.h mirrors the kernel; next_hop_table.h resolves addresses over
// it; local_routes.h says what of it may be announced; fib_table.h reconciles our routes; fib_machine.h joins the
// four and is all that fib/io talks to.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <span>
#include <string>
#include <vector>

#include "fib/table/route.h"

namespace fib::table {

inline constexpr uint8_t kKernelProtocol = 2;  // RTPROT_KERNEL: the subnet of an address on the link

class KernelView {
 public:
  void set_link(const Link& link);
  void remove_link(uint32_t ifindex);
  const Link* find_link(uint32_t ifindex) const;
  const Link* find_link(const std::string& name) const;
  // Up, with carrier, and no loopback.
  bool is_usable(const Leg& leg) const;

  // An IPv4 address that is a subnet of its own (a tunnel's end) has no route in the main table, as IPv6 gives it one: it is
  // held here as if it had.
  void set_address(const LinkAddress& address);
  void remove_address(const LinkAddress& address);
  // True for an address of this node.
  bool owns(const bgp::IpAddress& address) const { return own_addresses_.contains(address); }

  // A route is known by prefix, metric and protocol, an attached one by its link too. With `replaced`, whatever had
  // that metric is gone.
  void set_route(const KernelRoute& route, bool replaced = false);
  // IPv6 tells of the single legs of a multipath route: what is left of it stays.
  void remove_route(const KernelRoute& route);
  // The kernel drops IPv4 routes over a link that goes down (and single legs of multipath ones) without a word.
  void forget_routes_over(uint32_t ifindex);

  // The routes to one prefix, smallest metric first; valid until the next change.
  std::span<const KernelRoute> routes_to(const bgp::Prefix& prefix) const;
  // The same for the longest prefix that contains the address; empty if there is none.
  // Cost: one probe for each prefix length that occurs.
  std::span<const KernelRoute> lookup(const bgp::IpAddress& address) const;
  // In no particular order.
  std::vector<bgp::Prefix> prefixes() const;

 private:
  using Routes = std::vector<KernelRoute>;
  void count(const bgp::Prefix& prefix, int delta);
  void erase(const bgp::Prefix& prefix);

  boost::unordered_flat_map<uint32_t, Link> links_;
  boost::unordered_flat_map<std::string, uint32_t> link_names_;
  std::vector<LinkAddress> addresses_;  // sorted; one address may be on two links
  boost::unordered_flat_set<bgp::IpAddress, std::hash<bgp::IpAddress>> own_addresses_;
  boost::unordered_flat_map<bgp::Prefix, Routes, std::hash<bgp::Prefix>> routes_;
  std::array<std::array<uint32_t, 129>, 2> prefixes_of_length_{};  // by family: lengths not in use are not probed
};

// Takes away the legs that `gone` has; by gateway and interface, which is all a notification is sure of.
void subtract_legs(std::vector<Leg>& legs, const std::vector<Leg>& gone);

}  // namespace fib::table
