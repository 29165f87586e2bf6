#include "bgp/io/tcp_listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/v6_only.hpp>

#include "bgp/base/limits.h"
#include "bgp/io/endpoint.h"
#include "bgp/io/speaker_driver.h"

namespace bgp::io {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

// A node's address may come later than its agent, and go for a while. Without it bind says what is wrong.
void allow_any_address(int fd) {
  const int on = 1;
  (void)::setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof on);
}

}  // namespace

error_code TcpListener::open(const IpAddress& address, uint16_t port) {
  tcp protocol = address.is_v4() ? tcp::v4() : tcp::v6();
  error_code error;
  acceptor_.open(protocol, error);
  if (error) return error;
  acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && address.is_v6()) acceptor_.set_option(boost::asio::ip::v6_only(true), error);
  if (!error && !address.is_unspecified()) allow_any_address(acceptor_.native_handle());
  if (!error) acceptor_.bind({to_asio(address), port}, error);
  return error;
}

error_code TcpListener::listen() {
  error_code error;
  acceptor_.listen(limits::kListenBacklog, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (!error) await();
  if (!error) reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  return error;
}

TcpListener::~TcpListener() {
  if (reserve_ >= 0) ::close(reserve_);
}

void TcpListener::close() {
  error_code ignored;  // it goes either way
  acceptor_.close(ignored);
  pause_.cancel();
}

void TcpListener::await() {
  acceptor_.async_wait(tcp::acceptor::wait_read, [weak = weak_from_this()](const error_code& waited) {
    if (auto self = weak.lock(); self && !waited) self->accept_all();
  });
}

// Takes everybody who waits: a mesh that starts at once fills the backlog within milliseconds.
void TcpListener::accept_all() {
  for (int i = 0; i < limits::kListenBacklog; ++i) {
    if (Duration wait = rate_.wait(now()); wait > Duration(0)) return await_later(wait);
    error_code error;
    tcp::socket socket = acceptor_.accept(error);
    bool has_no_memory = error == boost::asio::error::no_memory || error == boost::asio::error::no_buffer_space ||
                         error.value() == ENFILE;
    if (has_no_memory) return await_later(limits::kAcceptPause);
    if (error == boost::asio::error::no_descriptors) {
      if (reserve_ < 0) return await_later(limits::kAcceptPause);
      accept_and_close();
      continue;
    }
    if (error) break;  // nobody left, or the one who was is gone
    rate_.take(now());
    events_.accepted(std::move(socket));
  }
  await();
}

// Who waits keeps the socket readable and himself in doubt. Closed, he knows, and tries again later.
void TcpListener::accept_and_close() {
  rate_.take(now());
  ::close(reserve_);
  error_code ignored;
  { tcp::socket refused = acceptor_.accept(ignored); }
  reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  events_.out_of_descriptors();
}

// Who waits keeps the listening socket readable, so waiting for that would spin.
void TcpListener::await_later(Duration wait) {
  pause_.expires_after(std::chrono::nanoseconds(wait));
  pause_.async_wait([weak = weak_from_this()](const error_code& error) {
    if (auto self = weak.lock(); self && !error) self->accept_all();
  });
}

}  // namespace bgp::io
