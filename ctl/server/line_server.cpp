#include "ctl/server/line_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include "bgp/base/limits.h"

namespace ctl::server {

using boost::asio::local::stream_protocol;
using boost::system::error_code;

namespace {

// Root, or the user who runs the agent.
bool may_write(int descriptor) {
  ucred who{};
  socklen_t size = sizeof who;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return false;
  return who.uid == 0 || who.uid == geteuid();
}

}  // namespace

LineServer::LineServer(boost::asio::io_context& io, LineService service, SocketFile file)
    : service_(std::move(service)), file_(std::move(file)), acceptor_(io), retry_timer_(io) {}

bgp::Result<std::shared_ptr<LineServer>, ServerError> LineServer::open(boost::asio::io_context& io, LineService service) {
  auto file = SocketFile::listen(service.path);
  if (!file) return bgp::Err(file.error());
  std::shared_ptr<LineServer> server(new LineServer(io, std::move(service), std::move(*file)));
  error_code error;
  server->acceptor_.assign(stream_protocol(), server->file_->take_descriptor(), error);
  if (error) return bgp::Err(ServerError{ServerError::Kind::Failed, "control socket: " + error.message()});
  server->accept();
  return server;
}

void LineServer::close() {
  is_closed_ = true;
  file_.reset();
  error_code ignored;  // nothing to do about a socket that does not close
  acceptor_.close(ignored);
  retry_timer_.cancel();
  for (const auto& client : std::set(clients_)) client->close();
}

void LineServer::accept() {
  acceptor_.async_accept([self = shared_from_this()](error_code error, stream_protocol::socket socket) {
    if (self->is_closed_) return;
    if (error) return self->accept_later();
    self->serve(std::move(socket));
    self->accept();
  });
}

// Out of descriptors: asking again at once would spin.
void LineServer::accept_later() {
  retry_timer_.expires_after(std::chrono::milliseconds(100));
  retry_timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error && !self->is_closed_) self->accept();
  });
}

void LineServer::serve(stream_protocol::socket socket) {
  if (clients_.size() >= bgp::limits::kControlClientsMax) {
    std::string line = service_.busy + "\n";
    // The one line fits in the fresh socket's buffer; if it does not, the close says enough.
    (void)!::send(socket.native_handle(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return;
  }
  bool writes = may_write(socket.native_handle());
  auto client = std::make_shared<Connection>(std::move(socket), writes, service_.bounds, events());
  clients_.insert(client);
  client->start(service_.greeting);
}

Connection::Events LineServer::events() {
  std::weak_ptr<LineServer> weak = weak_from_this();
  return {.request =
              [weak](const std::shared_ptr<Connection>& client, uint64_t ticket, const std::string& line) {
                if (auto self = weak.lock()) self->service_.request(client, ticket, line);
              },
          .closed =
              [weak](const std::shared_ptr<Connection>& client) {
                if (auto self = weak.lock()) self->clients_.erase(client);
              },
          .too_long = service_.too_long,
          .unanswered = service_.unanswered};
}

}  // namespace ctl::server
