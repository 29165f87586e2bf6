// A BFD session in the words of the control socket. Pure.
#pragma once

#include "bgp/bfd/sessions.h"
#include "bgp/daemon/status_view.h"

namespace bgp::daemon {

ctl::protocol::BfdInfo to_bfd_info(const bfd::Status& status, const Clocks& clocks);

}  // namespace bgp::daemon
