// The UDP sockets of BFD: RFC 5881 §4 and §5, RFC 5883 §5. Private to the room.
#pragma once

#include <boost/asio/ip/udp.hpp>
#include <functional>

#include "bgp/base/prng.h"
#include "bgp/bfd/events.h"

namespace bgp::io {

// Hears one port in one family, on every address.
class BfdReceiver {
 public:
  using Heard = std::function<void(const bfd::Datagram&)>;
  // `turn` is called after each batch of at most limits::kBfdPacketsPerTurn datagrams.
  BfdReceiver(boost::asio::io_context& io, bool multihop, Heard heard, std::function<void()> turn)
      : socket_(io), multihop_(multihop), heard_(std::move(heard)), turn_(std::move(turn)) {}

  boost::system::error_code open(Family family);

 private:
  void await();
  bool read_one();

  boost::asio::ip::udp::socket socket_;
  bool multihop_;
  Heard heard_;
  std::function<void()> turn_;
};

// Speaks for one session: TTL 255, a source port that stays. `Send` decides address and port.
class BfdSender {
 public:
  explicit BfdSender(boost::asio::io_context& io) : socket_(io) {}
  // `chance` chooses the source port.
  boost::system::error_code open(Family family, const std::optional<IpAddress>& local, Prng& chance);
  // A packet that cannot be sent now is lost, as on the wire.
  boost::system::error_code send(const bfd::Send& packet);

 private:
  boost::asio::ip::udp::socket socket_;
};

}  // namespace bgp::io
