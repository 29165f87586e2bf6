// The speaker's values in the words of BIRD's control socket. Runs on the store thread.
#pragma once

#include <string>
#include <vector>

#include "bgp/daemon/status_view.h"
#include "ctl/bird/view.h"
#include "fib/table/route.h"

namespace bgp::daemon {

// What of the daemon itself a view needs.
struct BirdSelf {
  std::string version;
  std::chrono::system_clock::time_point booted;
  std::chrono::system_clock::time_point reconfigured;
};

// `counts`: of that family; zeros when nobody wants them.
ctl::bird::View to_bird_view(const speaker::Snapshot& snapshot, const speaker::TableCounts& counts, Family family,
                             const BirdSelf& self, const Clocks& clocks);

// What the routing thread knows of one route besides: as the kernel has it, and how it gets to its next hop.
struct BirdRouteFacts {
  fib::RouteStatus kernel;
  std::optional<fib::Way> way;
};
// `facts`: of each route, in the same order; empty when there is no FIB. `snapshot` says when sessions came up.
ctl::bird::RoutePage to_bird_routes(const speaker::RoutePage& page, const std::vector<BirdRouteFacts>& facts,
                                    const speaker::Snapshot& snapshot, const BirdSelf& self, const Clocks& clocks);

ctl::bird::LocalTime to_bird_time(std::chrono::system_clock::time_point at);
// "Mesh_172_17_8_102", "Global_fd00_8__102": as Calico's templates name protocols.
std::string bird_name(const speaker::PeerSnapshot& peer);

}  // namespace bgp::daemon
