#include "bgp/rib/next_hops.h"

#include <algorithm>
#include <utility>

#include "bgp/base/assert.h"

namespace bgp::rib {

static ScopedAddress key_of(const wire::NextHop& next_hop) { return {next_hop.address, next_hop.ifindex}; }

NextHops::NextHops(bool assume_reachable) : assume_reachable_(assume_reachable), entries_(1) {
  entries_[0].reachable = true;  // id 0: ourselves
}

NextHopId NextHops::intern(const wire::NextHop& next_hop) {
  ScopedAddress key = key_of(next_hop);
  auto [first, last] = by_address_.equal_range(key);
  for (auto it = first; it != last; ++it) {
    if (entries_[it->second].next_hop != next_hop) continue;
    ++entries_[it->second].references;
    return it->second;
  }
  NextHopId id;
  if (free_.empty()) {
    id = static_cast<NextHopId>(entries_.size());
    entries_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  entries_[id] = Entry{next_hop, 1, 0, {}, assume_reachable_, false};
  if (first != last) {  // another id has asked for this address already
    entries_[id].reachable = entries_[first->second].reachable;
    entries_[id].metric = entries_[first->second].metric;
    entries_[id].interface = entries_[first->second].interface;
  } else if (!assume_reachable_) {
    watches_.begin.push_back(key);
    unanswered_.insert(key);
  }
  by_address_.emplace(key, id);
  return id;
}

void NextHops::release(NextHopId id) {
  if (id == 0) return;
  BGP_ASSERT(entries_[id].references > 0);
  Entry& entry = entries_[id];
  if (--entry.references > 0 || std::exchange(entry.is_idle, true)) return;
  idle_.push_back(id);
}

void NextHops::forget(NextHopId id) {
  ScopedAddress address = key_of(entries_[id].next_hop);
  auto [first, last] = by_address_.equal_range(address);
  by_address_.erase(std::find_if(first, last, [&](const auto& entry) { return entry.second == id; }));
  free_.push_back(id);
  if (assume_reachable_ || by_address_.find(address) != by_address_.end()) return;
  watches_.end.push_back(address);
  unanswered_.erase(address);
}

bool NextHops::set_state(const ScopedAddress& address, bool reachable, uint32_t metric) {
  bool changed = false;
  unanswered_.erase(address);
  auto [first, last] = by_address_.equal_range(address);
  for (auto it = first; it != last; ++it) {
    Entry& entry = entries_[it->second];
    changed |= entry.reachable != reachable || entry.metric != metric;
    entry.reachable = reachable;
    entry.metric = metric;
  }
  return changed;
}

bool NextHops::set_interface(const ScopedAddress& address, const std::string& interface) {
  bool changed = false;
  auto [first, last] = by_address_.equal_range(address);
  for (auto it = first; it != last; ++it)
    changed |= std::exchange(entries_[it->second].interface, interface) != interface;
  return changed;
}

NextHops::Watches NextHops::take_watches() {
  for (NextHopId id : std::exchange(idle_, {})) {
    entries_[id].is_idle = false;
    if (entries_[id].references == 0) forget(id);
  }
  return std::exchange(watches_, {});
}

}  // namespace bgp::rib
