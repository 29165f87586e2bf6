#include "ctl/server/bird_server.h"

#include <boost/asio/post.hpp>

#include "bgp/base/escape.h"
#include "ctl/bird/command.h"
#include "ctl/bird/route_list.h"
#include "ctl/bird/show.h"
#include "ctl/server/line_server.h"

namespace ctl::server {
namespace {

struct BirdService {
  BirdOptions options;
  BirdHandlers handlers;
};

std::string failed(const protocol::Error& error) { return show(bird::Message{9001, bgp::printable(error.message)}); }

// One command of one client.
struct Asked {
  std::shared_ptr<const BirdService> service;
  std::weak_ptr<Connection> client;
  uint64_t ticket;

  void answer(std::string lines) const {
    if (auto open = client.lock()) open->answer(ticket, std::move(lines));
  }
};

// An answer of any length, a chunk at a time: there may be thousands of protocols.
void answer_all(const Asked& asked, std::shared_ptr<const std::string> lines, size_t at = 0) {
  auto client = asked.client.lock();
  if (!client) return;
  size_t cut = lines->find('\n', at + bgp::limits::kBirdChunkBytes);
  if (cut == std::string::npos) return client->answer(asked.ticket, lines->substr(at));
  client->answer_in_part(asked.ticket, lines->substr(at, cut - at),
                         [asked, lines, cut] { answer_all(asked, lines, cut + 1); });
}

// Takes the handler's reply from whatever thread to the server's.
template <class T, class Then>
Reply<T> reply_to(const Asked& asked, Then then) {
  auto open = asked.client.lock();
  return [asked, then, executor = open->executor()](bgp::Result<T, protocol::Error> result) {
    boost::asio::post(executor, [asked, then, result = std::move(result)]() mutable {
      if (result.ok()) then(std::move(*result));
      else asked.answer(failed(result.error()));
    });
  };
}

// `show route`: page by page from the agent, chunk by chunk to the client, never further than that has read.
class RouteStream : public std::enable_shared_from_this<RouteStream> {
 public:
  RouteStream(Asked asked, bird::RouteList list) : asked_(std::move(asked)), list_(std::move(list)) {}

  void fetch(const std::optional<bgp::Prefix>& from) {
    if (asked_.client.expired()) return;
    auto self = shared_from_this();
    asked_.service->handlers.routes(
        from, [list = list_](const bgp::Prefix& prefix) { return list.wants(prefix); },
        reply_to<bird::RoutePage>(asked_, [self](bird::RoutePage page) { self->take(std::move(page)); }));
  }

 private:
  void take(bird::RoutePage page) {
    rows_ = list_.choose(std::move(page.routes));
    next_ = page.next;
    at_ = 0;
    go_on();
  }

  void go_on() {
    while (at_ < rows_.size() && list_.size() < bgp::limits::kBirdChunkBytes) list_.add(rows_[at_++]);
    bool is_over = at_ == rows_.size() && !next_;
    if (is_over) return finish();
    auto client = asked_.client.lock();
    if (!client) return;
    client->answer_in_part(asked_.ticket, list_.take(), [self = shared_from_this()] {
      if (self->at_ < self->rows_.size()) self->go_on();
      else self->fetch(self->next_);
    });
  }

  void finish() {
    std::string rest = list_.take();
    asked_.answer((rest.empty() ? "" : rest + "\n") + list_.finish());
  }

  Asked asked_;
  bird::RouteList list_;
  std::vector<bird::Route> rows_;
  size_t at_ = 0;  // of rows_: the next to be shown
  std::optional<bgp::Prefix> next_;
};

void show_route(const Asked& asked, const bird::ShowRoute& command, const bird::View& view) {
  if (!command.protocol.empty() && !view.find(command.protocol))
    return asked.answer(show(bird::Message{9001, bgp::printable(command.protocol) + " is not a protocol"}));
  if (command.count && !command.net) return asked.answer(show_count(command, view));
  bird::RouteList list(command, asked.service->options.family, view.status.now);
  std::make_shared<RouteStream>(asked, std::move(list))->fetch(std::nullopt);
}

bool needs_counts(const bird::Command& command) {
  if (const auto* protocols = std::get_if<bird::ShowProtocols>(&command)) return protocols->all;
  const auto* route = std::get_if<bird::ShowRoute>(&command);
  return route && route->count && !route->net;
}

std::string answer_from(const bird::Command& command, const bird::View& view) {
  if (const auto* status = std::get_if<bird::ShowStatus>(&command)) return show(*status, view);
  if (const auto* protocols = std::get_if<bird::ShowProtocols>(&command)) return show(*protocols, view);
  return show(std::get<bird::ShowSymbols>(command), view);
}

void carry_out(const Asked& asked, const std::string& line) {
  bird::Command command = bird::parse_command(line, asked.service->options.family);
  if (const auto* message = std::get_if<bird::Message>(&command)) return asked.answer(show(*message));
  asked.service->handlers.view(
      needs_counts(command), reply_to<bird::View>(asked, [asked, command](const bird::View& view) {
        if (const auto* route = std::get_if<bird::ShowRoute>(&command)) return show_route(asked, *route, view);
        answer_all(asked, std::make_shared<const std::string>(answer_from(command, view)));
      }));
}

}  // namespace

BirdServer::BirdServer(std::shared_ptr<LineServer> server) : server_(std::move(server)) {}

bgp::Result<std::unique_ptr<BirdServer>, ServerError> BirdServer::open(boost::asio::io_context& io, BirdOptions options,
                                                                       BirdHandlers handlers) {
  auto service = std::make_shared<const BirdService>(BirdService{options, std::move(handlers)});
  auto server = LineServer::open(
      io, {.path = options.path,
           .bounds = {options.deadline, options.idle, bgp::limits::kBirdLineBytesMax},
           .greeting = bird::greeting(options.version),
           .busy = show(bird::Message{9001, "the agent serves as many clients as it can; try again in a moment"}),
           .too_long = show(bird::Message{9000, "Command too long"}),
           .unanswered = [](const std::string&) {
             return show(bird::Message{9001, "the agent did not answer in time; it may be overloaded"});
           },
           .request = [service](const std::shared_ptr<Connection>& client, uint64_t ticket, const std::string& line) {
             carry_out({service, client, ticket}, line);
           }});
  if (!server) return bgp::Err(server.error());
  return std::unique_ptr<BirdServer>(new BirdServer(std::move(*server)));
}

BirdServer::~BirdServer() { server_->close(); }

size_t BirdServer::clients() const { return server_->clients(); }

}  // namespace ctl::server
