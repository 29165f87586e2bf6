// The text of `node status`.
#pragma once

#include <string>

#include "ctl/protocol/status.h"

namespace ctl::cli::output {

// "Calico process is running.", a section a family, an empty line. In the order of status.peers.
std::string status_text(const protocol::NodeStatus& status, protocol::Timestamp now);

// SINCE, in local time: HH:MM:SS while it is less than 20 hours ago (as BIRD does), else YYYY-MM-DD.
std::string since_text(protocol::Timestamp since, protocol::Timestamp now);

// One session in full: `node peer`.
std::string peer_text(const protocol::PeerDetail& detail);

}  // namespace ctl::cli::output
