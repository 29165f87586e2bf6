// Routes as the FIB sees them. No BGP here: the daemon translates.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/prefix.h"

namespace fib {

// What the routing side wants in the kernel for one prefix. Its next hops are addresses that may be several hops away;
// fib/table resolves them over the kernel's own routes, and again whenever those change.
struct BestRoute {
  enum class Type : uint8_t { Unicast, Blackhole };
  bgp::Prefix prefix;
  Type type = Type::Unicast;
  std::vector<bgp::IpAddress> next_hops;  // sorted, unique, at most limits::kEcmpLegsMax; empty for Blackhole
  bool operator==(const BestRoute&) const = default;
};

// One leg of a kernel route.
struct Leg {
  bgp::IpAddress gateway;  // unspecified: directly attached (scope link)
  uint32_t ifindex = 0;
  uint8_t weight = 1;      // 1..255
  bool onlink = false;
  auto operator<=>(const Leg&) const = default;
};

// One route as the kernel has it or shall have it.
struct KernelRoute {
  enum class Type : uint8_t { Unicast, Blackhole, Other };
  bgp::Prefix prefix;
  Type type = Type::Unicast;
  uint8_t protocol = 0;   // RTPROT_*
  uint32_t table = 254;
  uint32_t metric = 0;    // IPv4: 0 unless given; IPv6: the kernel fills in 1024 for 0
  std::vector<Leg> legs;  // sorted; empty for Blackhole
  bool linkdown = false;  // any leg without carrier (RTNH_F_LINKDOWN) or dead
  bool operator==(const KernelRoute&) const = default;
};

struct Link {
  uint32_t ifindex = 0;
  std::string name;
  bool up = false;        // IFF_UP
  bool carrier = false;   // IFF_LOWER_UP
  bool operator==(const Link&) const = default;
};

struct LinkAddress {
  uint32_t ifindex = 0;
  bgp::IpAddress address;
  uint8_t prefix_length = 0;
  auto operator<=>(const LinkAddress&) const = default;
};

// A route somebody else put into the kernel (a workload's /32 behind cali*, a connected subnet): what the speaker may
// announce. Never one of our own protocol, never local/broadcast/multicast/blackhole, never link-local.
struct LocalRoute {
  bgp::Prefix prefix;
  uint32_t ifindex = 0;
  std::string interface;
  auto operator<=>(const LocalRoute&) const = default;
};

// Whether an address can be reached over the kernel's routes (ours excepted), and how far away it is.
struct NextHopState {
  bgp::IpAddress address;
  bool reachable = false;
  uint32_t metric = 0;    // of the kernel route used; smaller is nearer
  bool operator==(const NextHopState&) const = default;
};

}  // namespace fib
