// From the store to the speaker: follows the store by its watch, resolves what it says for this node after
// each change of the store, of a secret or of a workload, and hands on what differs. Lives on the store thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/steady_timer.hpp>

#include "bgp/base/log.h"
#include "bgp/daemon/endpoint_files.h"
#include "bgp/daemon/secret_files.h"
#include "config/desired/resolve.h"
#include "config/store/store.h"

namespace bgp::daemon {

class ConfigSource {
 public:
  struct Events {
    std::function<void(const config::desired::Resolved&)> resolved;  // on the store thread; only when what is to be done differs
    std::function<void(const LogRecord&)> log;
    // A CalicoNodeStatus, at the start or changed: no configuration depends on it, and it changes all the time.
    std::function<void(const config::store::Change&)> node_status;
  };
  struct Directories {
    std::string secrets;
    std::string endpoint_status;
  };
  // `io`, the store thread's, and `store` must outlive the source.
  ConfigSource(boost::asio::io_context& io, config::store::Store& store, config::desired::NodeIdentity node,
               const Directories& directories, Events events);

  // Reads the store (blocking) and watches it from there on. Returns the first configuration.
  Result<config::desired::Resolved, config::store::StoreError> start();
  // Why the store's last word is not in use; what was before is.
  const std::optional<std::string>& problem() const { return last_.problem; }
  // The node resources, as stored.
  std::vector<config::store::Entry> nodes() const;
  // Ends the watch. No event comes afterwards.
  void stop();

 private:
  void take(const std::vector<config::store::Change>& changes);
  bool keep(const config::store::Change& change);
  void resolve_soon();
  void watch_files();
  config::desired::Resolved resolve();
  void report(const config::desired::Resolved& resolved);

  boost::asio::io_context& io_;
  config::store::Store& store_;
  config::desired::Resolver resolver_;
  SecretFiles secrets_;
  EndpointFiles endpoints_;
  boost::asio::steady_timer files_timer_;
  Events events_;
  std::map<std::string, config::store::Entry> nodes_;
  config::desired::Resolved last_;
  bool is_resolving_soon_ = false;
  std::unique_ptr<config::store::Watch> watch_;
};

}  // namespace bgp::daemon
