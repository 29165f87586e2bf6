// A listening socket of one family. Private to the room.
//
// Takes everybody who waits, at most so many a second (limits.h); the rest stays in the backlog. When the process has no
// descriptor left, one that was kept in reserve takes who waits and closes him: nobody hangs, nothing spins.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "bgp/base/ip_address.h"
#include "bgp/base/time.h"
#include "bgp/io/token_bucket.h"

namespace bgp::io {

// Made by make_shared: one that was let go must not be touched by an event that is under way.
class TcpListener : public std::enable_shared_from_this<TcpListener> {
 public:
  struct Events {
    std::function<void(boost::asio::ip::tcp::socket)> accepted;
    std::function<void()> out_of_descriptors;  // somebody was closed for want of one
  };
  // `rate` is shared by the listeners of both families.
  TcpListener(boost::asio::io_context& io, TokenBucket& rate, Events events)
      : acceptor_(io), pause_(io), rate_(rate), events_(std::move(events)) {}
  ~TcpListener();

  // Binds. An unspecified address: every one of its family. One that the machine does not have (yet) is no error.
  boost::system::error_code open(const IpAddress& address, uint16_t port);
  // Lets connections in: when the socket has its keys, for until then nobody would be asked for one.
  boost::system::error_code listen();
  void close();
  int native_handle() { return acceptor_.native_handle(); }

 private:
  void await();
  void accept_all();
  void accept_and_close();
  void await_later(Duration wait);

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  TokenBucket& rate_;
  Events events_;
  int reserve_ = -1;  // a descriptor to give up for an accept
};

}  // namespace bgp::io
