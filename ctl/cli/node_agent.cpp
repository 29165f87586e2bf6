#include "ctl/cli/node_agent.h"

namespace ctl::cli {

std::string agent_error_text(const protocol::Error& error) {
  switch (error.code) {
    case protocol::ErrorCode::Unreachable: return "Calico process is not running.\n";
    case protocol::ErrorCode::NotPermitted: return "Need super user privileges: " + error.message + "\n";
    default: return "Error executing command: " + error.message + "\n";
  }
}

}  // namespace ctl::cli
