#include "fib/netlink/message.h"

#include <linux/rtnetlink.h>

#include <algorithm>
#include <limits>

#include "fib/netlink/attributes.h"
#include "fib/netlink/link_codec.h"
#include "fib/netlink/route_codec.h"

namespace fib::netlink {
namespace {

uint16_t request_type(DumpOf what) {
  switch (what) {
    case DumpOf::Links: return RTM_GETLINK;
    case DumpOf::Addresses: return RTM_GETADDR;
    case DumpOf::RoutesV4:
    case DumpOf::RoutesV6: return RTM_GETROUTE;
  }
  return 0;
}

uint8_t request_family(DumpOf what) {
  if (what == DumpOf::RoutesV4) return kInet;
  return what == DumpOf::RoutesV6 ? kInet6 : 0;
}

template <class T>
std::optional<KernelEvent> widen(const std::optional<T>& event) {
  if (!event) return std::nullopt;
  return *event;
}

}  // namespace

bool MessageView::is_done() const { return type == NLMSG_DONE; }
bool MessageView::is_interrupted() const { return (flags & NLM_F_DUMP_INTR) != 0; }

std::optional<MessageView> MessageReader::next() {
  nlmsghdr header;
  if (rest_.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, rest_.data(), sizeof header);
  if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest_.size()) return std::nullopt;
  MessageView message{header.nlmsg_type, header.nlmsg_flags, header.nlmsg_seq, header.nlmsg_pid,
                      rest_.subspan(sizeof header, header.nlmsg_len - sizeof header)};
  rest_ = rest_.subspan(std::min(aligned(header.nlmsg_len), rest_.size()));
  return message;
}

// NLMSG_ERROR: | -errno i32 | header of the request | [its payload unless NLM_F_CAPPED] | [attributes] |
std::optional<Ack> decode_ack(const MessageView& message) {
  bgp::ByteView rest = message.payload;
  if (message.type != NLMSG_ERROR) return std::nullopt;
  std::optional<nlmsgerr> error = take_struct<nlmsgerr>(rest);
  if (!error) return std::nullopt;
  Ack ack{error->msg.nlmsg_seq, -std::max(error->error, -std::numeric_limits<int>::max()), {}};
  if ((message.flags & NLM_F_ACK_TLVS) == 0) return ack;
  if ((message.flags & NLM_F_CAPPED) == 0) {
    size_t echoed = aligned(std::max<size_t>(error->msg.nlmsg_len, sizeof(nlmsghdr))) - sizeof(nlmsghdr);
    rest = rest.subspan(std::min(echoed, rest.size()));
  }
  for_each_attribute(rest, [&](uint16_t type, bgp::ByteView payload) {
    if (type != NLMSGERR_ATTR_MSG) return;
    ack.text.assign(payload.begin(), std::find(payload.begin(), payload.end(), 0));
  });
  return ack;
}

std::optional<KernelEvent> decode_event(const MessageView& message) {
  switch (message.type) {
    case RTM_NEWROUTE:
    case RTM_DELROUTE: return widen(decode_route(message));
    case RTM_NEWLINK:
    case RTM_DELLINK: return widen(decode_link(message));
    case RTM_NEWADDR:
    case RTM_DELADDR: return widen(decode_address(message));
    default: return std::nullopt;
  }
}

bgp::Bytes encode_dump_request(DumpOf what, uint32_t sequence) {
  bgp::Bytes bytes;
  Writer writer(bytes);
  nlmsghdr header{};
  header.nlmsg_type = request_type(what);
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header.nlmsg_seq = sequence;
  writer.structure(header);
  // Every dump takes the one-octet rtgenmsg: the family, and no filter.
  rtgenmsg body{request_family(what)};
  writer.structure(body);
  writer.set_length<uint32_t>(0);
  return bytes;
}

}  // namespace fib::netlink
