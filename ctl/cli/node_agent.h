// What the node commands say when the agent does not answer as hoped.
#pragma once

#include <string>

#include "ctl/protocol/error.h"

namespace ctl::cli {

// With the newline: no agent, no right to ask it, or its own error.
std::string agent_error_text(const protocol::Error& error);

}  // namespace ctl::cli
