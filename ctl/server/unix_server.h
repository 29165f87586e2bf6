// The control socket: JSON-RPC 2.0 over a unix stream socket, one JSON object per line (ctl/protocol/frame.h).
//
// Who calls: bgp/daemon opens one on the store thread's io_context. The methods node.* go to the Handlers, which fetch
// values from the routing thread; store.* go straight to the store, which lives on this thread; rendering happens here.
// Invariants: all of the server runs on that io_context's thread; a client that does not read, dawdles over a request,
// or sends too long a line is closed and nobody else notices (limits::kControl*); reads are for whoever may open the
// socket (mode 0660), writes for root and for the user who runs the agent (SO_PEERCRED).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "bgp/base/ip_address.h"
#include "bgp/base/limits.h"
#include "bgp/base/result.h"
#include "config/store/store.h"
#include "ctl/protocol/error.h"
#include "ctl/protocol/frame.h"
#include "ctl/protocol/routes.h"
#include "ctl/protocol/status.h"

namespace boost::asio {
class io_context;
}

namespace ctl::server {

// Answers one call. May be called from any thread, later, once; after limits::kControlDeadline the client has been told
// that the agent did not answer, and a late reply is dropped.
template <class T>
using Reply = std::function<void(bgp::Result<T, protocol::Error>)>;

// Called on the server's thread; must not block.
struct Handlers {
  std::function<void(Reply<protocol::NodeStatus>)> node_status;
  // An address that is no peer: ErrorCode::NotFound.
  std::function<void(const bgp::IpAddress&, Reply<protocol::PeerDetail>)> node_peer;
  std::function<void(const protocol::RoutesQuery&, Reply<protocol::RoutePage>)> node_routes;
};

struct ServerOptions {
  std::string path;  // ".../calico-bgp.ctl"; its directory is made if it is missing
  protocol::VersionInfo version;
  std::chrono::nanoseconds deadline = bgp::limits::kControlDeadline;
};

struct ServerError {
  enum class Kind : uint8_t { Busy, Failed };  // Busy: another live agent serves this socket
  Kind kind = Kind::Failed;
  std::string reason;
};

class LineServer;

class UnixServer {
 public:
  // Binds, replacing a socket file that nobody serves, and begins to accept. `io` and `store` must outlive the server.
  static bgp::Result<std::unique_ptr<UnixServer>, ServerError> open(boost::asio::io_context& io, ServerOptions options,
                                                                    config::store::Store& store, Handlers handlers);
  // Closes every connection and removes the socket file. On the server's thread, or when that has stopped.
  ~UnixServer();
  UnixServer(const UnixServer&) = delete;
  UnixServer& operator=(const UnixServer&) = delete;

  // For tests and metrics.
  size_t clients() const;

 private:
  explicit UnixServer(std::shared_ptr<LineServer> server);
  std::shared_ptr<LineServer> server_;
};

}  // namespace ctl::server
