// One AF_NETLINK socket to rtnetlink. The kernel serves a request inside send(): when it returns, the answers are in
// the receive buffer already; nothing here ever blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "bgp/base/bytes.h"
#include "bgp/base/result.h"
#include "fib/netlink/kernel_route.h"

namespace fib::io {

class NetlinkSocket {
 public:
  NetlinkSocket() = default;
  NetlinkSocket(NetlinkSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)), port_(other.port_) {}
  NetlinkSocket& operator=(NetlinkSocket&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(port_, other.port_);
    return *this;
  }
  ~NetlinkSocket() { close(); }

  // With extended acks, and a receive buffer of that many bytes (beyond rmem_max where we are privileged).
  static bgp::Result<NetlinkSocket, KernelError> open(int receive_buffer_bytes);
  void close();

  // Hears of links, addresses and routes of both families from now on.
  bgp::Status<KernelError> join_groups();
  // Drops the notifications about routes that the socket with this port caused: half a million echoes of our own
  // writes would only overflow the buffer, and their acks told us already.
  bgp::Status<KernelError> ignore_routes_of(uint32_t port);

  // 0 or an errno.
  int send(bgp::ByteView bytes);
  struct Read {
    int error = 0;  // EAGAIN: nothing there; ENOBUFS: something was lost
    bgp::ByteView datagram;
  };
  // Into the caller's buffer; the view is of it.
  Read read(std::span<uint8_t> buffer);

  int fd() const { return fd_; }
  uint32_t port() const { return port_; }

 private:
  bgp::Status<KernelError> set_up(int receive_buffer_bytes);

  int fd_ = -1;
  uint32_t port_ = 0;
};

KernelError kernel_error(std::string operation, int code);

}  // namespace fib::io
