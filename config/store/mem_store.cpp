#include "config/store/mem_store.h"

#include <mutex>

namespace config::store {

bgp::Result<std::optional<Entry>, StoreError> MemStore::get(const std::string& key) {
  const std::lock_guard lock(hub_->mutex());
  const auto found = entries_.find(key);
  return found == entries_.end() ? std::optional<Entry>() : std::optional<Entry>(found->second);
}

bgp::Result<Listing, StoreError> MemStore::list(const std::string& prefix) {
  const std::lock_guard lock(hub_->mutex());
  Listing listing;
  listing.revision = revision_;
  for (auto entry = entries_.lower_bound(prefix); entry != entries_.end() && entry->first.starts_with(prefix); ++entry) {
    listing.entries.push_back(entry->second);
  }
  return listing;
}

bgp::Result<uint64_t, StoreError> MemStore::commit(const std::vector<Write>& writes) {
  const std::lock_guard lock(hub_->mutex());
  for (const Write& write : writes) {
    const auto found = entries_.find(write.key);
    if (auto conflict = conflict_of(write, found == entries_.end() ? nullptr : &found->second)) {
      return bgp::Err(*conflict);
    }
  }
  if (writes.empty()) return revision_;
  ++revision_;
  for (const Write& write : writes) {
    if (write.value) {
      entries_[write.key] = {write.key, *write.value, revision_};
    } else {
      entries_.erase(write.key);
    }
  }
  hub_->publish(writes, revision_);
  return revision_;
}

bgp::Result<std::unique_ptr<Watch>, StoreError> MemStore::watch(const std::string& prefix, uint64_t after,
                                                                WatchCallback callback) {
  const std::lock_guard lock(hub_->mutex());
  return hub_->add(prefix, after, std::move(callback));
}

}  // namespace config::store
