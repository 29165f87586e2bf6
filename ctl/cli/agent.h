// The running agent as the node commands see it.
#pragma once

#include <memory>
#include <string>

#include "bgp/base/result.h"
#include "ctl/protocol/error.h"
#include "ctl/protocol/frame.h"
#include "ctl/protocol/routes.h"
#include "ctl/protocol/status.h"

namespace ctl::cli {

class Agent {
 public:
  template <class T>
  using Outcome = bgp::Result<T, protocol::Error>;

  virtual ~Agent() = default;
  virtual Outcome<protocol::VersionInfo> version() = 0;
  virtual Outcome<protocol::NodeStatus> node_status() = 0;
  virtual Outcome<protocol::PeerDetail> node_peer(const std::string& address) = 0;
  virtual Outcome<protocol::RoutePage> node_routes(const protocol::RoutesQuery& query) = 0;
};

// Behind a control socket; connects for each call.
std::unique_ptr<Agent> agent_at(std::string socket_path);

}  // namespace ctl::cli
