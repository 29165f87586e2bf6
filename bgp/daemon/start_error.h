// Why the agent does not run.
#pragma once

#include <string>

namespace bgp::daemon {

struct StartError {
  std::string reason;
  int exit_code = 1;  // 75: another agent holds the store or the socket
};

}  // namespace bgp::daemon
