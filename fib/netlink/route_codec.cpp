#include "fib/netlink/route_codec.h"

#include <linux/rtnetlink.h>

#include <algorithm>
#include <array>

#include "fib/netlink/attributes.h"

namespace fib::netlink {
namespace {

uint16_t flags_of(const RouteOp& op) {
  switch (op.kind) {
    case RouteOp::Kind::Add: return NLM_F_CREATE | NLM_F_EXCL;
    case RouteOp::Kind::Replace: return NLM_F_CREATE | NLM_F_REPLACE;
    case RouteOp::Kind::Delete: return 0;
  }
  return 0;
}

bool is_attached(const KernelRoute& route) {
  return std::any_of(route.legs.begin(), route.legs.end(), [](const Leg& leg) { return leg.gateway.is_unspecified(); });
}

rtmsg body_of(const RouteOp& op) {
  const KernelRoute& route = op.route;
  rtmsg body{};
  body.rtm_family = route.prefix.family() == bgp::Family::IPv4 ? kInet : kInet6;
  body.rtm_dst_len = route.prefix.length();
  body.rtm_table = static_cast<uint8_t>(route.table < 256 ? route.table : RT_TABLE_UNSPEC);
  body.rtm_protocol = route.protocol;
  if (op.kind == RouteOp::Kind::Delete) {
    body.rtm_scope = RT_SCOPE_NOWHERE;  // any scope; and type 0 is any type
    return body;
  }
  body.rtm_type = route.type == KernelRoute::Type::Blackhole ? RTN_BLACKHOLE : RTN_UNICAST;
  body.rtm_scope = is_attached(route) ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  return body;
}

// RTA_GATEWAY; an IPv4 route over an IPv6 next hop (RFC 8950) says it with RTA_VIA: | family u16 | address |
void write_gateway(const bgp::Prefix& prefix, const Leg& leg, Writer& writer) {
  if (leg.gateway.is_unspecified()) return;
  if (leg.gateway.family() == prefix.family()) return writer.attribute(RTA_GATEWAY, leg.gateway.bytes());
  std::array<uint8_t, 18> via{};
  uint16_t family = leg.gateway.is_v4() ? kInet : kInet6;
  std::memcpy(via.data(), &family, sizeof family);
  std::copy(leg.gateway.bytes().begin(), leg.gateway.bytes().end(), via.begin() + 2);
  writer.attribute(RTA_VIA, bgp::ByteView(via.data(), 2 + leg.gateway.bytes().size()));
}

void write_multipath(const KernelRoute& route, Writer& writer) {
  size_t multipath = writer.open(RTA_MULTIPATH);
  for (const Leg& leg : route.legs) {
    rtnexthop hop{};
    hop.rtnh_flags = leg.onlink ? RTNH_F_ONLINK : 0;
    hop.rtnh_hops = static_cast<uint8_t>(leg.weight - 1);
    hop.rtnh_ifindex = static_cast<int>(leg.ifindex);
    size_t at = writer.structure(hop);
    write_gateway(route.prefix, leg, writer);
    writer.set_length<uint16_t>(at);
  }
  writer.close(multipath);
}

void write_legs(const KernelRoute& route, Writer& writer) {
  if (route.legs.size() > 1) return write_multipath(route, writer);
  if (route.legs.empty()) return;
  write_gateway(route.prefix, route.legs[0], writer);
  writer.u32(RTA_OIF, route.legs[0].ifindex);
}

KernelRoute::Type type_of(uint8_t rtm_type) {
  if (rtm_type == RTN_UNICAST) return KernelRoute::Type::Unicast;
  return rtm_type == RTN_BLACKHOLE ? KernelRoute::Type::Blackhole : KernelRoute::Type::Other;
}

// What a route and each hop of a multipath route have in common.
struct HopAttributes {
  Leg leg;
  bool encapsulated = false;  // a lightweight tunnel: says more than a Leg can
};

bgp::IpAddress decode_via(bgp::ByteView payload) {
  if (payload.size() < 2) return {};
  return bgp::IpAddress::from_bytes(payload.subspan(2)).value_or(bgp::IpAddress());
}

void read_hop_attribute(uint16_t type, bgp::ByteView payload, HopAttributes& hop) {
  switch (type) {
    case RTA_GATEWAY: hop.leg.gateway = bgp::IpAddress::from_bytes(payload).value_or(bgp::IpAddress()); break;
    case RTA_VIA: hop.leg.gateway = decode_via(payload); break;
    case RTA_OIF: hop.leg.ifindex = number<uint32_t>(payload); break;
    case RTA_ENCAP: hop.encapsulated = true; break;
    default: break;
  }
}

void read_flags(unsigned flags, Leg& leg, KernelRoute& route) {
  leg.onlink = (flags & RTNH_F_ONLINK) != 0;
  if ((flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) != 0) route.linkdown = true;
}

void finish_leg(const HopAttributes& hop, KernelRoute& route) {
  if (hop.encapsulated) route.type = KernelRoute::Type::Other;
  Leg leg = hop.leg;
  if (leg.gateway.is_unspecified()) leg.gateway = bgp::IpAddress();
  route.legs.push_back(leg);
}

void read_multipath(bgp::ByteView hops, KernelRoute& route) {
  while (hops.size() >= sizeof(rtnexthop)) {
    rtnexthop header;
    std::memcpy(&header, hops.data(), sizeof header);
    if (header.rtnh_len < sizeof header || header.rtnh_len > hops.size()) return;
    HopAttributes hop;
    hop.leg.ifindex = static_cast<uint32_t>(header.rtnh_ifindex);
    hop.leg.weight = static_cast<uint16_t>(header.rtnh_hops + 1);
    read_flags(header.rtnh_flags, hop.leg, route);
    for_each_attribute(hops.subspan(sizeof header, header.rtnh_len - sizeof header),
                       [&](uint16_t type, bgp::ByteView payload) { read_hop_attribute(type, payload, hop); });
    finish_leg(hop, route);
    hops = hops.subspan(std::min(aligned(header.rtnh_len), hops.size()));
  }
}

bool is_plain(const rtmsg& body) {
  return (body.rtm_family == kInet || body.rtm_family == kInet6) && body.rtm_tos == 0 && body.rtm_src_len == 0 &&
         (body.rtm_flags & RTM_F_CLONED) == 0;
}

}  // namespace

void encode_route_op(const RouteOp& op, bool ack, bgp::Bytes& out) {
  Writer writer(out);
  nlmsghdr header{};
  header.nlmsg_type = op.kind == RouteOp::Kind::Delete ? RTM_DELROUTE : RTM_NEWROUTE;
  header.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | (ack ? NLM_F_ACK : 0) | flags_of(op));
  header.nlmsg_seq = op.id;
  size_t start = writer.structure(header);
  rtmsg body = body_of(op);
  bool removes = op.kind == RouteOp::Kind::Delete;
  if (!removes && op.route.legs.size() == 1 && op.route.legs[0].onlink) body.rtm_flags |= RTNH_F_ONLINK;
  writer.structure(body);
  writer.attribute(RTA_DST, op.route.prefix.address().bytes());
  if (op.route.table > 255) writer.u32(RTA_TABLE, op.route.table);
  if (op.route.metric != 0) writer.u32(RTA_PRIORITY, op.route.metric);
  if (!removes) write_legs(op.route, writer);
  writer.set_length<uint32_t>(start);
}

