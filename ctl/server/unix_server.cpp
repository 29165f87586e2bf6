#include "ctl/server/unix_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <set>

#include "ctl/server/connection.h"
#include "ctl/server/dispatch.h"
#include "ctl/server/socket_file.h"

namespace ctl::server {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

namespace {

// Root, or the user who runs the agent.
bool may_write(int descriptor) {
  ucred who{};
  socklen_t size = sizeof who;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return false;
  return who.uid == 0 || who.uid == geteuid();
}

std::string error_line(protocol::ErrorCode code, const std::string& message, const std::string& id = "null") {
  return to_line(protocol::Response{id, bgp::Err(protocol::Error{code, message, {}, 0})});
}

std::string unanswered_line(const std::string& line) {
  auto request = protocol::parse_request(line);
  return error_line(protocol::ErrorCode::Timeout, "the agent did not answer in time; it may be overloaded",
                    request.ok() ? request->id : request.error().id);
}

}  // namespace

class UnixServer::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& io, ServerOptions options, config::store::Store& store, Handlers handlers, SocketFile file)
      : service_{std::move(options), store, std::move(handlers)},
        file_(std::move(file)),
        acceptor_(io),
        retry_timer_(io) {}

  error_code listen() {
    error_code error;
    acceptor_.assign(stream_protocol(), file_->take_descriptor(), error);
    return error;
  }

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](error_code error, stream_protocol::socket socket) {
      if (self->is_closed_) return;
      if (error) return self->accept_later();
      self->serve(std::move(socket));
      self->accept();
    });
  }

  void close() {
    is_closed_ = true;
    file_.reset();
    error_code ignored;  // nothing to do about a socket that does not close
    acceptor_.close(ignored);
    retry_timer_.cancel();
    for (const auto& client : std::set(clients_)) client->close();
  }

  size_t clients() const { return clients_.size(); }

 private:
  // Out of descriptors: asking again at once would spin.
  void accept_later() {
    retry_timer_.expires_after(std::chrono::milliseconds(100));
    retry_timer_.async_wait([self = shared_from_this()](error_code error) {
      if (!error && !self->is_closed_) self->accept();
    });
  }

  void serve(stream_protocol::socket socket) {
    if (clients_.size() >= bgp::limits::kControlClientsMax) {
      std::string line = error_line(protocol::ErrorCode::TooManyClients,
                                    "the agent serves as many clients as it can; try again in a moment") +
                         "\n";
      // The one line fits in the fresh socket's buffer; if it does not, the close says enough.
      (void)!::send(socket.native_handle(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      return;
    }
    bool writes = may_write(socket.native_handle());
    auto client = std::make_shared<Connection>(std::move(socket), writes, service_.options.deadline, events());
    clients_.insert(client);
    client->start();
  }

  Connection::Events events() {
    std::weak_ptr<Impl> weak = weak_from_this();
    return {
        .request =
            [weak](const std::shared_ptr<Connection>& client, uint64_t ticket, const std::string& line) {
              if (auto self = weak.lock()) dispatch(self->service_, client, ticket, line);
            },
        .closed =
            [weak](const std::shared_ptr<Connection>& client) {
              if (auto self = weak.lock()) self->clients_.erase(client);
            },
        .too_long = error_line(protocol::ErrorCode::TooLarge, "the request is longer than the control socket takes"),
        .unanswered = unanswered_line};
  }

  Service service_;
  std::optional<SocketFile> file_;
  stream_protocol::acceptor acceptor_;
  asio::steady_timer retry_timer_;
  std::set<std::shared_ptr<Connection>> clients_;
  bool is_closed_ = false;
};

UnixServer::UnixServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

bgp::Result<std::unique_ptr<UnixServer>, ServerError> UnixServer::open(asio::io_context& io, ServerOptions options,
                                                                       config::store::Store& store, Handlers handlers) {
  auto file = SocketFile::listen(options.path);
  if (!file) return bgp::Err(file.error());
  auto impl = std::make_shared<Impl>(io, std::move(options), store, std::move(handlers), std::move(*file));
  if (error_code error = impl->listen())
    return bgp::Err(ServerError{ServerError::Kind::Failed, "control socket: " + error.message()});
  impl->accept();
  return std::unique_ptr<UnixServer>(new UnixServer(std::move(impl)));
}

UnixServer::~UnixServer() { impl_->close(); }

size_t UnixServer::clients() const { return impl_->clients(); }

}  // namespace ctl::server
