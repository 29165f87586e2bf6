#include "bgp/io/interface_of.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <cstring>
#include <memory>

namespace bgp::io {
namespace {

bool is_address(const sockaddr* at, const IpAddress& address) {
  if (at == nullptr || at->sa_family != (address.is_v4() ? AF_INET : AF_INET6)) return false;
  const void* bytes = address.is_v4()
                          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(at)->sin_addr)
                          : static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(at)->sin6_addr);
  return std::memcmp(bytes, address.bytes().data(), address.bytes().size()) == 0;
}

}  // namespace

uint32_t interface_of(const IpAddress& local) {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return 0;
  std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> all(first, freeifaddrs);
  for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next)
    if (is_address(at->ifa_addr, local)) return if_nametoindex(at->ifa_name);
  return 0;
}

}  // namespace bgp::io
