// Reads the whole kernel state in slices: links, addresses, routes of both families, one dump after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fib/io/netlink_socket.h"
#include "fib/netlink/message.h"

namespace fib::io {

class KernelReader {
 public:
  enum class Progress : uint8_t {
    More,         // call read_slice() again, after others had their turn
    Consistent,   // read to the end
    Interrupted,  // to the end or not, but it does not show one moment
  };

  explicit KernelReader(NetlinkSocket& socket) : socket_(&socket), buffer_(kBufferBytes) {}

  void begin();
  // Hands each fact to `take`. At most kReadsPerSlice reads, some five thousand routes.
  Progress read_slice(const std::function<void(const KernelEvent&)>& take);

 private:
  static constexpr size_t kBufferBytes = 64 * 1024;  // the kernel fills no more than 32 KiB
  static constexpr int kReadsPerSlice = 16;

  void request();
  bool next_stage();
  bool take_datagram(bgp::ByteView datagram, const std::function<void(const KernelEvent&)>& take);

  NetlinkSocket* socket_;
  std::vector<uint8_t> buffer_;
  size_t stage_ = 0;
  uint32_t sequence_ = 0;
  bool is_interrupted_ = false;
};

}  // namespace fib::io
