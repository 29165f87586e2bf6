// A blocking client of an agent's control socket: one call at a time, each within a deadline.
//
// Who calls: ctl/cli, and RemoteStore. No thread of its own, no global state. Not for use from two threads at once.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "bgp/base/limits.h"
#include "bgp/base/result.h"
#include "ctl/protocol/error.h"
#include "ctl/protocol/frame.h"
#include "ctl/protocol/routes.h"
#include "ctl/protocol/status.h"
#include "ctl/protocol/store_calls.h"

namespace ctl::client {

template <class T>
using Outcome = bgp::Result<T, protocol::Error>;

class UnixClient {
 public:
  // Unreachable: nobody serves this socket. NotPermitted: this user may not open it.
  static Outcome<UnixClient> connect(const std::string& path,
                                     std::chrono::nanoseconds deadline = bgp::limits::kControlDeadline * 2);
  ~UnixClient();
  UnixClient(UnixClient&& other) noexcept;
  UnixClient& operator=(UnixClient&&) = delete;

  Outcome<protocol::VersionInfo> version();
  Outcome<protocol::NodeStatus> node_status();
  Outcome<protocol::PeerDetail> node_peer(const std::string& address);
  // One page.
  Outcome<protocol::RoutePage> node_routes(const protocol::RoutesQuery& query);

  Outcome<std::optional<config::store::Entry>> store_get(const std::string& key);
  // Every page; the revision is the first page's (protocol/store_calls.h says why).
  Outcome<config::store::Listing> store_list(const std::string& prefix);
  Outcome<uint64_t> store_commit(const std::vector<config::store::Write>& writes);
  // After it, this connection is for next_changes() alone.
  Outcome<bgp::Done> store_watch(const protocol::WatchQuery& query);
  // Waits for changes without a deadline, or until `stop_descriptor` becomes readable: then an empty list.
  Outcome<std::vector<config::store::Change>> next_changes(int stop_descriptor);

 private:
  UnixClient(std::string path, int descriptor, std::chrono::nanoseconds deadline)
      : path_(std::move(path)), descriptor_(descriptor), deadline_(deadline) {}
  // The result of a call as JSON text.
  Outcome<std::string> call(std::string_view method, std::string params);
  Outcome<bgp::Done> send_line(const std::string& line, std::chrono::steady_clock::time_point until);
  // nullopt: the stop descriptor became readable.
  Outcome<std::optional<std::string>> read_line(std::optional<std::chrono::steady_clock::time_point> until, int stop);

  std::string path_;
  int descriptor_;
  std::chrono::nanoseconds deadline_;
  uint64_t last_id_ = 0;
  std::string input_;
};

}  // namespace ctl::client
