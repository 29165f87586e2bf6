// A unix socket whose clients send lines and are answered in lines: what the JSON-RPC server and the BIRD one share.
// Private to this room.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "ctl/server/connection.h"
#include "ctl/server/socket_file.h"

namespace ctl::server {

struct LineService {
  std::string path;
  Connection::Bounds bounds;
  std::string greeting;  // to each client; none when it is empty
  std::string busy;      // to one client more than limits::kControlClientsMax, which is closed
  // As in Connection::Events.
  std::string too_long;
  std::function<std::string(const std::string& line)> unanswered;
  std::function<void(const std::shared_ptr<Connection>&, uint64_t ticket, const std::string& line)> request;
};

class LineServer : public std::enable_shared_from_this<LineServer> {
 public:
  // Binds, and begins to accept. Whoever holds it must close() it.
  static bgp::Result<std::shared_ptr<LineServer>, ServerError> open(boost::asio::io_context& io, LineService service);
  void close();
  size_t clients() const { return clients_.size(); }

 private:
  LineServer(boost::asio::io_context& io, LineService service, SocketFile file);
  void accept();
  void accept_later();
  void serve(boost::asio::local::stream_protocol::socket socket);
  Connection::Events events();

  LineService service_;
  std::optional<SocketFile> file_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
  boost::asio::steady_timer retry_timer_;
  std::set<std::shared_ptr<Connection>> clients_;
  bool is_closed_ = false;
};

}  // namespace ctl::server
