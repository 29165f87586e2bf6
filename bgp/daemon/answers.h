// What is asked on the sockets, answered from what the routing and the BFD thread know.
//
// Who calls: wiring makes one; the servers, on the store thread, call the handlers. A question goes to the routing thread
// and comes back as a value; each client has one at a time (ctl/server). Everything named must outlive the servers.
// All answers, those on BIRD's sockets and in a CalicoNodeStatus too, have their times of day from one WallClock.
#pragma once

#include <functional>
#include <string>

#include "bgp/daemon/config_source.h"
#include "bgp/daemon/node_status_view.h"
#include "bgp/daemon/wall_clock.h"
#include "bgp/io/bfd_driver.h"
#include "bgp/speaker/speaker.h"
#include "config/etcd/mirror.h"
#include "ctl/server/bird_server.h"
#include "ctl/server/unix_server.h"
#include "fib/io/kernel_driver.h"

namespace boost::asio {
class io_context;
}

namespace bgp::daemon {

class Answers {
 public:
  struct Sources {
    boost::asio::io_context& routing;
    boost::asio::io_context& store;
    const std::string& node_name;
    speaker::Speaker& speaker;         // the routing thread's
    fib::io::KernelDriver* kernel;     // the routing thread's; null with --fib none
    io::BfdDriver& bfd;
    const ConfigSource& config;        // the store thread's
    const config::etcd::Mirror* etcd;  // null without
    const BirdSelf& bird_self;         // the store thread's
    Instant started;
  };

  explicit Answers(Sources sources) : from_(sources) {}
  ctl::server::Handlers handlers();
  ctl::server::BirdHandlers bird_handlers(Family family);
  // For a CalicoNodeStatus. `then` is called on the store thread.
  void read_live(bool with_routes, std::function<void(const LiveStatus&, const Clocks&)> then);

 private:
  template <class T>
  void with_speaker(std::function<T()> read, std::function<void(T)> then);
  void answer_peer(const IpAddress& address, const ctl::server::Reply<ctl::protocol::PeerDetail>& reply);
  LiveStatus::Table read_table(Family family) const;
  BirdRouteFacts facts_of(const speaker::RouteSnapshot& route) const;
  Clocks read_clocks();

  Sources from_;
  WallClock wall_clock_;  // the store thread's
};

}  // namespace bgp::daemon
