// Which link an address of this machine is on.
#pragma once

#include <cstdint>

#include "bgp/base/ip_address.h"

namespace bgp::io {

// 0 when no interface has it, or it cannot be found out. Cost: one reading of all addresses (getifaddrs).
uint32_t interface_of(const IpAddress& local);

}  // namespace bgp::io
