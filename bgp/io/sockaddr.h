// An address as the kernel's socket options take it. Private to the room.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "bgp/base/ip_address.h"

namespace bgp::io {

// Storage: sockaddr_storage, or the kernel headers' own name for it.
template <class Storage>
void put_address(Storage& out, const IpAddress& address) {
  if (address.is_v4()) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&out);
    v4->sin_family = AF_INET;
    std::copy(address.bytes().begin(), address.bytes().end(), reinterpret_cast<uint8_t*>(&v4->sin_addr));
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&out);
    v6->sin6_family = AF_INET6;
    std::copy(address.bytes().begin(), address.bytes().end(), reinterpret_cast<uint8_t*>(&v6->sin6_addr));
  }
}

}  // namespace bgp::io
