#include "bgp/io/tcp_connection.h"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "bgp/io/endpoint.h"
#include "bgp/io/socket_options.h"
#include "bgp/io/tcp_ao.h"

namespace bgp::io {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// Everything that can fail before the SYN leaves.
error_code open_socket(tcp::socket& socket, const speaker::output::Connect& request) {
  error_code error;
  bool v4 = request.remote.is_v4();
  socket.open(v4 ? tcp::v4() : tcp::v6(), error);
  if (error) return error;
  int fd = socket.native_handle();
  int code = prepare_bgp_socket(fd, request.remote.family());
  if (code == 0 && request.ttl_security_hops)
    code = set_ttl_security(fd, request.remote.family(), *request.ttl_security_hops);
  if (code == 0 && !request.password.empty())
    code = set_md5_key(fd, Prefix(request.remote, static_cast<uint8_t>(request.remote.bits())), request.password);
  if (code == 0) code = set_ao_keys(fd, request.remote, request.tcp_ao);
  if (code != 0) return error_code(code, boost::system::system_category());
  if (request.local_address) socket.bind({to_asio(*request.local_address), 0}, error);
  if (!error) socket.non_blocking(true, error);
  return error;
}

}  // namespace

void TcpConnection::dial(const speaker::output::Connect& request) {
  if (error_code error = open_socket(socket_, request)) return fail(words(error));
  auto self = shared_from_this();
  socket_.async_connect({to_asio(request.remote), request.port}, [self](const error_code& error) {
    if (error == boost::asio::error::operation_aborted) return;
    if (error) return self->fail(words(error));
    error_code ignored;
    tcp::endpoint local = self->socket_.local_endpoint(ignored);
    self->is_connected_ = true;
    self->events_.connected(self->id_, from_asio(local.address()));
    if (self->socket_.is_open()) self->await_readable();
  });
}

// Never from within dial(): the speaker is told later, like of any other failure.
void TcpConnection::fail(const std::string& reason) {
  boost::asio::post(socket_.get_executor(), [self = shared_from_this(), reason] {
    self->events_.connect_failed(self->id_, reason);
  });
}

void TcpConnection::adopt() {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  is_connected_ = true;
  await_readable();
}

void TcpConnection::await_readable() {
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const error_code& error) {
    if (!error) self->events_.readable(self->id_);
  });
}

void TcpConnection::await_writable() {
  if (std::exchange(awaits_writable_, true)) return;
  socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](const error_code& error) {
    self->awaits_writable_ = false;
    if (!error) self->events_.writable(self->id_);
  });
}

size_t TcpConnection::read(std::span<uint8_t> buffer, error_code& error) {
  return socket_.read_some(boost::asio::buffer(buffer.data(), buffer.size()), error);
}

size_t TcpConnection::write(ByteView bytes, error_code& error) {
  return socket_.write_some(boost::asio::buffer(bytes.data(), bytes.size()), error);
}

void TcpConnection::close(ByteView last_words) {
  error_code ignored;  // whoever closes does not care any more whether the other side heard it
  if (is_connected_ && !last_words.empty())
    socket_.write_some(boost::asio::buffer(last_words.data(), last_words.size()), ignored);
  if (is_connected_) socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

}  // namespace bgp::io
