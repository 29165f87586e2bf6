// Writes route operations in batches and brings each one's answer home.
#pragma once

#include <span>
#include <vector>

#include "fib/io/netlink_socket.h"
#include "fib/netlink/message.h"

namespace fib::io {

class RouteWriter {
 public:
  explicit RouteWriter(NetlinkSocket& socket) : socket_(&socket), buffer_(kBufferBytes) {}

  struct Answers {
    std::vector<netlink::Ack> refusals;  // by operation id (= sequence); everything else was done
    bool is_complete = true;             // false: answers were lost, the kernel should be read again
  };
  // Sends all operations, 64 KiB at a time. The kernel answers a refusal always, success only where asked: we ask for
  // the last of each batch, which costs a quarter less than asking for all.
  Answers write(std::span<const RouteOp> ops);

 private:
  static constexpr size_t kBatchBytes = 64 * 1024;
  static constexpr size_t kBufferBytes = 32 * 1024;

  void send_batch(std::span<const RouteOp> ops, Answers& answers);
  bool collect(uint32_t last, Answers& answers);

  NetlinkSocket* socket_;
  std::vector<uint8_t> buffer_;
  bgp::Bytes batch_;
};

}  // namespace fib::io
