#include "bgp/io/tcp_listener.h"

#include <boost/asio/ip/v6_only.hpp>

#include "bgp/base/limits.h"

namespace bgp::io {

using boost::asio::ip::tcp;
using boost::system::error_code;

error_code TcpListener::open(Family family, uint16_t port) {
  tcp protocol = family == Family::IPv4 ? tcp::v4() : tcp::v6();
  error_code error;
  acceptor_.open(protocol, error);
  if (error) return error;
  acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && family == Family::IPv6) acceptor_.set_option(boost::asio::ip::v6_only(true), error);
  if (!error) acceptor_.bind({protocol, port}, error);
  if (!error) acceptor_.listen(limits::kListenBacklog, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (!error) await();
  return error;
}

void TcpListener::close() {
  error_code ignored;  // it goes either way
  acceptor_.close(ignored);
  pause_.cancel();
}

void TcpListener::await() {
  acceptor_.async_wait(tcp::acceptor::wait_read, [this](const error_code& waited) {
    if (!waited) accept_all();
  });
}

// Takes everybody who waits: a mesh that starts at once fills the backlog within milliseconds.
void TcpListener::accept_all() {
  for (int i = 0; i < limits::kListenBacklog; ++i) {
    error_code error;
    tcp::socket socket = acceptor_.accept(error);
    bool is_exhausted = error == boost::asio::error::no_descriptors || error == boost::asio::error::no_memory ||
                        error == boost::asio::error::no_buffer_space || error.value() == ENFILE;
    if (is_exhausted) return await_later();
    if (error) break;  // nobody left, or the one who was is gone
    accepted_(std::move(socket));
  }
  await();
}

// Out of descriptors or memory: who waits keeps the socket readable, so waiting for that would spin.
void TcpListener::await_later() {
  pause_.expires_after(std::chrono::nanoseconds(limits::kAcceptPause));
  pause_.async_wait([this](const error_code& error) {
    if (!error) accept_all();
  });
}

}  // namespace bgp::io
