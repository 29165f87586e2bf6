#include "config/etcd/connection.h"

#include <array>
#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "bgp/base/escape.h"
#include "bgp/base/limits.h"

namespace config::etcd {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

http::request<http::string_body> to_http(const HttpRequest& request, const Endpoint& endpoint) {
  http::request<http::string_body> out{http::verb::post, request.target, 11, request.body};
  out.set(http::field::host, endpoint.to_string().substr(endpoint.is_tls ? 8 : 7));
  out.set(http::field::content_type, "application/json");
  // Without it a watch of a member that lost its leader is silent for ever.
  out.set("Grpc-Metadata-hasleader", "true");
  if (!request.token.empty()) out.set(http::field::authorization, request.token);
  out.prepare_payload();
  return out;
}

std::string tls_files(const Settings& settings) {
  return "CA " + (settings.ca_cert_file.empty() ? std::string("of the system") : settings.ca_cert_file) +
         (settings.cert_file.empty() ? "" : ", certificate " + settings.cert_file + ", key " + settings.key_file);
}

// The name of the file that cannot be used, or empty.
std::string load(ssl::context& context, const Settings& settings, error_code& error) {
  context.set_verify_mode(ssl::verify_peer);
  if (settings.ca_cert_file.empty()) (void)context.set_default_verify_paths(error);
  else (void)context.load_verify_file(settings.ca_cert_file, error);
  if (error) return settings.ca_cert_file;
  if (settings.cert_file.empty()) return {};
  if (context.use_certificate_chain_file(settings.cert_file, error)) return settings.cert_file;
  if (context.use_private_key_file(settings.key_file, ssl::context::pem, error)) return settings.key_file;
  return {};
}

}  // namespace

class Connection::Impl {
 public:
  bgp::Status<Failure> open(const Endpoint& endpoint, const Settings& settings, Deadline deadline);
  bgp::Status<Failure> send(const HttpRequest& request, Deadline deadline);
  bgp::Result<HttpAnswer, Failure> receive(Deadline deadline);
  bgp::Status<Failure> start(const HttpRequest& request, Deadline deadline);
  bgp::Result<std::optional<std::string>, Failure> next_line(Deadline deadline);
  void close();
  void cancel() {
    is_cancelled_ = true;
    asio::post(io_, [] {});  // wakes whoever waits
  }
  bool is_open() const { return socket_.is_open(); }

 private:
  using Parser = http::response_parser<http::buffer_body>;

  bgp::Status<Failure> connect(Deadline deadline);
  bgp::Status<Failure> shake_hands(const Settings& settings, Deadline deadline);
  bool wait(const bool& is_done, Deadline deadline);
  // Starts `begin(handler)` and waits for it; the error is timed_out or operation_aborted when it did not end.
  template <class Begin>
  error_code complete(Begin begin, Deadline deadline);
  template <class Use>
  void with_stream(Use use) {
    if (tls_) use(*tls_);
    else use(socket_);
  }
  Failure failure(const std::string& what, const error_code& error, bool maybe_done = false) const;
  std::optional<std::string> take_line();

  asio::io_context io_{1};
  std::atomic<bool> is_cancelled_ = false;
  Endpoint endpoint_;
  tcp::socket socket_{io_};
  std::optional<ssl::context> context_;
  std::optional<ssl::stream<tcp::socket&>> tls_;
  boost::beast::flat_buffer buffer_;
  // ---- of an answer without end
  std::optional<Parser> parser_;
  std::array<char, 64 * 1024> chunk_{};
  std::string pending_;     // read, and not yet handed out as lines
  size_t looked_at_ = 0;    // no line ends before this
  bool is_reading_ = false;
  bool has_read_ = false;
  error_code read_error_;
};

