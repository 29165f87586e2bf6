#include "fib/netlink/link_codec.h"

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include <algorithm>

#include "fib/netlink/attributes.h"

namespace fib::netlink {

std::optional<LinkEvent> decode_link(const MessageView& message) {
  bgp::ByteView rest = message.payload;
  std::optional<ifinfomsg> info = take_struct<ifinfomsg>(rest);
  if (!info || info->ifi_family != 0 || info->ifi_index <= 0) return std::nullopt;
  LinkEvent event{message.type == RTM_DELLINK, {}};
  event.link.ifindex = static_cast<uint32_t>(info->ifi_index);
  event.link.up = (info->ifi_flags & IFF_UP) != 0;
  event.link.carrier = (info->ifi_flags & IFF_LOWER_UP) != 0;
  event.link.loopback = (info->ifi_flags & IFF_LOOPBACK) != 0;
  for_each_attribute(rest, [&](uint16_t type, bgp::ByteView payload) {
    if (type == IFLA_IFNAME) event.link.name.assign(payload.begin(), std::find(payload.begin(), payload.end(), 0));
  });
  return event;
}

std::optional<AddressEvent> decode_address(const MessageView& message) {
  bgp::ByteView rest = message.payload;
  std::optional<ifaddrmsg> info = take_struct<ifaddrmsg>(rest);
  if (!info || (info->ifa_family != kInet && info->ifa_family != kInet6)) return std::nullopt;
  std::optional<bgp::IpAddress> local;
  std::optional<bgp::IpAddress> address;
  for_each_attribute(rest, [&](uint16_t type, bgp::ByteView payload) {
    if (type == IFA_LOCAL) local = bgp::IpAddress::from_bytes(payload);
    if (type == IFA_ADDRESS) address = bgp::IpAddress::from_bytes(payload);
  });
  if (!local) local = address;
  if (!local) return std::nullopt;
  return AddressEvent{message.type == RTM_DELADDR, {info->ifa_index, *local, info->ifa_prefixlen}};
}

}  // namespace fib::netlink
