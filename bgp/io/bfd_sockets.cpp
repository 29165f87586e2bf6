#include "bgp/io/bfd_sockets.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/ip/v6_only.hpp>
#include <cstring>

#include "bgp/base/limits.h"
#include "bgp/io/endpoint.h"
#include "bgp/io/socket_options.h"

namespace bgp::io {
namespace {

using boost::asio::ip::udp;
using boost::system::error_code;

udp protocol_of(Family family) { return family == Family::IPv4 ? udp::v4() : udp::v6(); }

IpAddress from_sockaddr(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return IpAddress::v4(ntohl(v4.sin_addr.s_addr));
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  return IpAddress::v6(std::span<const uint8_t, 16>(v6.sin6_addr.s6_addr, 16));
}

// What the kernel says beside the payload: the TTL, and the address the datagram came to.
void read_control(const msghdr& message, bfd::Datagram& datagram) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(const_cast<msghdr*>(&message), c)) {
    const uint8_t* data = CMSG_DATA(c);
    bool is_ttl = (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
                  (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT);
    if (is_ttl) {
      int ttl = 0;
      std::memcpy(&ttl, data, sizeof ttl);
      datagram.ttl = static_cast<uint8_t>(ttl);
    } else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      in_pktinfo info;
      std::memcpy(&info, data, sizeof info);
      datagram.to = IpAddress::v4(ntohl(info.ipi_addr.s_addr));
    } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info;
      std::memcpy(&info, data, sizeof info);
      datagram.to = IpAddress::v6(std::span<const uint8_t, 16>(info.ipi6_addr.s6_addr, 16));
    }
  }
}

}  // namespace

error_code BfdReceiver::open(Family family) {
  error_code error;
  socket_.open(protocol_of(family), error);
  if (error) return error;
  if (family == Family::IPv6) socket_.set_option(boost::asio::ip::v6_only(true), error);
  if (int code = error ? 0 : hear_ttl_and_address(socket_.native_handle(), family))
    error = error_code(code, boost::system::system_category());
  if (!error) socket_.bind({protocol_of(family), multihop_ ? bfd::kMultihopPort : bfd::kSingleHopPort}, error);
  if (!error) socket_.non_blocking(true, error);
  if (!error) await();
  return error;
}

void BfdReceiver::await() {
  socket_.async_wait(udp::socket::wait_read, [this](const error_code& error) {
    if (error) return;
    for (size_t i = 0; i < limits::kBfdPacketsPerTurn && read_one(); ++i) {}
    turn_();
    await();
  });
}

// Longer datagrams than any BFD packet are cut; what is left of them has a Length that lies.
bool BfdReceiver::read_one() {
  std::array<uint8_t, 256> payload;
  alignas(cmsghdr) std::array<uint8_t, 128> control;
  sockaddr_storage from{};
  iovec vector{payload.data(), payload.size()};
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t count = recvmsg(socket_.native_handle(), &message, 0);
  if (count < 0) return errno == EINTR;
  bfd::Datagram datagram;
  datagram.from = from_sockaddr(from);
  datagram.multihop = multihop_;
  datagram.payload = ByteView(payload).first(static_cast<size_t>(count));
  read_control(message, datagram);
  heard_(datagram);
  return true;
}

// RFC 5881 §4: a source port of 49152..65535. Several tries, because each may be somebody else's.
error_code BfdSender::open(Family family, const std::optional<IpAddress>& local, Prng& chance) {
  static constexpr int kTries = 16;
  error_code error;
  socket_.open(protocol_of(family), error);
  if (error) return error;
  if (int code = prepare_bfd_socket(socket_.native_handle(), family))
    return error_code(code, boost::system::system_category());
  auto address = to_asio(local.value_or(IpAddress::unspecified(family)));
  for (int i = 0; i < kTries; ++i) {
    auto port = static_cast<uint16_t>(49152 + chance.below(65536 - 49152));
    socket_.bind({address, port}, error);
    if (error != boost::asio::error::address_in_use) break;
  }
  if (!error) socket_.non_blocking(true, error);
  return error;
}

error_code BfdSender::send(const bfd::Send& packet) {
  error_code error;
  uint16_t port = packet.multihop ? bfd::kMultihopPort : bfd::kSingleHopPort;
  socket_.send_to(boost::asio::buffer(packet.payload), {to_asio(packet.remote), port}, 0, error);
  return error;
}

}  // namespace bgp::io
