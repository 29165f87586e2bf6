// What passes between us and the kernel, as values. They live on the codec's floor so that the codec (which writes
// them) and fib/table (which reasons about them) see the same words; namespace `fib` is shared by the three rooms.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/prefix.h"

namespace fib {

inline constexpr uint32_t kMainTable = 254;  // RT_TABLE_MAIN

// One leg of a kernel route.
struct Leg {
  bgp::IpAddress gateway;  // 0.0.0.0 in both families: directly attached (scope link)
  uint32_t ifindex = 0;
  uint16_t weight = 1;  // 1..256
  bool onlink = false;
  auto operator<=>(const Leg&) const = default;
};

// One route as the kernel has it or shall have it.
struct KernelRoute {
  enum class Type : uint8_t { Unicast, Blackhole, Other };
  bgp::Prefix prefix;
  Type type = Type::Unicast;
  uint8_t protocol = 0;  // RTPROT_*
  uint32_t table = kMainTable;
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
  bool loopback = false;  // IFF_LOOPBACK: no next hop is ever reached over it
  bool operator==(const Link&) const = default;
};

struct LinkAddress {
  uint32_t ifindex = 0;
  bgp::IpAddress address;
  uint8_t prefix_length = 0;
  auto operator<=>(const LinkAddress&) const = default;
};

// One fact out of a dump or off the monitor socket.
struct RouteEvent {
  bool removed = false;
  bool replaced =
      false;  // NLM_F_REPLACE: the route that held this prefix and metric is gone, without a message of its own
  KernelRoute route;
};
struct LinkEvent {
  bool removed = false;
  Link link;
};
struct AddressEvent {
  bool removed = false;
  LinkAddress address;
};
using KernelEvent = std::variant<RouteEvent, LinkEvent, AddressEvent>;

// One change to the kernel. `id` is the netlink sequence number too, so an error finds its route.
struct RouteOp {
  enum class Kind : uint8_t {
    Add,      // refused (EEXIST) where anybody has a route of this prefix and metric
    Replace,  // ours is there, or may be
    Delete,   // only where table, protocol and metric are ours
  };
  Kind kind = Kind::Add;
  uint32_t id = 0;
  KernelRoute route;
  bool operator==(const RouteOp&) const = default;
};

// Why the kernel, or a netlink socket, said no.
struct KernelError {
  std::string operation;  // "open netlink socket", "add 10.0.0.0/8"
  int code = 0;           // errno
  std::string text;       // the kernel's extended ack, or strerror
};

}  // namespace fib
