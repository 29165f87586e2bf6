// BIRD 1.6's control socket, read-only, for one address family: `birdc`, upstream's `calicoctl node status`, calico/node's
// probes and the exporters for BIRD connect to it. What is said there is ctl/bird's business.
//
// Who calls: bgp/daemon opens one for each family beside the agent's own socket, on the same thread.
// Invariants: those of UnixServer, and: a `show route` holds one page of routes and limits::kBirdChunkBytes of text, and
// goes on when the client has taken that; a client may be silent for limits::kBirdIdleDeadline.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "bgp/base/limits.h"
#include "ctl/bird/view.h"
#include "ctl/server/unix_server.h"

namespace ctl::server {

// As Handlers: called on the server's thread, must not block, may reply from any thread.
struct BirdHandlers {
  // With counts: RouteCounts and TableCounts are filled in, which costs a walk through the table.
  std::function<void(bool with_counts, Reply<bird::View>)> view;
  // Routes of the wanted prefixes from `from` on, a page of them. `is_wanted` is called on any thread.
  std::function<void(const std::optional<bgp::Prefix>& from, std::function<bool(const bgp::Prefix&)> is_wanted,
                     Reply<bird::RoutePage>)> routes;
};

struct BirdOptions {
  std::string path = {};  // ".../bird.ctl"
  bgp::Family family = bgp::Family::IPv4;
  std::string version = {};
  std::chrono::nanoseconds deadline = bgp::limits::kControlDeadline;
  std::chrono::nanoseconds idle = bgp::limits::kBirdIdleDeadline;
};

class BirdServer {
 public:
  // As UnixServer::open.
  static bgp::Result<std::unique_ptr<BirdServer>, ServerError> open(boost::asio::io_context& io, BirdOptions options,
                                                                    BirdHandlers handlers);
  ~BirdServer();
  BirdServer(const BirdServer&) = delete;
  BirdServer& operator=(const BirdServer&) = delete;

  size_t clients() const;

 private:
  explicit BirdServer(std::shared_ptr<LineServer> server);
  std::shared_ptr<LineServer> server_;
};

}  // namespace ctl::server
