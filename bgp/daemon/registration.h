// At its start the agent writes its own node resource: what the options say, the rest as stored. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bgp/daemon/autodetect.h"
#include "bgp/daemon/options.h"
#include "config/store/store.h"

namespace bgp::daemon {

struct Registration {
  std::optional<config::store::Write> write;  // nullopt: the store says it already, or there is no address to say
  std::vector<LogRecord> warnings;
};

// The error says which other node has our address: two nodes with one address would answer for each other.
Result<Registration, std::string> register_node(const std::vector<config::store::Entry>& entries, const Options& options,
                                                const std::vector<Interface>& interfaces);

}  // namespace bgp::daemon
