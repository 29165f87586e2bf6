// Which store a command works on: etcd, the running agent's, or the embedded one while no agent runs.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bgp/base/result.h"
#include "config/store/store.h"
#include "ctl/cli/context.h"

namespace ctl::cli {

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// --socket, CALICO_BGP_SOCKET, or the default.
std::string socket_path(const Whereabouts& where, const Environment& environment);

// etcd, if the datastore is etcdv3 or etcdv2; no agent is needed then. Else the agent's store if one answers on the socket; else the one in the data directory (--data-dir, CALICO_BGP_DATA_DIR,
// or the default). Two cases where that would surprise: a socket that was named, without a data directory, must answer;
// a data directory named on the command line, without a socket, is opened itself. The error is one line for a person.
bgp::Result<std::shared_ptr<config::store::Store>, std::string> open_store(const Whereabouts& where, Access access,
                                                                           const Environment& environment);

// What `-c FILE` (default /etc/calico/calicoctl.cfg), or else the environment, says the datastore is: "embedded",
// "etcdv3"...
bgp::Result<std::string, std::string> datastore_type(const Whereabouts& where, const Environment& environment);

}  // namespace ctl::cli
