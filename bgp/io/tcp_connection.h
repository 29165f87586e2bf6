// One TCP connection, dialled or accepted: non-blocking, no buffer of its own. Private to the room.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>

#include "bgp/base/numbers.h"
#include "bgp/speaker/output.h"

namespace bgp::io {

class TcpConnection : public std::enable_shared_from_this<TcpConnection> {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  struct Events {
    std::function<void(ConnId, const IpAddress& local)> connected;
    std::function<void(ConnId, std::string reason)> connect_failed;
    std::function<void(ConnId)> readable;
    std::function<void(ConnId)> writable;
  };

  TcpConnection(ConnId id, Socket socket, const Events& events)
      : id_(id), socket_(std::move(socket)), events_(events) {}

  void dial(const speaker::output::Connect& request);
  // Adopts a connection that the listener accepted.
  void adopt();
  // Each asks for one event.
  void await_readable();
  void await_writable();

  // Octets moved, or the error (would_block among them).
  size_t read(std::span<uint8_t> buffer, boost::system::error_code& error);
  size_t write(ByteView bytes, boost::system::error_code& error);
  void close(ByteView last_words);

  int native_handle() { return socket_.native_handle(); }
  bool is_connected() const { return is_connected_; }

 private:
  void fail(const std::string& reason);

  ConnId id_;
  Socket socket_;
  const Events& events_;
  bool is_connected_ = false;
  bool awaits_writable_ = false;
};

}  // namespace bgp::io
