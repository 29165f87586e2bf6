// A verb of calicoctl: its name, its help, and what it does. The list of them is in command.cpp.
#pragma once

#include <string>
#include <vector>

#include "ctl/cli/context.h"
#include "ctl/cli/options.h"

namespace ctl::cli {

struct Command {
  std::string name;     // "create", "node status"
  std::string summary;  // one line of the overview
  std::string usage;    // the "Usage:" paragraph: what a bad command line is answered with
  std::string details;  // the rest of the help
  OptionList options;
  // Returns the exit status, or nullopt when the arguments make no sense together.
  std::optional<int> (*run)(Context& context, const Arguments& arguments);
};

const std::vector<const Command*>& all_commands();

// Runs `calicoctl <words>`; returns the exit status, 0 or 1.
int run(const std::vector<std::string>& words, Context context);

// The options that every command takes besides its own.
OptionList with_store_options(OptionList options);
// Those, on top of what stood before the command.
Whereabouts whereabouts(const Context& context, const Arguments& arguments);

// ---- commands/: one file per verb --------------------------------------------------------------------------------
extern const Command kCreate, kApply, kReplace, kDelete, kGet, kConfig, kNodeStatus, kNodeRoutes, kNodePeer, kVersion;

}  // namespace ctl::cli
