// What the agent writes into its own node resource: what the options say, what it finds by itself, the rest as stored. Pure.
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
  std::vector<LogRecord> records;             // what was chosen and why, and what somebody should look at
};

// At the start. The error says which other node has our address: two nodes with one address would answer for each
// other. An address that is stored for us already is no error, but a warning: another's mistake must not keep us down.
Result<Registration, std::string> register_node(const std::vector<config::store::Entry>& entries, const Options& options,
                                                const Machine& machine);

// While it runs (address_watch.h): another address of its family, for a reason that the record tells.
Result<Registration, std::string> change_address(const std::vector<config::store::Entry>& entries, const Options& options,
                                                 const Detection& detection, const DetectionMethod& method);

// Our own resource; no address if there is none.
config::model::Node stored_node(const std::vector<config::store::Entry>& entries, const std::string& name);

// "address_chosen": the address, its interface, the method, and why others were passed over.
LogRecord choice_record(const Detection& detection, const DetectionMethod& method);

}  // namespace bgp::daemon
