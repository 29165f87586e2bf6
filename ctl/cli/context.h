// The world of one calicoctl run: everything that a command reads, writes or asks, so that tests bring their own.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "config/store/store.h"
#include "ctl/cli/agent.h"
#include "ctl/protocol/timestamp.h"

namespace ctl::cli {

// Where the user says the agent and the store are; empty: not said.
struct Whereabouts {
  std::string socket;       // --socket
  std::string data_dir;     // --data-dir
  std::string config_file;  // -c
};

enum class Access : uint8_t { Read, Write };

struct Context {
  std::ostream& out;  // results and errors alike, as the v1 tool does it
  std::ostream& err;  // usage only
  std::istream& in;
  std::function<std::optional<std::string>(const std::string& name)> environment;
  std::function<bgp::Result<std::shared_ptr<config::store::Store>, std::string>(const Whereabouts&, Access)> open_store;
  std::function<std::unique_ptr<Agent>(const Whereabouts&)> find_agent;
  std::function<protocol::Timestamp()> now;
  // Between two looks of `--watch`. False: stop watching.
  std::function<bool()> pause;

  Whereabouts whereabouts;   // what stood before the command
  std::string command_line;  // all arguments, as messages quote them
};

}  // namespace ctl::cli
