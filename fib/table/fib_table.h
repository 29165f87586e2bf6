// Our routes: what is wanted, what the kernel has, and the operations that make the second equal the first.
//
// A value machine: facts and wishes in, ops_due() out, acked() or failed() back. One operation per prefix is in
// flight at a time, so the order of add and delete is never in doubt. Phases:
//   Awaiting  no complete dump yet: nothing is written, wishes gather
//   Syncing   own routes found in the kernel are adopted; what is wanted is written; the others are stale and stay
//   Synced    after allow_sweep(), when nothing is left to do
// Invariants:
// - A route is ours by protocol, table and metric together; no other is ever replaced or deleted. Where somebody else
//   holds the same prefix and metric, ours waits (Conflict): NLM_F_REPLACE would silently overwrite theirs.
// - A wanted route that the kernel has already, leg for leg, causes no operation: a restart is silent.
// - Nothing stale is deleted before allow_sweep(). What an earlier life left with another metric (another version of
//   ours, or the daemon whose protocol number we took over) goes then too; what appears with one later is somebody else's.
// - A refusal concerns one prefix: it is retried after 100 ms, doubling to 30 s, and at once when its legs change.
// Built for 500 k routes: an entry holds small numbers; wishes and leg sets are interned.
#pragma once

#include <bitset>
#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bgp/base/time.h"
#include "fib/table/interner.h"
#include "fib/table/next_hop_table.h"

namespace fib::table {

struct Ownership {
  uint8_t protocol = 12;
  uint32_t table = kMainTable;
  uint32_t metric = 0;

  uint32_t metric_of(bgp::Family family) const;  // IPv6 makes 1024 of 0
  bool same_slot(const KernelRoute& route) const;  // our table and metric: there is room for one such route a prefix
  bool owns(const KernelRoute& route) const { return route.protocol == protocol && same_slot(route); }
  // Of our protocol and table, beside our slot.
  bool is_leftover(const KernelRoute& route) const {
    return route.protocol == protocol && route.table == table && !same_slot(route);
  }
};

class FibTable {
 public:
  enum class Phase : uint8_t { Awaiting, Syncing, Synced };

  // `next_hops` must outlive the table.
  FibTable(Ownership ownership, NextHopTable& next_hops);

  // ---- wishes
  void want(const BestRoute& route);
  void unwant(const bgp::Prefix& prefix);
  std::optional<BestRoute> wish(const bgp::Prefix& prefix) const;
  void allow_sweep();
  // These addresses resolve differently now (NextHopTable::Changes::addresses, sorted).
  // Cost: one pass over the table if any wish is concerned.
  void next_hops_changed(const std::vector<Gateway>& addresses);

  // ---- the kernel, read as a whole: no event() in between; operations may go on. Only a consistent dump tells what
  // is missing.
  void begin_dump();
  void dumped(const KernelRoute& route);
  void end_dump(bool consistent);

  // ---- the kernel, as it changes. Echoes of our own operations may be given or left out.
  void event(const RouteEvent& event);
  // IPv4 routes over it are gone, or lost a leg, without a message.
  void link_went_down(uint32_t ifindex);

  // ---- operations
  // At most n, oldest wish first. Each must be answered by acked() or failed() with its id.
  std::vector<RouteOp> ops_due(bgp::Instant now, size_t n);
  void acked(uint32_t id);
  void failed(uint32_t id, int error, std::string_view text, bgp::Instant now);
  // When ops_due() has something: the epoch if now, kNever if there is nothing to do or retry.
  bgp::Instant next_due() const;

  // What a large table that has gone took; a hash map never shrinks by itself. Cost: O(entries), when most is empty.
  void give_back_memory() {
    if (entries_.size() * 4 < entries_.bucket_count()) entries_.rehash(0);
  }
  // True once after a refusal that shows that the kernel is not as we think (EEXIST where we saw nothing).
  bool take_resync_wish() { return std::exchange(wants_resync_, false); }

  Phase phase() const;
  RouteStatus status(const bgp::Prefix& prefix) const;
  size_t wanted() const { return wanted_; }
  size_t leftovers() const { return leftovers_.size(); }  // own routes of another metric that wait for the sweep
  size_t count(RouteState state) const { return counts_[static_cast<size_t>(state)]; }

 private:
  // What is to be in the kernel for a prefix.
  struct Target {
    KernelRoute::Type type = KernelRoute::Type::Unicast;
    std::vector<Leg> legs;
    bool operator==(const Target&) const = default;
  };
  struct Wish {
    BestRoute::Type type = BestRoute::Type::Unicast;
    std::vector<NextHop> next_hops;
    bool operator==(const Wish&) const = default;
  };
  struct TargetHash {
    size_t operator()(const Target& target) const noexcept;
  };
  struct WishHash {
    size_t operator()(const Wish& wish) const noexcept;
  };

