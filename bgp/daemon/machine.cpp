#include "bgp/daemon/machine.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <memory>

namespace bgp::daemon {
namespace {

std::optional<IpAddress> address_of(const sockaddr* address) {
  if (!address) return std::nullopt;
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    return IpAddress::from_bytes({reinterpret_cast<const uint8_t*>(&v4->sin_addr), 4});
  }
  if (address->sa_family != AF_INET6) return std::nullopt;
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
  return IpAddress::from_bytes({reinterpret_cast<const uint8_t*>(&v6->sin6_addr), 16});
}

uint8_t mask_length(const IpAddress& mask) {
  int length = 0;
  for (uint8_t byte : mask.bytes()) length += std::popcount(byte);
  return static_cast<uint8_t>(length);
}

std::vector<Interface> list_interfaces() {
  ifaddrs* head = nullptr;
  if (getifaddrs(&head) != 0) return {};  // nothing found: the caller says what to do about it
  std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(head, freeifaddrs);
  std::vector<std::pair<unsigned, Interface>> found;
  for (const ifaddrs* i = head; i; i = i->ifa_next) {
    std::optional<IpAddress> address = address_of(i->ifa_addr);
    std::optional<IpAddress> mask = address_of(i->ifa_netmask);
    if (!address || !mask || !(i->ifa_flags & IFF_UP)) continue;
    std::string name = i->ifa_name;
    name = name.substr(0, name.find(':'));  // a label (eth0:1) is no interface
    found.push_back({if_nametoindex(name.c_str()), {name, {*address, mask_length(*mask)}}});
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<Interface> interfaces;
  for (auto& [index, interface] : found) interfaces.push_back(std::move(interface));
  return interfaces;
}

// Connecting a datagram socket sends nothing; the kernel chooses the way and the source.
Reach source_towards(const addrinfo& destination) {
  const int fd = socket(destination.ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return Err(std::string(std::strerror(errno)));
  sockaddr_storage local{};
  socklen_t size = sizeof local;
  const bool is_known = connect(fd, destination.ai_addr, destination.ai_addrlen) == 0 &&
                        getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size) == 0;
  const std::string reason = std::strerror(errno);
  close(fd);
  if (!is_known) return Err(reason);
  return *address_of(reinterpret_cast<const sockaddr*>(&local));
}

Reach reach(const std::string& destination, Family family) {
  addrinfo hints{};
  hints.ai_family = family == Family::IPv4 ? AF_INET : AF_INET6;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* head = nullptr;
  // Any port: nothing is sent.
  if (int error = getaddrinfo(destination.c_str(), "80", &hints, &head); error != 0)
    return Err("can-reach: '" + destination + "' is not found: " + gai_strerror(error));
  std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(head, freeaddrinfo);
  Reach answer = Err(std::string("it has no address"));
  for (const addrinfo* i = head; i && !answer.ok(); i = i->ai_next) answer = source_towards(*i);
  if (answer.ok()) return answer;
  return Err("can-reach: no way to " + destination + ": " + answer.error());
}

std::optional<Reach> reach_if_asked(const DetectionMethod* method, Family family) {
  if (!method || method->kind != DetectionMethod::Kind::CanReach) return std::nullopt;
  return reach(method->destination, family);
}

}  // namespace

Machine look_at_machine(const Wanted& wanted) {
  return {.interfaces = list_interfaces(),
          .reach4 = reach_if_asked(wanted.ipv4, Family::IPv4),
          .reach6 = reach_if_asked(wanted.ipv6, Family::IPv6),
          .has_ipv6 = access("/proc/sys/net/ipv6", F_OK) == 0};
}

}  // namespace bgp::daemon
