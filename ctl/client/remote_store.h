// The store of an agent on this machine, through its control socket: of calicoctl, and of a second agent that runs with
// `--datastore unix:PATH`.
//
// get, list and commit open a connection each, so a restarted agent is simply there again; while it is away they answer
// Unreachable at once. A commit that was sent and not answered may have happened: expected revisions make a repeat
// safe. A watch has a thread and a connection of its own. When it loses the agent it says so (`on_lost`), tries again
// with a growing pause, and then compares a fresh listing with what it has told the watcher: the difference comes as
// ordinary changes. So a watcher sees every key's newest value and every erasure, but not the steps in between.
#pragma once

#include <functional>
#include <string>

#include "config/store/store.h"

namespace ctl::client {

class RemoteStore : public config::store::Store {
 public:
  // From a watch's thread: why it lost the agent; `kind` is Unreachable unless the store behind it is at fault.
  using OnLost = std::function<void(const config::store::StoreError&)>;

  explicit RemoteStore(std::string socket_path, OnLost on_lost = {});

  bgp::Result<std::optional<config::store::Entry>, config::store::StoreError> get(const std::string& key) override;
  bgp::Result<config::store::Listing, config::store::StoreError> list(const std::string& prefix) override;
  bgp::Result<uint64_t, config::store::StoreError> commit(const std::vector<config::store::Write>& writes) override;
  // The callback runs on the watch's thread, never inside this call. Destroying the Watch waits for a running callback.
  bgp::Result<std::unique_ptr<config::store::Watch>, config::store::StoreError> watch(
      const std::string& prefix, uint64_t after, config::store::WatchCallback callback) override;

 private:
  std::string path_;
  OnLost on_lost_;
};

}  // namespace ctl::client
