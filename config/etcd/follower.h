// The thread that keeps level with etcd: lists once, then watches from there on, and after every loss takes the watch up
// where it ended. It lists again only when etcd has compacted that away, is another etcd, or was refused.
//
// A watch counts as alive while etcd proves it: without a leader etcd ends it within seconds (header hasleader), and
// after limits::kEtcdProbe of silence a read must be answered by the same member. After a loss the next endpoints are tried.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "config/etcd/backoff.h"
#include "config/etcd/client.h"

namespace config::etcd {

class Follower {
 public:
  // All from the follower's thread. A refusal (why it is not applied) makes it list again, after a longer pause.
  struct Events {
    std::function<std::optional<std::string>(const Snapshot&)> listed;
    std::function<std::optional<std::string>(const WatchAnswer&)> changed;
    std::function<void(const Endpoint&)> level;  // nothing is missing from here on
    std::function<void(const std::string& reason, bool is_refused)> lost;
  };

  // `known`: what the caller has of etcd; revision 0: nothing, list first. Starts at once.
  Follower(Settings settings, std::vector<std::string> prefixes, Header known, uint64_t seed, Events events);
  // Waits for a running event. None comes afterwards.
  ~Follower();

 private:
  // Why following ended.
  struct End {
    std::string reason;
    bool is_refused = false;
  };

  void run();
  End follow();
  std::optional<End> list();
  bool must_list() const { return position_.revision == 0; }
  std::optional<End> open_any_watch();
  std::optional<End> open_watch();
  End watch();
  std::optional<End> take(const WatchAnswer& answer);
  std::optional<End> probe();
  // Another cluster, or an older state of ours: what we know is no place to go on from.
  std::optional<End> compare(const Header& header);
  End list_again(const std::string& reason, bool is_refused = false);
  bool pause(bgp::Duration duration);

  std::vector<std::string> prefixes_;
  Header position_;
  Events events_;
  Backoff backoff_;
  Client client_;
  Connection stream_;
  Endpoint watched_;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool is_stopped_ = false;
  std::thread thread_;
};

}  // namespace config::etcd
