// Who watches what, and what happened lately: the part that all in-process stores share.
//
// One lock guards a store and its watchers, so that commits, callbacks and the end of a watch have one order. It is
// recursive: a callback may read the store and end watches (its own too), but it must not commit. When a watch's
// destructor has returned, its callback is not running (on another thread) and will not run again.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/store/store.h"

namespace config::store {

class WatchHub : public std::enable_shared_from_this<WatchHub> {
 public:
  // `revision`: of the store now; nothing is known of what happened up to it.
  explicit WatchHub(uint64_t revision = 0) : forgotten_(revision) {}

  // Requires that the caller holds mutex(), as for publish.
  // Conflict when changes after `after` are forgotten already: list again and watch from there.
  bgp::Result<std::unique_ptr<Watch>, StoreError> add(const std::string& prefix, uint64_t after,
                                                      WatchCallback callback);
  // After a commit, in commit order.
  void publish(const std::vector<Write>& writes, uint64_t revision);
  // Several commits of a remote store at once, by revision: watchers get them in one call.
  void publish(std::vector<Change> changes);

  std::recursive_mutex& mutex() { return mutex_; }

 private:
  // Commits remembered for watchers that listed a moment ago. Overflow: the oldest is forgotten, its watcher lists.
  static constexpr size_t kHistoryMax = 256;

  struct Subscriber {
    std::string prefix;
    WatchCallback callback;
  };
  class Handle;

  std::recursive_mutex mutex_;
  std::map<uint64_t, std::shared_ptr<Subscriber>> subscribers_;
  uint64_t next_id_ = 1;
  std::deque<std::vector<Change>> history_;
  uint64_t forgotten_;  // the newest revision that is not in history_
};

// Does the write's expectation hold against what is stored (nullptr: nothing)? If not, the Conflict to answer with.
std::optional<StoreError> conflict_of(const Write& write, const Entry* stored);

}  // namespace config::store
