// The kernel, plugged in: writes wanted routes into one routing table, reports workload routes and next hops.
//
// Owns three netlink sockets (dump, commands, monitor) and the pure machine of fib/table. Lives on the routing
// thread's io_context: every call and every callback happens there. Routes stay in the kernel when this object goes;
// the next life adopts them without touching those that are still wanted.
// A daemon without a kernel table (`--fib none`) makes no KernelDriver and takes next hops as reachable.
// What the kernel refuses about single routes is no call's result: see status() and counters().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/log.h"
#include "bgp/base/prefix.h"
#include "bgp/base/result.h"
#include "fib/table/next_hop_table.h"
#include "fib/table/route.h"

namespace boost::asio {
class io_context;
}

namespace fib::io {

struct KernelOptions {
  uint8_t protocol = 12;        // RTPROT_BIRD: what Calico's Felix expects BGP routes to carry
  uint32_t table = kMainTable;  // where our routes go; next hops and local routes are read from main
  uint32_t metric = 0;          // ours = this protocol, this table, this metric (IPv6: the kernel makes 1024 of 0)
  int monitor_buffer_bytes = 8 * 1024 * 1024;
};

// Called on the io_context's thread, never from within a call into the driver. Any of them may be empty.
struct KernelEvents {
  // What the kernel offers for announcement. `removed` comes first in time: a prefix in both lists moved.
  std::function<void(const std::vector<LocalRoute>& added, const std::vector<LocalRoute>& removed)> local_routes;
  std::function<void(const std::vector<NextHopState>&)> next_hops;  // watched addresses: first answer, then changes
  std::function<void(const bgp::LogRecord&)> log;
  std::function<void()> synced;  // once: the first consistent dump was read (its local routes were reported before)
};

struct KernelCounters {
  uint64_t wanted = 0;
  uint64_t installed = 0;  // wanted - installed = what is still missing in the kernel
  uint64_t pending = 0;
  uint64_t failed = 0;
  uint64_t conflicts = 0;
  uint64_t unresolved = 0;
  uint64_t stale = 0;
  uint64_t operations = 0;  // messages sent that change a route
  uint64_t errors = 0;      // of them refused
  uint64_t dumps = 0;       // complete readings of the kernel: the first, every 60 s, and resyncs
  uint64_t dumps_interrupted = 0;
  uint64_t resyncs = 0;   // readings that an overrun or a surprise asked for
  uint64_t overruns = 0;  // ENOBUFS on the monitor socket
};

class KernelDriver {
 public:
  // `context` and what `events` captures must outlive the driver. Destroying it stops it.
  KernelDriver(boost::asio::io_context& context, KernelOptions options, KernelEvents events);
  ~KernelDriver();
  KernelDriver(const KernelDriver&) = delete;
  KernelDriver& operator=(const KernelDriver&) = delete;

  // Opens the sockets in the calling thread's network namespace and begins the first dump. Fails without
  // CAP_NET_ADMIN or netlink.
  bgp::Status<KernelError> start();
  // Closes the sockets; no callback comes any more. Routes stay.
  void stop();

  // Wishes of one turn of the event loop go out together. Before the first dump they only gather.
  void want(BestRoute route);
  void unwant(const bgp::Prefix& prefix);
  // Of the operator: routes of ours to an address by a gateway, before any wish for the same prefix, and the way by which
  // next hops there are reached. Replaces those of before.
  void set_host_routes(const table::Gateways& gateways);
  // Connected subnets of links with such names are not reported as local routes.
  void ignore_subnets_of(std::function<bool(std::string_view link)> is_ignored);
  // Counted: as many unwatch as watch calls. Every watch is answered by events.next_hops, after the first dump.
  void watch_next_hop(const bgp::ScopedAddress& address);
  void unwatch_next_hop(const bgp::ScopedAddress& address);
  // Own routes of an earlier life that nobody wanted since start() may go now. Call when the configuration is in sync
  // and every expected peer sent End-of-RIB, or the selection deferral is over.
  void allow_sweep();

  // Memory is short: frees what is not in use.
  void give_back_memory();

  // nullopt: nothing carries packets there.
  std::optional<Way> way_to(const bgp::ScopedAddress& next_hop) const;
  std::optional<Way> way_of(const bgp::Prefix& prefix) const;  // a route to exactly this prefix

  // Cost: one lookup.
  RouteStatus status(const bgp::Prefix& prefix) const;
  KernelCounters counters() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace fib::io
