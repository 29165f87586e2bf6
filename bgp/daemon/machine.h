// Asks the machine about itself: its interfaces, and from where it would reach a destination. Sockets and, for a
// destination that is a name, the resolver: it may block.
#pragma once

#include "bgp/daemon/autodetect.h"

namespace bgp::daemon {

// The method of a family whose address is to be found; nullptr: nobody wants to know.
struct Wanted {
  const DetectionMethod* ipv4 = nullptr;
  const DetectionMethod* ipv6 = nullptr;
};

Machine look_at_machine(const Wanted& wanted);

}  // namespace bgp::daemon