  using TargetId = uint32_t;                          // in targets_
  static constexpr TargetId kNothing = 0;             // no route
  static constexpr TargetId kUnknown = 0xffffffff;    // ours may be there, with legs that we do not know

  struct Entry {
    uint32_t wish = 0;             // in wishes_; 0: not wanted
    TargetId kernel = kNothing;    // what the kernel has of ours
    TargetId flying = kNothing;    // what the operation in flight writes
    RouteState state = RouteState::Absent;
    bool is_queued : 1 = false;
    bool in_flight : 1 = false;
    bool disturbed : 1 = false;    // somebody else touched it while an operation was in flight
    bool is_stale : 1 = false;
    bool was_seen : 1 = false;     // in this dump, or written since it began
    bool has_failed : 1 = false;   // failures_ has it
  };
  struct Failure {
    int error = 0;
    const std::string* text = nullptr;  // in texts_
    bgp::Duration delay{};
    bgp::Instant retry_at;
  };
  struct Plan {
    RouteState state = RouteState::Absent;
    bool is_needed = false;
    RouteOp::Kind kind = RouteOp::Kind::Add;
    TargetId target = kNothing;
  };
  using Entries = boost::unordered_flat_map<bgp::Prefix, Entry, std::hash<bgp::Prefix>>;
  using Protocols = std::bitset<256>;
  using Foreign = boost::unordered_flat_map<bgp::Prefix, Protocols, std::hash<bgp::Prefix>>;

  Plan plan(const bgp::Prefix& prefix, const Entry& entry) const;
  Plan plan_wanted(const bgp::Prefix& prefix, const Entry& entry) const;
  bool may_delete(const Entry& entry) const { return !entry.is_stale || sweep_allowed_; }
  void settle(const bgp::Prefix& prefix);
  void settle_sorted(std::vector<bgp::Prefix> prefixes);
  void enter(Entry& entry, RouteState state);
  template <class Predicate>
  std::vector<bgp::Prefix> select(Predicate predicate) const;

  uint32_t intern_wish(const BestRoute& route);
  void release_wish(uint32_t id);
  TargetId resolve_wish(const Wish& wish);
  std::string fault_of_tunnels(const Wish& wish) const;
  void set_kernel(Entry& entry, TargetId target);  // takes over the caller's reference
  void release_target(TargetId id);
  void saw_own(const KernelRoute& route);
  void lost_own(const KernelRoute& route);
  void event_of_other(const RouteEvent& event);

  struct Leftover {
    bgp::Prefix prefix;
    uint32_t metric = 0;
    auto operator<=>(const Leftover&) const = default;
  };
  bool has_leftover_due() const { return sweep_allowed_ && is_dumped_ && !leftovers_.empty(); }
  void sweep_leftovers(std::vector<RouteOp>& ops, size_t n);
  bool leftover_answered(uint32_t id);
  uint32_t take_id();

  void clear_failure(const bgp::Prefix& prefix, Entry& entry);
  void wake_retries(bgp::Instant now);
  RouteOp launch(const bgp::Prefix& prefix, Entry& entry, const Plan& plan);
  void land(Entry& entry);
  void schedule_retry(const bgp::Prefix& prefix, int error, std::string_view text, bgp::Instant now);
  bgp::Prefix take_in_flight(uint32_t id);

  Ownership ownership_;
  NextHopTable* next_hops_;
  Entries entries_;
  Interner<Target, TargetHash> targets_;
  Interner<Wish, WishHash> wishes_;
  std::vector<TargetId> resolved_;  // by wish: kNothing where no next hop is reachable
  Foreign foreign_;                 // who else holds a prefix in our table and metric
  Foreign foreign_dumped_;          // the same, as the dump under way tells it
  std::set<Leftover> leftovers_;    // of the first dump; gone once their deletion was sent
  std::set<uint32_t> leftovers_in_flight_;
  std::deque<bgp::Prefix> queue_;
  boost::unordered_flat_map<uint32_t, bgp::Prefix> in_flight_;
  boost::unordered_flat_map<bgp::Prefix, Failure, std::hash<bgp::Prefix>> failures_;
  std::set<std::pair<bgp::Instant, bgp::Prefix>> retries_;
  std::set<std::string, std::less<>> texts_;  // the kernel has a few dozen
  std::array<size_t, kRouteStates> counts_{};
  size_t wanted_ = 0;
  uint32_t next_id_ = 1;
  bool is_dumped_ = false;  // once, completely
  bool sweep_allowed_ = false;
  bool wants_resync_ = false;
};

}  // namespace fib::table
