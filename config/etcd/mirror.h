// The agent's store when etcd is shared: reads and watches come from a copy in memory, commits go to etcd, and the copy is
// kept on disk as the last known good state. Behind the Store seam nobody notices that etcd is away, but for commits.
//
// Threads: a Follower's keeps the copy level and calls watchers; get, list and watch answer at once from any thread; a
// commit blocks for etcd, and until the copy has it. While etcd is away or refused, a commit fails at once.
// What Calico keeps there and we do not (workloads, policies, IPAM's blocks and handles) is neither watched nor kept; a get of
// such a key asks etcd.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bgp/base/log.h"
#include "config/etcd/cache.h"
#include "config/etcd/etcd_store.h"
#include "config/etcd/follower.h"
#include "config/store/watch_hub.h"

namespace config::etcd {

struct MirrorStatus {
  enum class State : uint8_t { Starting, Level, Away, Refused };
  std::string type;    // "etcdv3", or "etcdv2": the layout that is followed
  State state = State::Starting;
  std::string reason;  // of Away and Refused
  std::chrono::system_clock::time_point since;
  uint64_t revision = 0;
  std::vector<Skipped> skipped;
};

class Mirror : public store::Store {
 public:
  struct Options {
    Settings settings;
    std::string type = "etcdv3";
    std::vector<std::string> prefixes = own_prefixes();
    uint64_t seed = 0;
    std::string cache_dir;  // as the advice after a refusal names it
  };
  // From the follower's thread.
  struct Events {
    std::function<void(const bgp::LogRecord&)> log;
    std::function<void()> level;
  };

  // `cache`: null when there is none. Starts to follow at once.
  Mirror(Options options, std::unique_ptr<store::Store> cache, Events events);
  ~Mirror() override;

  bgp::Result<std::optional<store::Entry>, store::StoreError> get(const std::string& key) override;
  bgp::Result<store::Listing, store::StoreError> list(const std::string& prefix) override;
  bgp::Result<uint64_t, store::StoreError> commit(const std::vector<store::Write>& writes) override;
  bgp::Result<std::unique_ptr<store::Watch>, store::StoreError> watch(const std::string& prefix, uint64_t after,
                                                                      store::WatchCallback callback) override;

  // Are there entries to work with? Answers when etcd was reached or refused; when it is away, at once if there is a copy
  // of an earlier time, else after `patience`.
  bool wait_for_entries(bgp::Duration patience);
  MirrorStatus status() const;

  // Of the kinds of config/model, and ClusterInformation.
  static std::vector<std::string> own_prefixes();

 private:
  using State = MirrorStatus::State;

  void load_cache();
  std::optional<std::string> apply(const Replica::Verdict& verdict);
  void save(const Replica::Verdict& verdict);
  void become_level(const Endpoint& endpoint);
  void lose(const std::string& reason, bool is_refused);
  void log(bgp::LogLevel level, std::string event, std::vector<std::pair<std::string, std::string>> fields);

  std::string cache_dir_;
  Events events_;
  std::shared_ptr<store::WatchHub> hub_;  // its lock guards replica_ and status_
  std::condition_variable_any changed_;
  Replica replica_;
  MirrorStatus status_;
  std::unique_ptr<Cache> cache_;          // the follower's alone, once it runs
  bool is_cache_broken_ = false;
  EtcdStore etcd_;
  std::unique_ptr<Follower> follower_;    // last: its thread uses the rest
};

}  // namespace config::etcd
