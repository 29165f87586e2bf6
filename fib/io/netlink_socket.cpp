#include "fib/io/netlink_socket.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace fib::io {
namespace {

bgp::Status<KernelError> checked(int result, const char* operation) {
  if (result >= 0) return bgp::Done{};
  return bgp::Err(kernel_error(operation, errno));
}

int set_option(int fd, int level, int option, int value) { return setsockopt(fd, level, option, &value, sizeof value); }

}  // namespace

KernelError kernel_error(std::string operation, int code) {
  return {std::move(operation), code, std::system_category().message(code)};
}

bgp::Result<NetlinkSocket, KernelError> NetlinkSocket::open(int receive_buffer_bytes) {
  NetlinkSocket opened;
  opened.fd_ = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (opened.fd_ < 0) return bgp::Err(kernel_error("open netlink socket", errno));
  bgp::Status<KernelError> ready = opened.set_up(receive_buffer_bytes);
  if (!ready) return bgp::Err(ready.error());
  return opened;
}

void NetlinkSocket::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

bgp::Status<KernelError> NetlinkSocket::set_up(int receive_buffer_bytes) {
  // The forced size needs CAP_NET_ADMIN; without it we take what rmem_max grants.
  if (set_option(fd_, SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer_bytes) != 0)
    set_option(fd_, SOL_SOCKET, SO_RCVBUF, receive_buffer_bytes);
  // Older kernels know neither: errors then come without words, or with more bytes.
  set_option(fd_, SOL_NETLINK, NETLINK_EXT_ACK, 1);
  set_option(fd_, SOL_NETLINK, NETLINK_CAP_ACK, 1);
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  if (bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return bgp::Err(kernel_error("bind netlink socket", errno));
  socklen_t length = sizeof address;
  if (getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length) != 0)
    return bgp::Err(kernel_error("name netlink socket", errno));
  port_ = address.nl_pid;
  return bgp::Done{};
}

bgp::Status<KernelError> NetlinkSocket::join_groups() {
  for (int group : {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE}) {
    bgp::Status<KernelError> joined =
        checked(set_option(fd_, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group), "join netlink group");
    if (!joined) return joined;
  }
  return bgp::Done{};
}

// Classic BPF loads big-endian from a message in host order, so the constants are swapped instead.
bgp::Status<KernelError> NetlinkSocket::ignore_routes_of(uint32_t port) {
  constexpr uint32_t kTypeAt = 4;
  constexpr uint32_t kPortAt = 12;
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, kTypeAt),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_NEWROUTE), 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_DELROUTE), 0, 2),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kPortAt),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(port), 1, 0),
      BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  sock_fprog filter{sizeof program / sizeof program[0], program};
  return checked(setsockopt(fd_, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter), "filter netlink socket");
}

int NetlinkSocket::send(bgp::ByteView bytes) {
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  ssize_t sent = sendto(fd_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&kernel), sizeof kernel);
  return sent < 0 ? errno : 0;
}

NetlinkSocket::Read NetlinkSocket::read(std::span<uint8_t> buffer) {
  sockaddr_nl from{};
  socklen_t length = sizeof from;
  for (;;) {
    ssize_t n = recvfrom(fd_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return {errno, {}};
    if (from.nl_pid != 0) continue;  // another process may write to us; only the kernel is believed
    return {0, bgp::ByteView(buffer.data(), static_cast<size_t>(n))};
  }
}

}  // namespace fib::io