Failure Connection::Impl::failure(const std::string& what, const error_code& error, bool maybe_done) const {
  const bool is_end = error == http::error::partial_message || error == http::error::end_of_stream || error == asio::error::eof;
  const std::string why = is_cancelled_                       ? "stopped"
                          : error == asio::error::timed_out ? "no answer in time"
                          : is_end                          ? "the connection was closed"
                                                            : error.message();
  return {"etcd " + endpoint_.to_string() + ": " + what + ": " + bgp::printable(why), kUnavailable, maybe_done,
          error == http::error::body_limit};
}

bool Connection::Impl::wait(const bool& is_done, Deadline deadline) {
  io_.restart();
  while (!is_done) {
    if (is_cancelled_ || io_.run_one_until(deadline) == 0) return is_done;
  }
  return true;
}

template <class Begin>
error_code Connection::Impl::complete(Begin begin, Deadline deadline) {
  bool is_done = false;
  error_code result;
  begin([&](const error_code& error, auto&&...) {
    result = error;
    is_done = true;
  });
  if (wait(is_done, deadline)) return result;
  close();  // ends the operation, whose handler still refers to us
  return is_cancelled_ ? asio::error::operation_aborted : asio::error::timed_out;
}

void Connection::Impl::close() {
  error_code ignored;  // it is closed, whatever this says
  (void)socket_.close(ignored);
  io_.restart();
  io_.run();
  tls_.reset();
  context_.reset();
  buffer_.clear();
  parser_.reset();
  pending_.clear();
  looked_at_ = 0;
  is_reading_ = false;
}

bgp::Status<Failure> Connection::Impl::open(const Endpoint& endpoint, const Settings& settings, Deadline deadline) {
  close();
  endpoint_ = endpoint;
  if (auto connected = connect(deadline); !connected) return connected;
  return endpoint.is_tls ? shake_hands(settings, deadline) : bgp::Done{};
}

bgp::Status<Failure> Connection::Impl::connect(Deadline deadline) {
  tcp::resolver resolver(io_);
  error_code error;
  const auto flags = tcp::resolver::numeric_service;
  const auto found = resolver.resolve(endpoint_.host, endpoint_.port, flags, error);
  if (!error) {
    error = complete([&](auto handler) { asio::async_connect(socket_, found, handler); }, deadline);
  }
  if (error) {
    close();
    return bgp::Err(failure("cannot connect", error));
  }
  (void)socket_.set_option(tcp::no_delay(true), error);          // slower without, no more
  (void)socket_.set_option(asio::socket_base::keep_alive(true), error);
  return bgp::Done{};
}

bgp::Status<Failure> Connection::Impl::shake_hands(const Settings& settings, Deadline deadline) {
  context_.emplace(ssl::context::tls_client);
  error_code error;
  if (const std::string file = load(*context_, settings, error); error) {
    close();
    return bgp::Err(failure("cannot use " + file, error));
  }
  tls_.emplace(socket_, *context_);
  tls_->set_verify_callback(ssl::host_name_verification(endpoint_.host));
  (void)asio::ip::make_address(endpoint_.host, error);
  if (error) (void)SSL_set_tlsext_host_name(tls_->native_handle(), endpoint_.host.c_str());  // a name: RFC 6066 §3
  error = complete([&](auto handler) { tls_->async_handshake(ssl::stream_base::client, handler); }, deadline);
  if (!error) return bgp::Done{};
  close();
  return bgp::Err(failure("TLS failed (" + tls_files(settings) + ")", error));
}

bgp::Status<Failure> Connection::Impl::send(const HttpRequest& request, Deadline deadline) {
  const auto message = to_http(request, endpoint_);
  const error_code error = complete(
      [&](auto handler) { with_stream([&](auto& stream) { http::async_write(stream, message, handler); }); }, deadline);
  if (!error) return bgp::Done{};
  close();
  return bgp::Err(failure("cannot send", error, true));
}

