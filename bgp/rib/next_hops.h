// The next hops in use, each once: a small id, and whether it can be reached. Resolution itself is the FIB's business
// (it knows the kernel); this table says which addresses are wanted and holds the last answer.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "bgp/base/scoped_address.h"
#include "bgp/wire/attribute.h"

namespace bgp::rib {

using NextHopId = uint32_t;  // 0 = none: a local route

class NextHops {
 public:
  // With `assume_reachable` every next hop is reachable at metric 0 and nothing is asked.
  explicit NextHops(bool assume_reachable = false);

  // Takes a reference; drop with release().
  NextHopId intern(const wire::NextHop& next_hop);
  void add_reference(NextHopId id) { ++entries_[id].references; }
  void release(NextHopId id);

  const wire::NextHop& get(NextHopId id) const { return entries_[id].next_hop; }
  bool is_reachable(NextHopId id) const { return entries_[id].reachable; }
  uint32_t metric(NextHopId id) const { return entries_[id].metric; }

  // By which interface it is reached; empty: not known, or not at all.
  const std::string& interface(NextHopId id) const { return entries_[id].interface; }

  // The answer for one address. True when it changed anything about an id in use.
  bool set_state(const ScopedAddress& address, bool reachable, uint32_t metric);
  // True when it is another than before, of an id in use.
  bool set_interface(const ScopedAddress& address, const std::string& interface);
  // By id: whether its address is one of these.
  std::vector<bool> find(const std::vector<ScopedAddress>& addresses) const;
  // An address that is in use has no answer yet: what depends on it is not known to be unreachable.
  bool is_waiting() const { return !unanswered_.empty(); }

  // Addresses to begin and to stop watching since the last call. An address that nobody uses is let go here and not in
  // release(): one that finds a new user within the turn keeps its watch, and its answer.
  struct Watches {
    std::vector<ScopedAddress> begin;
    std::vector<ScopedAddress> end;
  };
  Watches take_watches();

 private:
  struct Entry {
    wire::NextHop next_hop;
    uint32_t references = 0;
    uint32_t metric = 0;
    std::string interface = {};
    bool reachable = false;
    bool is_idle = false;  // in idle_
    NextHopId before = 0;  // with the same address: a ring
    NextHopId after = 0;
  };
  struct Hash {
    size_t operator()(const wire::NextHop& next_hop) const noexcept;
  };
  void link(NextHopId id);
  bool unlink(NextHopId id);
  template <class Visit>
  void for_each(const ScopedAddress& address, Visit&& visit) const;
  void forget(NextHopId id);

  bool assume_reachable_;
  std::vector<Entry> entries_;
  std::vector<NextHopId> free_;
  std::vector<NextHopId> idle_;  // were without a user at some time since take_watches()
  // A peer may say a million of them: each step costs the same however many there are.
  std::unordered_map<wire::NextHop, NextHopId, Hash> ids_;
  std::unordered_map<ScopedAddress, NextHopId> by_address_;  // one of those that differ in the link-local companion
  Watches watches_;
  std::unordered_set<ScopedAddress> unanswered_;
};

}  // namespace bgp::rib
