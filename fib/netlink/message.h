// Netlink framing: the kernel's answers taken apart, dump requests put together. Pure: bytes in, values out.
//
// fib/netlink is the codec between the values of kernel_route.h and rtnetlink(7): message.h frames, route_codec.h and
// link_codec.h know what is inside. fib/io moves the bytes. Numbers are in host byte order, addresses in network
// order. Bytes are checked as if they were hostile, although only the kernel writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bgp/base/bytes.h"
#include "fib/netlink/kernel_route.h"

namespace fib::netlink {

// One message of a datagram. `payload` lives as long as the datagram.
//   +----------+--------+-------+----------+---------+---------...
//   | len u32  | type16 |flags16| seq u32  | port u32| payload, padded to 4
//   +----------+--------+-------+----------+---------+---------...
struct MessageView {
  uint16_t type = 0;
  uint16_t flags = 0;
  uint32_t sequence = 0;
  uint32_t port = 0;  // of the socket whose request caused a notification
  bgp::ByteView payload;

  bool is_done() const;         // NLMSG_DONE: end of a dump
  bool is_interrupted() const;  // NLM_F_DUMP_INTR: the dump does not show one moment
};

// Walks the messages of one datagram; ends at the first that does not fit.
class MessageReader {
 public:
  explicit MessageReader(bgp::ByteView datagram) : rest_(datagram) {}
  std::optional<MessageView> next();

 private:
  bgp::ByteView rest_;
};

// What the kernel said to one request.
struct Ack {
  uint32_t sequence = 0;
  int error = 0;     // errno, positive; 0: done
  std::string text;  // extended ack (NLMSGERR_ATTR_MSG), or empty
};
// nullopt if the message is no NLMSG_ERROR.
std::optional<Ack> decode_ack(const MessageView& message);

// Any message of a dump or of the monitor; nullopt for one that is none of our business.
std::optional<KernelEvent> decode_event(const MessageView& message);

enum class DumpOf : uint8_t { Links, Addresses, RoutesV4, RoutesV6 };
bgp::Bytes encode_dump_request(DumpOf what, uint32_t sequence);

}  // namespace fib::netlink
