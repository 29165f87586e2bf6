// Routes as the FIB sees them. No BGP here: the daemon translates. What the kernel itself has (KernelRoute, Link, ...)
// is in fib/netlink/kernel_route.h.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/prefix.h"
#include "bgp/base/scoped_address.h"
#include "fib/netlink/kernel_route.h"

namespace fib {

// An address that may be several hops away, and the tunnel whose other end it is, if any.
struct Gateway : bgp::ScopedAddress {
  Gateway() = default;
  Gateway(const bgp::ScopedAddress& to, std::string through = {}) : ScopedAddress(to), device(std::move(through)) {}
  Gateway(const bgp::IpAddress& to) : ScopedAddress(to) {}
  std::string device;  // not empty: the route goes through it, onlink, with the address itself as its gateway
  auto operator<=>(const Gateway&) const = default;
};

// A gateway and its share of the traffic.
struct NextHop {
  NextHop(const Gateway& to, uint16_t share = 1) : gateway(to), weight(share) {}
  NextHop(const bgp::IpAddress& to) : gateway(to) {}
  Gateway gateway;
  uint16_t weight = 1;  // 1..256
  auto operator<=>(const NextHop&) const = default;
};

// What the routing side wants in the kernel for one prefix. Its next hops are addresses that may be several hops away;
// fib/table resolves them over the kernel's own routes, and again whenever those change.
struct BestRoute {
  enum class Type : uint8_t { Unicast, Blackhole };
  bgp::Prefix prefix;
  Type type = Type::Unicast;
  std::vector<NextHop> next_hops;  // sorted, unique, at most limits::kEcmpLegsMax; empty for Blackhole
  bool operator==(const BestRoute&) const = default;
};

// A route somebody else put into the kernel (a workload's /32 behind cali*, a connected subnet): what the speaker may
// announce. Never one of our own protocol, never local/broadcast/multicast/blackhole, never link-local.
struct LocalRoute {
  bgp::Prefix prefix;
  uint32_t ifindex = 0;
  std::string interface;
  uint32_t metric = 0;
  bool has_gateway = false;  // leads off this node
  auto operator<=>(const LocalRoute&) const = default;
};

// Whether an address can be reached over the kernel's routes (ours excepted), and how far away it is.
struct NextHopState {
  bgp::IpAddress address;
  bool reachable = false;
  uint32_t metric = 0;    // of the kernel route used; smaller is nearer
  uint32_t ifindex = 0;   // of a link-local address: the link it was asked for on
  std::string interface = {};  // by which it is reached; of several legs the first; empty: unreachable
  bool operator==(const NextHopState&) const = default;
};

// What of others carries packets somewhere: the gateway, unless it is attached, and the link's name.
struct Way {
  std::optional<bgp::IpAddress> gateway;
  std::string interface;
};

// How far a wanted route has come.
enum class RouteState : uint8_t {
  Absent,      // not wanted, and not in the kernel
  Pending,     // to be written, or waiting for the first dump
  Installed,   // the kernel has exactly what is wanted
  Failed,      // the kernel refused; retried with backoff
  Conflict,    // somebody else has a route of this prefix and metric: not touched, ours waits until it is gone
  Unresolved,  // no next hop is reachable over the kernel's routes
  Stale,       // in the kernel and ours from an earlier life, but not wanted (yet): kept until the sweep
};
inline constexpr size_t kRouteStates = 7;
const char* to_string(RouteState state);

struct RouteStatus {
  RouteState state = RouteState::Absent;
  int error = 0;          // errno of the last refusal; 0 unless Failed
  std::string text;       // the kernel's words for it; of Unresolved: what is wrong with a tunnel
  std::vector<Leg> legs;  // what the kernel has now, if anything
};

}  // namespace fib

template <>
struct std::hash<fib::Gateway> {
  size_t operator()(const fib::Gateway& g) const noexcept {
    size_t of_address = std::hash<bgp::ScopedAddress>()(g);
    return g.device.empty() ? of_address : of_address ^ std::hash<std::string>()(g.device);
  }
};
