// Opens the datastore that the options name, makes it fit for a node that comes to it, and registers that node in it.
//
// Who calls: wiring, at the start; then, on the store thread, whenever etcd is back. All of it may block on the store.
#pragma once

#include <functional>
#include <memory>

#include "bgp/daemon/log_writer.h"
#include "bgp/daemon/options.h"
#include "bgp/daemon/start_error.h"
#include "config/etcd/mirror.h"
#include "config/store/store.h"
#include "ctl/protocol/status.h"

namespace bgp::daemon {

struct OpenStore {
  std::unique_ptr<config::store::Store> store;
  config::etcd::Mirror* etcd = nullptr;  // in the store, when it is etcd
};

// Of etcd: with what is remembered of it, if it cannot be reached; with WAIT_FOR_DATASTORE also with nothing. `level` is called on etcd's thread after each outage.
Result<OpenStore, StartError> open_store(const Options& options, LogWriter& log, std::function<void()> level);

StartError to_start_error(const config::store::StoreError& error);
ctl::protocol::DatastoreStatus to_datastore_status(const config::etcd::MirrorStatus& etcd);

// Makes Calico's ClusterInformation where nobody did yet: by it we know this datastore again (config/etcd/identity.h).
Status<config::store::StoreError> initialise(config::store::Store& store);

// Why the store, `etcd` if it is that, does not answer; nullopt: it does. At most limits::kDatastoreWait passes for etcd.
std::optional<std::string> unanswered(config::store::Store& store, config::etcd::Mirror* etcd);

// Writes our node resource, where what it says changes, and makes the default resources that are missing. `etcd`: the
// store, if it is that.
Status<StartError> register_self(config::store::Store& store, const config::etcd::Mirror* etcd, const Options& options,
                                 LogWriter& log);

}  // namespace bgp::daemon