std::optional<RouteEvent> decode_route(const MessageView& message) {
  bgp::ByteView rest = message.payload;
  std::optional<rtmsg> body = take_struct<rtmsg>(rest);
  if (!body || !is_plain(*body)) return std::nullopt;
  RouteEvent event{message.type == RTM_DELROUTE, (message.flags & NLM_F_REPLACE) != 0, {}};
  KernelRoute& route = event.route;
  route.type = type_of(body->rtm_type);
  route.protocol = body->rtm_protocol;
  route.table = body->rtm_table;
  bgp::Family family = body->rtm_family == kInet ? bgp::Family::IPv4 : bgp::Family::IPv6;
  bgp::IpAddress destination = bgp::IpAddress::unspecified(family);
  HopAttributes hop;
  read_flags(body->rtm_flags, hop.leg, route);
  for_each_attribute(rest, [&](uint16_t type, bgp::ByteView payload) {
    if (type == RTA_DST) destination = bgp::IpAddress::from_bytes(payload).value_or(destination);
    else if (type == RTA_TABLE) route.table = number<uint32_t>(payload);
    else if (type == RTA_PRIORITY) route.metric = number<uint32_t>(payload);
    else if (type == RTA_MULTIPATH) read_multipath(payload, route);
    else read_hop_attribute(type, payload, hop);
  });
  if (destination.family() != family || body->rtm_dst_len > destination.bits()) return std::nullopt;
  route.prefix = bgp::Prefix(destination, body->rtm_dst_len);
  if (route.type == KernelRoute::Type::Blackhole) route.legs.clear();
  else if (route.legs.empty() && hop.leg.ifindex != 0) finish_leg(hop, route);
  std::sort(route.legs.begin(), route.legs.end());
  return event;
}

}  // namespace fib::netlink
