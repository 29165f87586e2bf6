#include "bgp/daemon/autodetect.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>

namespace bgp::daemon {
namespace {

constexpr std::array<std::string_view, 17> kPassedOver = {
    "docker", "cbr", "dummy", "virbr", "lxcbr", "veth", "lo", "cali", "tunl",
    "flannel", "podman", "br-", "kube-ipvs", "cni", "vxlan.calico", "wireguard.cali", "nodelocaldns"};

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

}  // namespace

std::vector<Interface> list_interfaces() {
  ifaddrs* head = nullptr;
  if (getifaddrs(&head) != 0) return {};  // nothing found: the caller says what to do about it
  std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(head, freeifaddrs);
  std::vector<std::pair<unsigned, Interface>> found;
  for (const ifaddrs* i = head; i; i = i->ifa_next) {
    std::optional<IpAddress> address = address_of(i->ifa_addr);
    std::optional<IpAddress> mask = address_of(i->ifa_netmask);
    if (!address || !mask || !(i->ifa_flags & IFF_UP)) continue;
    found.push_back({if_nametoindex(i->ifa_name), {i->ifa_name, {*address, mask_length(*mask)}}});
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Interface> interfaces;
  for (auto& [index, interface] : found) interfaces.push_back(std::move(interface));
  return interfaces;
}

std::optional<config::model::InterfaceAddress> first_found(const std::vector<Interface>& interfaces, Family family) {
  auto is_candidate = [&](const Interface& i) {
    const IpAddress& a = i.address.address;
    bool passed_over = std::any_of(kPassedOver.begin(), kPassedOver.end(),
                                   [&](std::string_view prefix) { return i.name.starts_with(prefix); });
    return !passed_over && a.family() == family && !a.is_loopback() && !a.is_link_local() && !a.is_multicast();
  };
  auto it = std::find_if(interfaces.rbegin(), interfaces.rend(), is_candidate);
  return it == interfaces.rend() ? std::nullopt : std::optional(it->address);
}

}  // namespace bgp::daemon
