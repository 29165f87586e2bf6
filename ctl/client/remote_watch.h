// The thread behind RemoteStore::watch. Private to this room.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <thread>

#include "config/store/store.h"
#include "ctl/client/remote_store.h"
#include "ctl/client/unix_client.h"

namespace ctl::client {

class RemoteWatch : public config::store::Watch {
 public:
  static bgp::Result<std::unique_ptr<config::store::Watch>, config::store::StoreError> start(
      std::string path, protocol::WatchQuery query, config::store::WatchCallback callback, RemoteStore::OnLost on_lost);
  ~RemoteWatch() override;

 private:
  RemoteWatch(std::string path, protocol::WatchQuery query, config::store::WatchCallback callback,
              RemoteStore::OnLost on_lost, int stop);

  void run(UnixClient client);
  // Connected, watching, and level with the agent again; an error when it is still away.
  Outcome<UnixClient> reconnect();
  // Hands changes until the connection or the watch ends. True: the watch ends.
  bool follow(UnixClient& client);
  void deliver(const std::vector<config::store::Change>& changes);
  std::vector<config::store::Change> difference(const config::store::Listing& now) const;
  bool stopped_within(std::chrono::milliseconds pause);

  std::string path_;
  protocol::WatchQuery query_;
  config::store::WatchCallback callback_;
  RemoteStore::OnLost on_lost_;
  int stop_;                               // an eventfd, readable when the watch ends
  std::map<std::string, uint64_t> known_;  // what the watcher believes to exist, and its revision
  std::thread thread_;
};

}  // namespace ctl::client
