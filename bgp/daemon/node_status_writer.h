// Keeps the CalicoNodeStatus resources of this node up to date: asks the routing thread when one is due, and writes what
// changed. Lives on the store thread.
//
// One report is made at a time, whatever is due. A write names the revision that it was made from, so that nobody's change
// of the spec is ever overwritten.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <set>
#include <string>

#include "bgp/base/log.h"
#include "bgp/daemon/node_status_schedule.h"
#include "bgp/daemon/node_status_view.h"

namespace bgp::daemon {

class NodeStatusWriter {
 public:
  struct Events {
    using Then = std::function<void(const LiveStatus&, const Clocks&)>;
    std::function<void(bool with_routes, Then)> read;  // Then: on the store thread
    std::function<void(const LogRecord&)> log;
  };
  // `io`, the store thread's, `store` and `self` must outlive the writer.
  NodeStatusWriter(boost::asio::io_context& io, config::store::Store& store, std::string node, const BirdSelf& self,
                   Events events);

  // A change of a CalicoNodeStatus of any node, or one that there is at the start.
  void take(const config::store::Change& change);
  void stop();

 private:
  void wait();
  void report_next();
  void report(const std::string& key, const LiveStatus& live, const Clocks& clocks);
  bool write(const NodeStatusSchedule::Wanted& wanted, const LiveStatus& live, const Clocks& clocks);
  void note_cut(const NodeStatusSchedule::Wanted& wanted, bool is_cut);
  void note_failure(const std::string& name, const config::store::StoreError& error);

  config::store::Store& store_;
  const BirdSelf& self_;
  Events events_;
  NodeStatusSchedule schedule_;
  boost::asio::steady_timer timer_;
  bool is_reporting_ = false;
  bool is_stopped_ = false;
  std::set<std::string> cut_;  // keys; said when it begins
  bool is_failing_ = false;    // said when it begins
};

}  // namespace bgp::daemon
