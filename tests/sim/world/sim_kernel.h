// A kernel's IPv4 routing, as measured: links, addresses, routes of everybody, refusals with the errno that Linux gives,
// and what Linux does without a word (a link that goes down takes its IPv4 routes along). Beside that, faults by request.
//
// It watches its clients: a foreign route that one of our operations replaces is a broken invariant (I4).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "bgp/base/prng.h"
#include "fib/table/route.h"

namespace sim {

using namespace bgp;

inline constexpr uint8_t kOurProtocol = 12, kKernelProtocol = 2, kStaticProtocol = 4;

class SimKernel {
 public:
  explicit SimKernel(uint64_t seed) : chance_(seed) {}

  // Where to tell of changes; none: nobody listens. `broken` hears of broken invariants.
  std::function<void(const fib::KernelEvent&)> monitor;
  std::function<void(const std::string&)> broken;

  // ---- what a client of netlink does
  int apply(const fib::RouteOp& op);  // 0 or errno
  std::vector<fib::KernelEvent> dump_links() const;
  std::vector<fib::KernelEvent> dump_routes() const;

  // ---- what operators and cables do
  void add_link(uint32_t ifindex, const std::string& name);
  void set_link(uint32_t ifindex, bool up, bool carrier);
  void rename_link(uint32_t ifindex, const std::string& name);
  void touch_link(uint32_t ifindex);                         // MTU: an event that changes nothing
  void renumber_link(uint32_t from, uint32_t to);            // removed and made again, its name with another ifindex
  void add_address(uint32_t ifindex, const IpAddress& address, uint8_t length);
  void remove_address(uint32_t ifindex, const IpAddress& address);
  int add_route(const fib::KernelRoute& route);              // EEXIST as `ip route add`
  void replace_route(const fib::KernelRoute& route);         // as `ip route replace`: whoever had the slot has lost it
  void remove_route(const fib::KernelRoute& route);          // by prefix, protocol and metric
  uint32_t index_of(const std::string& name) const;
  void set_link_named(const std::string& name, bool up, bool carrier) { set_link(index_of(name), up, carrier); }
  void heal_links();                                         // up, with the addresses that they were given first
  void reboot();                                             // everything but the links' names is gone, and comes back

  // ---- faults
  void refuse(int error, unsigned permille) { error_ = error, refused_permille_ = permille; }
  bool interrupts_dumps = false;

  // ---- questions
  std::vector<fib::KernelRoute> own_routes() const;
  bool has_own(const Prefix& prefix) const;
  const std::vector<fib::Leg>* own_legs(const Prefix& prefix) const;
  // What an address resolves to over the routes of others; empty: unreachable. A reference, written from the rules in
  // fib/table/README.md and not from its code.
  struct Reach {
    std::vector<fib::Leg> legs;
    uint32_t metric = 0;
  };
  Reach resolve(const IpAddress& address) const;
  std::set<Prefix> announceable() const;
  bool is_foreign_slot(const Prefix& prefix) const;          // somebody else has our slot of the prefix
  uint64_t operations() const { return operations_; }
  // Foreign routes that took our slot by a replace that our side had not heard of when it wrote: the kernel gives no
  // way to see that in time (fib/README.md).
  uint64_t races() const { return races_; }
  void heard_all() { unheard_.clear(); }

 private:
  struct LinkState {
    fib::Link link;
    std::vector<fib::LinkAddress> addresses;
  };
  using Routes = std::map<Prefix, std::vector<fib::KernelRoute>>;

  void tell(const fib::KernelEvent& event) {
    if (monitor) monitor(event);
  }
  int judge(const fib::KernelRoute& route) const;
  int write(const fib::RouteOp& op);
  int erase(const fib::RouteOp& op);
  const LinkState* link(uint32_t ifindex) const;
  bool is_usable(uint32_t ifindex) const;
  void connect(const fib::LinkAddress& address, bool is_told);
  void drop_routes_over(uint32_t ifindex);
  static bool same_slot(const fib::KernelRoute& a, const fib::KernelRoute& b) { return a.metric == b.metric; }
  const fib::KernelRoute* find_own(const Prefix& prefix) const;

  Prng chance_;
  std::map<uint32_t, LinkState> links_;
  std::vector<fib::LinkAddress> given_;  // all addresses that links ever had
  Routes routes_;
  std::set<Prefix> unheard_;
  int error_ = 0;
  unsigned refused_permille_ = 0;
  uint64_t operations_ = 0;
  uint64_t races_ = 0;
};

}  // namespace sim
