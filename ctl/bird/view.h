// What BIRD 1.6's control socket shows of an agent, as values: one View for each address family, because BIRD 1.6 is one
// daemon for each.
//
// Who calls: bgp/daemon fills these; ctl/server parses command lines (command.h) and writes replies (show.h,
// route_list.h). Everything here is pure and knows no socket and no clock: times are the node's local time, as BIRD shows
// them. Text that a peer had a hand in is made inert (bgp/base/escape.h) when it is rendered, whoever filled it in.
// Reference: BIRD 1.6.8, whose output the unit tests repeat and tests/interop/test_bird_socket.py compares with.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bgp/base/bytes.h"
#include "bgp/base/ip_address.h"
#include "bgp/base/prefix.h"

namespace ctl::bird {

using LocalTime = std::chrono::local_time<std::chrono::seconds>;

struct Status {
  std::string version;  // "v0.1.0": tools of Calico look for "BIRD v"
  std::string router_id;
  LocalTime now;
  LocalTime booted;
  LocalTime reconfigured;
  // Calico's readiness probe waits while it is there.
  struct Recovery {
    size_t waiting_for = 0;  // protocols
    int64_t left_s = 0;
    int64_t total_s = 0;
  };
  std::optional<Recovery> recovery;  // graceful restart
};

// Of this family's routes.
struct RouteCounts {
  uint64_t imported = 0;
  uint64_t filtered = 0;   // kept, to be shown, and not used
  uint64_t exported = 0;
  uint64_t preferred = 0;  // of the imported ones
};

// Since the agent started. BIRD counts more; what we do not is shown as "---", its own word for that.
struct ImportChanges {
  uint64_t updates = 0;
  uint64_t rejected = 0;  // of them, as a loop
  uint64_t filtered = 0;  // of them, by the import filter
  uint64_t withdraws = 0;
};

struct BgpSession {
  std::string neighbor_id;
  std::vector<std::string> neighbor_capabilities;  // BIRD's words: "refresh", "AS4", ...
  std::vector<std::string> traits;                 // "internal", "AS4", ...
  std::string source_address;
  uint32_t hold_time_s = 0;
};

struct Bgp {
  std::string state;       // "Established"
  std::string last_error;  // "Socket: Connection refused"; empty while Established
  std::string neighbor_address;
  uint32_t neighbor_as = 0;
  bool is_restarting = false;         // its routes are kept until it is back
  std::optional<BgpSession> session;  // while Established
};

struct Protocol {
  std::string name;   // "Mesh_172_17_8_102", as Calico's templates name them
  std::string type;   // "BGP", "Kernel", "Device", "Direct", "Static"
  std::string state;  // "up", "start", "down"
  LocalTime since;
  uint32_t preference = 0;
  std::string input_filter;
  std::string output_filter;
  RouteCounts routes;
  std::optional<ImportChanges> changes;
  std::optional<Bgp> bgp;
};

// Of the whole table.
struct TableCounts {
  uint64_t routes = 0;
  uint64_t networks = 0;  // with such a route
  uint64_t selected = 0;  // of the routes
};

struct View {
  Status status;
  std::vector<Protocol> protocols;
  TableCounts table;
  TableCounts filtered;
  const Protocol* find(std::string_view name) const;
};

struct Route {
  enum class Way : uint8_t { Router, Device, Blackhole, Unreachable };
  bgp::Prefix prefix;
  Way way = Way::Unreachable;
  std::string gateway;    // of Router
  std::string interface;  // of Router and Device
  std::string protocol;   // Protocol::name
  std::string source;     // of `show route all`: "BGP", "static", "inherit"
  LocalTime since;
  std::string from;       // who said it; empty: nobody, or the gateway itself
  bool is_primary = false;
  bool is_refused = false;  // by the kernel
  bool is_filtered = false;
  uint32_t preference = 0;
  bool is_bgp = false;      // what follows is meaningful
  std::optional<uint32_t> igp_metric;  // nullopt: the next hop cannot be reached
  std::string next_hop;
  bgp::Bytes attributes;    // canonical (bgp/wire/attribute.h)
};

struct RoutePage {
  std::vector<Route> routes;        // by prefix, the primary one of each first
  std::optional<bgp::Prefix> next;  // the first prefix that is not here; nullopt: that was all
};

}  // namespace ctl::bird
