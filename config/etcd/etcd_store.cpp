#include "config/etcd/etcd_store.h"

#include <algorithm>

#include "bgp/base/limits.h"
#include "config/etcd/follower.h"
#include "config/etcd/transaction.h"

namespace config::etcd {
namespace {

using store::Entry;
using store::StoreError;
using store::Write;

// Follows etcd for one watcher. The replica knows what the watcher was told, in case that a listing must say the rest.
class DirectWatch : public store::Watch {
 public:
  DirectWatch(const Settings& settings, Replica known, store::WatchCallback callback)
      : replica_(std::move(known)),
        callback_(std::move(callback)),
        follower_(settings, replica_.prefixes(), {replica_.identity().cluster_id, replica_.revision()}, 1,
                  {[this](const Snapshot& snapshot) { return tell(replica_.take(snapshot)); },
                   [this](const WatchAnswer& answer) { return tell(replica_.take(answer)); },
                   [](const Endpoint&) {}, [](const std::string&, bool) {}}) {}

 private:
  std::optional<std::string> tell(const Replica::Verdict& verdict) {
    if (!verdict.changes.empty()) callback_(verdict.changes);
    return verdict.refusal;
  }

  Replica replica_;
  store::WatchCallback callback_;
  Follower follower_;  // last: its thread uses the rest
};

StoreError too_many(size_t count) {
  return {.kind = StoreError::Kind::NotPermitted,
          .reason = std::to_string(count) + " writes at once, etcd takes at most " +
                    std::to_string(bgp::limits::kEtcdWritesMax) + "; split the file",
          .key = {}};
}

}  // namespace

EtcdStore::EtcdStore(Settings settings, bgp::Duration patience) : settings_(settings), client_(std::move(settings), patience) {}

bgp::Result<std::optional<Entry>, StoreError> EtcdStore::get(const std::string& key) {
  const std::lock_guard lock(mutex_);
  auto answer = client_.range({.range = {key, ""}});
  if (!answer) return bgp::Err(to_store_error(answer.error()));
  if (answer->entries.empty()) return std::optional<Entry>();
  return std::optional<Entry>(std::move(answer->entries.front()));
}

bgp::Result<store::Listing, StoreError> EtcdStore::list(const std::string& prefix) {
  const std::lock_guard lock(mutex_);
  auto snapshot = client_.list({range_of_prefix(prefix)});
  if (!snapshot) return bgp::Err(to_store_error(snapshot.error()));
  return store::Listing{std::move(snapshot->entries), snapshot->header.revision};
}

bgp::Result<uint64_t, StoreError> EtcdStore::commit(const std::vector<Write>& writes) {
  if (writes.size() > bgp::limits::kEtcdWritesMax) return bgp::Err(too_many(writes.size()));
  const std::lock_guard lock(mutex_);
  const std::string request = txn_request(writes);
  for (bool is_repeat = false;; is_repeat = true) {
    auto answer = client_.transact(request);
    if (answer && answer->succeeded) return answer->header.revision;
    if (answer && is_repeat && has_happened(writes, answer->present)) return answer->header.revision;
    if (answer) return bgp::Err(conflict_among(writes, answer->present));
    if (!is_repeat && answer.error().maybe_done && is_repeatable(writes)) continue;
    Failure failure = answer.error();
    failure.maybe_done = failure.maybe_done || is_repeat;  // the first one may have had its effect
    return bgp::Err(to_store_error(failure));
  }
}

bgp::Result<std::unique_ptr<store::Watch>, StoreError> EtcdStore::watch(const std::string& prefix, uint64_t after,
                                                                        store::WatchCallback callback) {
  const std::lock_guard lock(mutex_);
  // To know later which keys have gone. What is newer than `after` the watcher has not been told yet.
  auto snapshot = client_.list({range_of_prefix(prefix)});
  if (!snapshot) return bgp::Err(to_store_error(snapshot.error()));
  std::erase_if(snapshot->entries, [&](const Entry& entry) { return entry.revision > after; });
  Replica known({prefix});
  known.restore(snapshot->entries, {snapshot->header.cluster_id, "", true}, after);
  return std::unique_ptr<store::Watch>(std::make_unique<DirectWatch>(settings_, std::move(known), std::move(callback)));
}

}  // namespace config::etcd
