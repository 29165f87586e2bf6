// The file that remembers the node's name, and by which Calico's CNI plugin sees that a node is set up.
#pragma once

#include <string>

#include "bgp/base/result.h"

namespace bgp::daemon {

inline constexpr const char* kNodeNameFile = "/var/lib/calico/nodename";  // or $CALICO_NODENAME_FILE

// Empty: there is none. The error says which file, and why it cannot be read.
Result<std::string, std::string> read_node_name_file(const std::string& path);
// Whole or not at all. A directory that is not there is not made: no Calico is installed then, and that is no error.
Status<std::string> write_node_name_file(const std::string& path, const std::string& name);

}  // namespace bgp::daemon
