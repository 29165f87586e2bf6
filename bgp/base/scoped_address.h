// An address, and the link it is meant on where the address alone does not say: fe80::1 is on every link (RFC 4007 §6).
#pragma once

#include "bgp/base/ip_address.h"

namespace bgp {

struct ScopedAddress {
  ScopedAddress() = default;
  ScopedAddress(const IpAddress& on, uint32_t link = 0) : address(on), ifindex(link) {}
  IpAddress address;
  uint32_t ifindex = 0;  // 0: any; what an address that is not link-local says
  auto operator<=>(const ScopedAddress&) const = default;
};

}  // namespace bgp

template <>
struct std::hash<bgp::ScopedAddress> {
  size_t operator()(const bgp::ScopedAddress& a) const noexcept {
    return std::hash<bgp::IpAddress>()(a.address) + a.ifindex * size_t{0x9e3779b97f4a7c15};
  }
};
