#include "sim_network.h"

namespace sim {

namespace in = speaker::input;
namespace out = speaker::output;

void Network::run_for(Duration duration) {
  Instant end = now_ + duration;
  for (size_t node = 0; node < nodes_.size(); ++node) turn(static_cast<int>(node));
  for (;;) {
    Instant next = in_flight_.empty() ? kNever : in_flight_.begin()->first;
    for (const auto& node : nodes_) next = std::min(next, node->has_more ? now_ : node->speaker->next_deadline());
    if (next > end) break;
    now_ = std::max(now_, next);
    auto due = in_flight_.begin();
    if (due != in_flight_.end() && due->first <= now_) {
      std::function<void()> happen = std::move(due->second);
      in_flight_.erase(due);
      happen();
      continue;  // bytes count as life before a timer expires
    }
    for (size_t node = 0; node < nodes_.size(); ++node) {
      speaker::Speaker& s = *nodes_[node]->speaker;
      if (s.next_deadline() <= now_) s.expire(now_);
      REQUIRE(s.next_deadline() > now_);  // else the rim would spin
      turn(static_cast<int>(node));
    }
  }
  now_ = end;
}

// What the rim does at the end of each wake-up.
void Network::turn(int node) {
  Node& n = *nodes_[node];
  n.has_more = n.speaker->run(now_);
  auto drain = [&] {
    while (n.speaker->has_output())
      for (const speaker::Output& output : n.speaker->take_output()) carry_out(node, output);
  };
  drain();
  for (ConnId conn : n.speaker->take_writable()) pull(node, conn);
  drain();
}

void Network::carry_out(int node, const speaker::Output& output) {
  Node& n = *nodes_[node];
  if (const auto* connect = std::get_if<out::Connect>(&output)) dial(node, *connect);
  if (const auto* log = std::get_if<out::Log>(&output)) n.logs.push_back(log->record);
  if (std::holds_alternative<out::Converged>(output)) ++n.converged;
  const auto* close = std::get_if<out::Close>(&output);
  auto found = close ? n.wires.find(close->conn) : n.wires.end();
  if (found == n.wires.end()) return;
  Wire& wire = wires_.at(found->second);
  int side = wire.ends[0].node == node && wire.ends[0].conn == close->conn ? 0 : 1;
  n.wires.erase(found);
  if (!std::exchange(wire.ends[side].is_open, false)) return;
  if (!close->last_words.empty()) send(wire, side, close->last_words);
  if (wire.is_silent) return;
  deliver(wire, 1 - side, [this, id = wire.id, side] { hang_up(wires_.at(id), 1 - side, "Connection closed"); });
}

// The socket takes some octets at a time, until there is nothing more or it is full for the moment.
void Network::pull(int node, ConnId conn) {
  auto found = nodes_[node]->wires.find(conn);
  if (found == nodes_[node]->wires.end()) return;
  Wire& wire = wires_.at(found->second);
  int side = wire.ends[0].node == node && wire.ends[0].conn == conn ? 0 : 1;
  if (!wire.ends[side].is_open || wire.ends[1].node < 0) return;
  size_t max = 1 + chance_.below(options_.write_bytes_max);
  for (int writes = 0; writes < 64; ++writes) {
    ByteView view = at(node).bytes_to_send(conn, max);
    if (view.empty()) return;
    REQUIRE(view.size() <= max);
    Bytes bytes(view.begin(), view.end());
    at(node).sent(conn, bytes.size(), now_);
    send(wire, side, std::move(bytes));
  }
  in_flight_.emplace(now_ + latency() + 1ns, [this, node, conn] { pull(node, conn), turn(node); });
}

void Network::dial(int node, const out::Connect& request) {
  Wire& wire = wires_[next_wire_];
  wire.id = next_wire_++;
  wire.ends[0] = {node, request.conn, true, {}, {}};
  wire.ends[1].node = node_of(request.remote);
  nodes_[node]->wires[request.conn] = wire.id;
  wire.is_silent = is_cut_.contains({node, wire.ends[1].node});
  if (wire.is_silent) return;  // a SYN that nobody answers
  deliver(wire, 1, [this, id = wire.id] {
    Wire& w = wires_.at(id);
    size_t callee = static_cast<size_t>(w.ends[1].node);
    arrive(w, callee >= nodes_.size() || nodes_[callee]->refuses);
  });
}

void Network::arrive(Wire& wire, bool is_refused) {
  if (!wire.ends[0].is_open) return;
  int caller = wire.ends[0].node, callee = wire.ends[1].node;
  ConnId conn = wire.ends[0].conn;
  if (is_refused) {
    deliver(wire, 0, [this, id = wire.id, caller, conn] {
      if (!std::exchange(wires_.at(id).ends[0].is_open, false)) return;
      nodes_[caller]->wires.erase(conn);
      handle(caller, in::ConnectFailed{conn, "Connection refused"});
    });
    return;
  }
  Node& n = *nodes_[callee];
  wire.ends[1].conn = ConnId{n.next_accepted++};
  wire.ends[1].is_open = true;
  n.wires[wire.ends[1].conn] = wire.id;
  deliver(wire, 0, [this, id = wire.id, caller, conn] {
    if (wires_.at(id).ends[0].is_open) handle(caller, in::Connected{conn, address_of(caller)});
  });
  handle(callee, in::Accepted{wire.ends[1].conn, address_of(caller), address_of(callee)});
}

void Network::send(Wire& wire, int from, Bytes bytes) {
  watch(wire, from, bytes);
  if (wire.is_silent) return;
  deliver(wire, 1 - from, [this, id = wire.id, from, bytes = std::move(bytes)] { receive(id, 1 - from, bytes); });
}

// However TCP cut it: each read gets some of it.
void Network::receive(uint32_t id, int side, const Bytes& bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const End& end = wires_.at(id).ends[side];
    if (!end.is_open) return;
    size_t size = std::min<size_t>(1 + chance_.below(options_.read_bytes_max), bytes.size() - at);
    handle(end.node, in::Received{end.conn, ByteView(bytes).subspan(at, size)});
    at += size;
  }
}

