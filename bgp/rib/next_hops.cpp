#include "bgp/rib/next_hops.h"

#include <utility>

#include "bgp/base/assert.h"

namespace bgp::rib {

static ScopedAddress key_of(const wire::NextHop& next_hop) { return {next_hop.address, next_hop.ifindex}; }

NextHops::NextHops(bool assume_reachable) : assume_reachable_(assume_reachable), entries_(1) {
  entries_[0].reachable = true;  // id 0: ourselves
}

size_t NextHops::Hash::operator()(const wire::NextHop& next_hop) const noexcept {
  size_t hash = std::hash<ScopedAddress>()(key_of(next_hop));
  return next_hop.link_local ? hash * 31 + std::hash<IpAddress>()(*next_hop.link_local) : hash;
}

NextHopId NextHops::intern(const wire::NextHop& next_hop) {
  auto [at, is_new] = ids_.try_emplace(next_hop, NextHopId{0});
  if (!is_new) {
    ++entries_[at->second].references;
    return at->second;
  }
  NextHopId id;
  if (free_.empty()) {
    id = static_cast<NextHopId>(entries_.size());
    entries_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  at->second = id;
  entries_[id] = Entry{next_hop, 1, 0, {}, assume_reachable_, false, id, id};
  link(id);
  return id;
}

void NextHops::link(NextHopId id) {
  ScopedAddress key = key_of(entries_[id].next_hop);
  auto [at, is_first] = by_address_.try_emplace(key, id);
  Entry& entry = entries_[id];
  if (!is_first) {  // another id has asked for this address already
    Entry& other = entries_[at->second];
    entry.reachable = other.reachable;
    entry.metric = other.metric;
    entry.interface = other.interface;
    entry.before = at->second;
    entry.after = std::exchange(other.after, id);
    entries_[entry.after].before = id;
  } else if (!assume_reachable_) {
    watches_.begin.push_back(key);
    unanswered_.insert(key);
  }
}

// True when nobody is left with that address.
bool NextHops::unlink(NextHopId id) {
  const Entry& entry = entries_[id];
  auto at = by_address_.find(key_of(entry.next_hop));
  if (entry.after == id) {
    by_address_.erase(at);
    return true;
  }
  at->second = entry.after;
  entries_[entry.before].after = entry.after;
  entries_[entry.after].before = entry.before;
  return false;
}

template <class Visit>
void NextHops::for_each(const ScopedAddress& address, Visit&& visit) const {
  auto at = by_address_.find(address);
  if (at == by_address_.end()) return;
  NextHopId id = at->second;
  do {
    visit(id);
    id = entries_[id].after;
  } while (id != at->second);
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
  ids_.erase(entries_[id].next_hop);
  free_.push_back(id);
  if (!unlink(id) || assume_reachable_) return;
  watches_.end.push_back(address);
  unanswered_.erase(address);
}

bool NextHops::set_state(const ScopedAddress& address, bool reachable, uint32_t metric) {
  bool changed = false;
  unanswered_.erase(address);
  for_each(address, [&](NextHopId id) {
    Entry& entry = entries_[id];
    changed |= entry.reachable != reachable || entry.metric != metric;
    entry.reachable = reachable;
    entry.metric = metric;
  });
  return changed;
}

bool NextHops::set_interface(const ScopedAddress& address, const std::string& interface) {
  bool changed = false;
  for_each(address, [&](NextHopId id) { changed |= std::exchange(entries_[id].interface, interface) != interface; });
  return changed;
}

std::vector<bool> NextHops::find(const std::vector<ScopedAddress>& addresses) const {
  std::vector<bool> found(entries_.size());
  for (const ScopedAddress& address : addresses) for_each(address, [&](NextHopId id) { found[id] = true; });
  return found;
}

NextHops::Watches NextHops::take_watches() {
  for (NextHopId id : std::exchange(idle_, {})) {
    entries_[id].is_idle = false;
    if (entries_[id].references == 0) forget(id);
  }
  return std::exchange(watches_, {});
}

}  // namespace bgp::rib
