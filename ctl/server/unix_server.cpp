#include "ctl/server/unix_server.h"

#include "ctl/server/dispatch.h"
#include "ctl/server/line_server.h"

namespace ctl::server {
namespace {

std::string error_line(protocol::ErrorCode code, const std::string& message, const std::string& id = "null") {
  return to_line(protocol::Response{id, bgp::Err(protocol::Error{code, message, {}, 0})});
}

std::string unanswered_line(const std::string& line) {
  auto request = protocol::parse_request(line);
  return error_line(protocol::ErrorCode::Timeout, "the agent did not answer in time; it may be overloaded",
                    request.ok() ? request->id : request.error().id);
}

}  // namespace

UnixServer::UnixServer(std::shared_ptr<LineServer> server) : server_(std::move(server)) {}

bgp::Result<std::unique_ptr<UnixServer>, ServerError> UnixServer::open(boost::asio::io_context& io, ServerOptions options,
                                                                       config::store::Store& store, Handlers handlers) {
  auto service = std::make_shared<Service>(Service{options, store, std::move(handlers)});
  // An idle client is closed as soon as a slow one: it connects for each call.
  auto server = LineServer::open(
      io, {.path = options.path,
           .bounds = {options.deadline, options.deadline, bgp::limits::kControlLineBytesMax},
           .greeting = "",
           .busy = error_line(protocol::ErrorCode::TooManyClients,
                              "the agent serves as many clients as it can; try again in a moment"),
           .too_long = error_line(protocol::ErrorCode::TooLarge, "the request is longer than the control socket takes"),
           .unanswered = unanswered_line,
           .request = [service](const std::shared_ptr<Connection>& client, uint64_t ticket, const std::string& line) {
             dispatch(*service, client, ticket, line);
           }});
  if (!server) return bgp::Err(server.error());
  return std::unique_ptr<UnixServer>(new UnixServer(std::move(*server)));
}

UnixServer::~UnixServer() { server_->close(); }

size_t UnixServer::clients() const { return server_->clients(); }

}  // namespace ctl::server
