// The speaker's values as the status of a CalicoNodeStatus. Upstream reads BIRD's control sockets for it, so its words
// are those of bird_view. Runs on the store thread.
#pragma once

#include <array>
#include <vector>

#include "bgp/daemon/bird_view.h"
#include "config/model/kinds/calico_node_status.h"

namespace bgp::daemon {

// What the routing thread knows, read in one turn.
struct LiveStatus {
  struct Table {
    speaker::RoutePage page;
    std::vector<BirdRouteFacts> facts;  // of each route; empty when there is no FIB
  };
  speaker::Snapshot snapshot;
  bool has_routes = false;             // they were asked for
  std::array<Table, 2> tables = {};    // by rib::index_of
};

struct NodeStatusReport {
  config::model::Value status;  // without lastUpdated
  bool is_cut = false;          // limits::kNodeStatusBytesMax or kRoutesPerPage: peers or routes are missing in it
};
// A class that is not wanted is there and empty, as upstream's types have it.
NodeStatusReport to_report(const config::model::CalicoNodeStatus& wanted, const LiveStatus& live, const BirdSelf& self,
                           const Clocks& clocks);

// The value to store instead of `stored`; nullopt: it says the same already, but for lastUpdated.
std::optional<std::string> updated(const std::string& stored, config::model::Value status,
                                   std::chrono::system_clock::time_point now);

}  // namespace bgp::daemon
