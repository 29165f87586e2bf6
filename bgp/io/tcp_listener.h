// A listening socket of one family. Private to the room.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "bgp/base/ip_address.h"

namespace bgp::io {

class TcpListener {
 public:
  using Accepted = std::function<void(boost::asio::ip::tcp::socket)>;
  TcpListener(boost::asio::io_context& io, Accepted accepted)
      : acceptor_(io), pause_(io), accepted_(std::move(accepted)) {}

  boost::system::error_code open(Family family, uint16_t port);
  void close();

 private:
  void await();
  void accept_all();
  void await_later();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  Accepted accepted_;
};

}  // namespace bgp::io
