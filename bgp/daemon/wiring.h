// Constructs everything and joins it; every edge is commented "from -> to: what, bound" in wiring.cpp and routing.cpp.
//
// Three threads. Routing: sockets, kernel, Speaker, FibTable. Store: RocksDB, etcd's copy or a remote store, resolve, the control
// socket (so that a stalled reader cannot touch routing), logs. BFD: its sessions alone (once one is wanted), so that they
// are on time whatever routing does. Only immutable values cross, by posting.
#pragma once

#include <memory>
#include <string>

#include "bgp/daemon/options.h"
#include "bgp/daemon/start_error.h"

namespace bgp::daemon {

class Agent {
 public:
  // Opens the store, registers the node, binds, starts. Nothing is left behind when it fails.
  static Result<std::unique_ptr<Agent>, StartError> start(const Options& options);
  ~Agent();

  // Until SIGTERM or SIGINT; then says Cease to everybody and stops both threads. Kernel routes stay.
  void run();

 private:
  class Impl;
  explicit Agent(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bgp::daemon
