#include "ctl/server/dispatch.h"

#include <boost/asio/post.hpp>
#include <map>

#include "bgp/base/escape.h"
#include "ctl/protocol/store_calls.h"

namespace ctl::server {
namespace {

using namespace protocol;
using Json = std::string;  // JSON text
using Answer = bgp::Result<Json, Error>;

// Room in an answer for what surrounds its rows or entries.
constexpr size_t kPageBytes = bgp::limits::kControlQueueBytesMax / 2;
constexpr size_t kListBytes = bgp::limits::kControlLineBytesMax / 2;  // JSON escapes may double it

// Where the answer goes.
struct Caller {
  std::weak_ptr<Connection> client;
  uint64_t ticket;
  std::string id;

  void answer(Answer result) const {
    std::shared_ptr<Connection> open = client.lock();
    if (!open) return;
    if (result.ok() && result.value().size() > bgp::limits::kControlQueueBytesMax - 1024)
      result = bgp::Err(Error{ErrorCode::TooLarge, "the answer is larger than the control socket carries", {}, 0});
    open->answer(ticket, to_line(Response{id, std::move(result)}));
  }
};

struct Call {
  Service& service;
  std::shared_ptr<Connection> client;
  Caller caller;
  std::string params;

  void answer(Answer result) const { caller.answer(std::move(result)); }
  void refuse(const Error& error) const { answer(bgp::Err(error)); }
};

// Takes the handler's reply from whatever thread to the server's, and renders it there.
template <class T, class Render>
Reply<T> reply_to(const Call& call, Render render) {
  return [caller = call.caller, executor = call.client->executor(), render](bgp::Result<T, Error> result) {
    boost::asio::post(executor, [caller, render, result = std::move(result)]() mutable {
      caller.answer(result.ok() ? Answer(render(std::move(*result))) : Answer(bgp::Err(result.error())));
    });
  };
}

// ---- the agent --------------------------------------------------------------------------------------------------
void version(const Call& call) { call.answer(to_json(call.service.options.version)); }

void node_status(const Call& call) {
  call.service.handlers.node_status(
      reply_to<NodeStatus>(call, [](NodeStatus status) { return to_json(status); }));
}

void node_peer(const Call& call) {
  auto text = parse_address_params(call.params);
  if (!text) return call.refuse(text.error());
  auto address = bgp::IpAddress::parse(*text);
  if (!address)
    return call.refuse({ErrorCode::InvalidParams, "'" + bgp::printable(*text) + "' is no IP address", {}, 0});
  call.service.handlers.node_peer(*address,
                                  reply_to<PeerDetail>(call, [](PeerDetail detail) { return to_json(detail); }));
}

void node_routes(const Call& call) {
  auto query = parse_routes_query(call.params);
  if (!query) return call.refuse(query.error());
  call.service.handlers.node_routes(*query, reply_to<RoutePage>(call, [](RoutePage page) {
                                      return to_json_within(std::move(page), kPageBytes);
                                    }));
}

// ---- the store --------------------------------------------------------------------------------------------------
template <class T>
bool answer_store_error(const Call& call, const bgp::Result<T, config::store::StoreError>& result) {
  if (!result.ok()) call.refuse(from_store_error(result.error()));
  return !result.ok();
}

void store_get(const Call& call) {
  auto key = parse_key_params(call.params);
  if (!key) return call.refuse(key.error());
  auto entry = call.service.store.get(*key);
  if (!answer_store_error(call, entry)) call.answer(to_json(*entry));
}

void store_list(const Call& call) {
  auto query = parse_list_query(call.params);
  if (!query) return call.refuse(query.error());
  auto listing = call.service.store.list(query->prefix);
  if (!answer_store_error(call, listing)) call.answer(to_json(page_of(std::move(*listing), *query, kListBytes)));
}

void store_commit(const Call& call) {
  if (!call.client->may_write())
    return call.refuse({ErrorCode::NotPermitted,
                        "writing needs root or the user who runs the agent; run the command with sudo", {}, 0});
  auto writes = parse_writes(call.params);
  if (!writes) return call.refuse(writes.error());
  auto revision = call.service.store.commit(*writes);
  if (!answer_store_error(call, revision)) call.answer(revision_json(*revision));
}

void store_watch(const Call& call) {
  auto query = parse_watch_query(call.params);
  if (!query) return call.refuse(query.error());
  if (call.client->is_watching())
    return call.refuse({ErrorCode::InvalidRequest, "this connection watches already; open another one", {}, 0});
  std::weak_ptr<Connection> weak = call.client;
  auto executor = call.client->executor();
  auto forward = [weak, executor](const std::vector<config::store::Change>& changes) {
    boost::asio::post(executor, [weak, line = to_line(Notice{std::string(method::kStoreChanged), to_json(changes)})] {
      if (auto client = weak.lock()) client->push(line);
    });
  };
  auto watch = call.service.store.watch(query->prefix, query->after, forward);
  if (answer_store_error(call, watch)) return;
  call.client->keep_watch(std::move(*watch));
  call.answer(Json("{}"));
}

const std::map<std::string_view, void (*)(const Call&)>& methods() {
  static const std::map<std::string_view, void (*)(const Call&)> table = {
      {method::kVersion, version},        {method::kNodeStatus, node_status}, {method::kNodePeer, node_peer},
      {method::kNodeRoutes, node_routes}, {method::kStoreGet, store_get},     {method::kStoreList, store_list},
      {method::kStoreCommit, store_commit}, {method::kStoreWatch, store_watch}};
  return table;
}

}  // namespace

void dispatch(Service& service, const std::shared_ptr<Connection>& client, uint64_t ticket, const std::string& line) {
  auto request = parse_request(line);
  if (!request)
    return client->answer(ticket, to_line(Response{request.error().id, bgp::Err(request.error().error)}));
  Call call{service, client, Caller{client, ticket, std::move(request->id)}, std::move(request->params)};
  auto found = methods().find(request->method);
  if (found != methods().end()) return found->second(call);
  call.refuse({ErrorCode::MethodNotFound,
               "the agent does not know the method '" + bgp::printable(request->method) + "'", {}, 0});
}

}  // namespace ctl::server
