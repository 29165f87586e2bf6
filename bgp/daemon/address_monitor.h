// Looks once in AUTODETECT_POLL_INTERVAL whether the address that was found is still this machine's; what follows from
// that is address_watch's to say. The rim: a timer, a thread that asks the machine (a resolver may keep it waiting), and
// the store. All else happens on the store thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <optional>
#include <vector>

#include "bgp/daemon/address_watch.h"
#include "bgp/daemon/machine.h"
#include "bgp/daemon/options.h"
#include "config/store/store.h"

namespace bgp::daemon {

class AddressMonitor {
 public:
  struct Events {
    std::function<std::vector<config::store::Entry>()> nodes;  // as stored now
    std::function<void(const LogRecord&)> log;
  };
  // `store_io`, `store` and `options` outlive this, and this outlives the last handler of `store_io`.
  AddressMonitor(boost::asio::io_context& store_io, config::store::Store& store, const Options& options, Events events);

  // Nothing happens where the options name every address.
  void start();
  void stop();

 private:
  struct Watched {
    Family family;
    const DetectionMethod* method;
    AddressWatch watch;
  };

  void watch(Family family, const std::string& option, const DetectionMethod& method);
  void wait();
  void ask();
  void look(Watched& watched, const Machine& machine);
  void take(const Detection& detection, const DetectionMethod& method);

  boost::asio::io_context& io_;
  config::store::Store& store_;
  const Options& options_;
  Events events_;
  std::vector<Watched> watched_;
  boost::asio::steady_timer timer_;
  bool is_stopped_ = false;
  std::optional<boost::asio::thread_pool> asking_;  // a thread, where something is watched
};

}  // namespace bgp::daemon
