// The speaker's values in the words of the control socket. Pure; runs on the store thread.
#pragma once

#include "bgp/daemon/wall_clock.h"
#include "bgp/speaker/snapshot.h"
#include "ctl/protocol/routes.h"
#include "ctl/protocol/status.h"
#include "fib/table/route.h"

namespace bgp::daemon {

ctl::protocol::NodeStatus to_node_status(const speaker::Snapshot& snapshot, const std::string& node_name,
                                         const Clocks& clocks);
ctl::protocol::PeerDetail to_peer_detail(const speaker::PeerDetailSnapshot& detail, const Clocks& clocks);

// Does the kernel forward by it? `kernel`: of its prefix; null when there is no FIB.
bool is_installed(const speaker::RouteSnapshot& route, const fib::RouteStatus* kernel);
// `kernel`: of each route's prefix, in the same order; empty when there is no FIB.
ctl::protocol::RoutePage to_route_page(const speaker::RoutePage& page, const std::vector<fib::RouteStatus>& kernel);

}  // namespace bgp::daemon