void Network::hang_up(Wire& wire, int side, const std::string& reason) {
  if (!std::exchange(wire.ends[side].is_open, false)) return;
  nodes_[wire.ends[side].node]->wires.erase(wire.ends[side].conn);
  handle(wire.ends[side].node, in::Closed{wire.ends[side].conn, reason});
}

namespace {

// "6/3", and "6/9 (6/3)" of a hard reset.
std::string code_text(const wire::Notification& n) {
  std::string text = std::to_string(n.code) + "/" + std::to_string(n.subcode);
  return wire::is_hard_reset(n) ? text + " (" + code_text(wire::cause_of(n)) + ")" : text;
}

}  // namespace

// Frames once more what goes over the wire, and notes NOTIFICATIONs.
void Network::watch(Wire& wire, int from, const Bytes& bytes) {
  Bytes& stream = wire.ends[from].outgoing;
  stream.insert(stream.end(), bytes.begin(), bytes.end());
  size_t at = 0;
  while (stream.size() - at >= 19) {
    size_t size = static_cast<size_t>(stream[at + 16]) << 8 | stream[at + 17];
    REQUIRE(size >= 19);
    if (stream.size() - at < size) break;
    if (stream[at + 18] == 3)
      notifications_ += (notifications_.empty() ? "" : " ") + std::to_string(wire.ends[from].node) + "->" +
                        std::to_string(wire.ends[1 - from].node) + " " +
                        code_text(wire::decode_notification(ByteView(stream).subspan(at + 19, size - 19)));
    at += size;
  }
  stream.erase(stream.begin(), stream.begin() + static_cast<ptrdiff_t>(at));
}

std::map<std::string, std::string> Network::loc_rib(int node) const {
  std::map<std::string, std::string> routes;
  speaker::RoutePage page = nodes_[node]->speaker->routes(std::nullopt, 100'000, [](const Prefix&) { return true; });
  for (const speaker::RouteSnapshot& route : page.routes) {
    if (!route.view.is_best) continue;
    routes[route.view.prefix.to_string()] = route.next_hop ? route.next_hop->to_string() : "local";
  }
  return routes;
}

}  // namespace sim