bgp::Result<HttpAnswer, Failure> Connection::Impl::receive(Deadline deadline) {
  http::response_parser<http::string_body> parser;
  parser.body_limit(bgp::limits::kEtcdAnswerBytesMax);
  const error_code error = complete(
      [&](auto handler) { with_stream([&](auto& stream) { http::async_read(stream, buffer_, parser, handler); }); },
      deadline);
  if (error) {
    close();
    return bgp::Err(failure("no answer", error, true));
  }
  const bool is_last = !parser.keep_alive();
  auto answer = parser.release();
  if (is_last) close();
  return HttpAnswer{answer.result_int(), std::move(answer.body())};
}

bgp::Status<Failure> Connection::Impl::start(const HttpRequest& request, Deadline deadline) {
  if (auto sent = send(request, deadline); !sent) return sent;
  parser_.emplace();
  parser_->body_limit(boost::none);
  const error_code error = complete(
      [&](auto handler) { with_stream([&](auto& stream) { http::async_read_header(stream, buffer_, *parser_, handler); }); },
      deadline);
  if (!error) return bgp::Done{};
  close();
  return bgp::Err(failure("no answer", error));
}

// A whole line, or what is left at the end of the answer.
std::optional<std::string> Connection::Impl::take_line() {
  size_t end = pending_.find('\n', looked_at_);
  looked_at_ = pending_.size();
  if (end == std::string::npos && parser_->is_done() && !pending_.empty()) end = pending_.size();
  if (end == std::string::npos) return std::nullopt;
  std::string line = pending_.substr(0, end);
  pending_.erase(0, end + 1);
  looked_at_ = 0;
  return line;
}

bgp::Result<std::optional<std::string>, Failure> Connection::Impl::next_line(Deadline deadline) {
  for (;;) {
    if (auto line = take_line()) return line;
    if (parser_->is_done()) return bgp::Err(failure("the watch ended", http::error::end_of_stream));
    if (pending_.size() > bgp::limits::kEtcdAnswerBytesMax)
      return bgp::Err(failure("the watch says too much", http::error::body_limit));
    if (!std::exchange(is_reading_, true)) {
      has_read_ = false;
      parser_->get().body().data = chunk_.data();
      parser_->get().body().size = chunk_.size();
      with_stream([&](auto& stream) {
        http::async_read_some(stream, buffer_, *parser_, [this](const error_code& error, size_t) {
          read_error_ = error;
          has_read_ = true;
        });
      });
    }
    if (!wait(has_read_, deadline)) {
      if (is_cancelled_) return bgp::Err(failure("watching", asio::error::operation_aborted));
      return std::optional<std::string>();  // the reading goes on
    }
    is_reading_ = false;
    pending_.append(chunk_.data(), chunk_.size() - parser_->get().body().size);
    const bool is_whole = read_error_ == http::error::end_of_stream && parser_->is_done();
    if (read_error_ && read_error_ != http::error::need_buffer && !is_whole) return bgp::Err(failure("watching", read_error_));
  }
}

Connection::Connection() : impl_(std::make_unique<Impl>()) {}
Connection::~Connection() { impl_->close(); }

bgp::Status<Failure> Connection::open(const Endpoint& endpoint, const Settings& settings, Deadline deadline) {
  return impl_->open(endpoint, settings, deadline);
}
bool Connection::is_open() const { return impl_->is_open(); }
void Connection::close() { impl_->close(); }
void Connection::cancel() { impl_->cancel(); }

bgp::Result<HttpAnswer, Failure> Connection::post(const HttpRequest& request, Deadline deadline) {
  if (auto sent = impl_->send(request, deadline); !sent) return bgp::Err(sent.error());
  return impl_->receive(deadline);
}
bgp::Status<Failure> Connection::start(const HttpRequest& request, Deadline deadline) {
  return impl_->start(request, deadline);
}
bgp::Result<std::optional<std::string>, Failure> Connection::next_line(Deadline deadline) {
  return impl_->next_line(deadline);
}

}  // namespace config::etcd
