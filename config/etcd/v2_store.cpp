#include "config/etcd/v2_store.h"

#include <algorithm>
#include <map>

#include "config/etcd/identity.h"
#include "config/etcd/v2_layout.h"
#include "config/store/keys.h"
#include "config/store/watch_hub.h"

namespace config::etcd {

using store::Change;
using store::Entry;
using store::StoreError;
using store::Write;

namespace {

bool passes(const std::string& key) {
  return key == kClusterInformationKey || key.starts_with("/calico/bgp/v1/") || key.starts_with("/calico/v1/");
}

}  // namespace

bgp::Result<store::Listing, StoreError> V2Store::list_below() {
  store::Listing all;
  for (const std::string& prefix : v2::prefixes()) {
    auto listing = below_->list(prefix);
    if (!listing) return listing;
    all.revision = all.revision == 0 ? listing->revision : std::min(all.revision, listing->revision);
    std::move(listing->entries.begin(), listing->entries.end(), std::back_inserter(all.entries));
  }
  return all;
}

bgp::Result<std::optional<Entry>, StoreError> V2Store::get(const std::string& key) {
  if (passes(key)) return below_->get(key);
  auto below = list_below();
  if (!below) return bgp::Err(below.error());
  return v2::join(key, v2::group(below->entries)[key]);
}

bgp::Result<store::Listing, StoreError> V2Store::list(const std::string& prefix) {
  auto below = list_below();
  if (!below) return below;
  store::Listing listing;
  listing.revision = below->revision;
  for (const Entry& entry : below->entries) {
    if (entry.key == kClusterInformationKey && entry.key.starts_with(prefix)) listing.entries.push_back(entry);
  }
  for (const auto& [resource, parts] : v2::group(below->entries)) {
    if (!resource.starts_with(prefix)) continue;
    if (auto entry = v2::join(resource, parts)) listing.entries.push_back(std::move(*entry));
  }
  std::sort(listing.entries.begin(), listing.entries.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
  return listing;
}

bgp::Result<uint64_t, StoreError> V2Store::commit(const std::vector<Write>& writes) {
  auto below = list_below();
  if (!below) return bgp::Err(below.error());
  v2::Parts parts = v2::group(below->entries);
  std::vector<Write> all;
  for (const Write& write : writes) {
    if (passes(write.key)) {
      all.push_back(write);
      continue;
    }
    const auto stored = v2::join(write.key, parts[write.key]);
    if (auto conflict = store::conflict_of(write, stored ? &*stored : nullptr)) return bgp::Err(*conflict);
    auto split = v2::split(write, parts[write.key]);
    if (!split) return bgp::Err(StoreError{.kind = StoreError::Kind::Unknown, .reason = split.error(), .key = {}});
    std::move(split->begin(), split->end(), std::back_inserter(all));
  }
  if (all.empty()) return below->revision;
  auto revision = below_->commit(all);
  if (revision) return revision;
  StoreError error = revision.error();
  if (const auto resource = v2::resource_of(error.key)) error.key = *resource;
  return bgp::Err(std::move(error));
}

bgp::Result<std::unique_ptr<store::Watch>, StoreError> V2Store::watch(const std::string& prefix, uint64_t after,
                                                                      store::WatchCallback callback) {
  return below_->watch(std::string(store::kRoot), after,
                       [this, prefix, callback = std::move(callback)](const std::vector<Change>& below) {
                         tell(prefix, below, callback);
                       });
}

void V2Store::tell(const std::string& prefix, const std::vector<Change>& below, const store::WatchCallback& callback) {
  std::map<std::string, uint64_t> touched;
  std::vector<Change> changes;
  for (const Change& change : below) {
    if (change.key == kClusterInformationKey && change.key.starts_with(prefix)) changes.push_back(change);
    const auto resource = v2::resource_of(change.key);
    if (resource && resource->starts_with(prefix)) touched[*resource] = std::max(touched[*resource], change.revision);
  }
  if (auto now = list_below()) {
    v2::Parts parts = v2::group(now->entries);
    for (const auto& [resource, revision] : touched) {
      auto entry = v2::join(resource, parts[resource]);
      changes.push_back({resource, entry ? std::optional(std::move(entry->value)) : std::nullopt, revision});
    }
  }
  if (!changes.empty()) callback(changes);
}

}  // namespace config::etcd
