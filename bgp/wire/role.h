// RFC 9234 §3.1: what a speaker is to its neighbour, with the code of the capability.
#pragma once

#include <cstdint>

namespace bgp::wire {

enum class Role : uint8_t { Provider = 0, RouteServer = 1, RouteServerClient = 2, Customer = 3, Peer = 4 };

}  // namespace bgp::wire
