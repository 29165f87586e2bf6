#include "bgp/speaker/speaker.h"

#include <algorithm>

#include "bgp/base/limits.h"
#include "bgp/speaker/peer_slot.h"

namespace bgp::speaker {

Duration Speaker::limits_selection_deferral() { return limits::kSelectionDeferral; }

Speaker::Speaker(SpeakerConfigPtr config, Options options, Instant now)
    : config_(std::make_shared<SpeakerConfig>()),
      options_(std::move(options)),
      now_(now),
      started_(now),
      prng_(options_.seed),
      rib_({.assume_next_hops_reachable = !options_.has_fib,
            .emit_route_changes = options_.has_fib,
            .waits_for_windows = true}),
      peers_(1) {
  if (!options_.forwarding_kept.empty()) rib_.hold_end_of_rib();
  handle(input::Reconfigure{std::move(config)}, now);
}

Speaker::~Speaker() = default;

void Speaker::handle(const Input& input, Instant now) {
  now_ = now;
  if (is_shut_down_) return;
  std::visit([this](const auto& in) { on(in); }, input);
  forget_gone_dynamic_peers();
  collect_rib_output();
}

bool Speaker::run(Instant now) {
  now_ = now;
  if (is_shut_down_) return false;
  if (window_end_ <= now) end_window();
  if (!rib_.has_work()) return false;
  bool more = rib_.decide(limits::kDecisionsPerTurn);
  if (rib_.has_window() && window_end_ == kNever) window_end_ = now + limits::kChangeWindow;
  collect_rib_output();
  mark_members_writable();
  check_converged();
  return more;
}

std::vector<Output> Speaker::take_output() { return std::exchange(outputs_, {}); }

// RFC 4724 §4.1 and §4.2. Once we have converged the FIB holds what we chose: a session that is lost from then on leaves
// our forwarding as it is, and the peer may keep our routes. A route reflector without a FIB never stops forwarding.
session::OpenFacts Speaker::open_facts() const {
  bool is_restarting = !is_converged_ && !options_.forwarding_kept.empty();
  bool has_all = is_converged_ || !options_.has_fib;
  return {is_restarting, has_all ? FamilySet::both() : options_.forwarding_kept, options_.software};
}

// ---- connections --------------------------------------------------------------------------------------------------

void Speaker::on(const input::Connected& in) {
  Connection* connection = find_connection(in.conn);
  if (!connection) return;
  connection->ifindex = in.ifindex;
  PeerSlot& peer = *peers_[connection->peer];
  session::Environment env = environment();
  if (is_kept_out_by_memory(&peer)) {
    outputs_.push_back(output::Close{in.conn, wire::encode(wire::cease(wire::CeaseReason::OutOfResources))});
    connections_.erase(in.conn);
    return perform(peer, peer.fsm.connect_failed(in.conn, "memory is short", env));
  }
  perform(peer, peer.fsm.connected(in.conn, in.local_address, env));
}

void Speaker::on(const input::ConnectFailed& in) {
  Connection* connection = find_connection(in.conn);
  if (!connection) return;
  PeerSlot& peer = *peers_[connection->peer];
  connections_.erase(in.conn);
  session::Environment env = environment();
  perform(peer, peer.fsm.connect_failed(in.conn, in.reason, env));
}

void Speaker::on(const input::Accepted& in) {
  if (!has_room_for_half_open()) return turn_away(in, "too many half-open connections");
  PeerSlot* peer = find_peer(in.remote);
  if (is_kept_out_by_memory(peer) && (peer || find_range(in.remote)))
    return turn_away(in, "memory is short", wire::encode(wire::cease(wire::CeaseReason::OutOfResources)));
  if (!peer) peer = admit(in.remote);
  if (!peer) return turn_away(in, refusal(in.remote));
  connections_.emplace(in.conn, std::make_unique<Connection>(Connection{in.conn, peer->id, {}, {}, 0, false, in.ifindex}));
  session::Environment env = environment();
  perform(*peer, peer->fsm.accepted(in.conn, in.local_address, env));
}

void Speaker::on(const input::Closed& in) {
  Connection* connection = find_connection(in.conn);
  if (!connection) return;
  PeerSlot& peer = *peers_[connection->peer];
  session::Environment env = environment();
  session::ActionList actions = peer.fsm.closed(in.conn, in.reason, env);
  perform(peer, actions);
  connections_.erase(in.conn);
}

void Speaker::on(const input::ConnectHint& in) {
  PeerSlot* peer = find_peer(in.peer);
  if (!peer || !peer->fsm.explain(in.text)) return;
  log(LogLevel::Warn, "connect_hint", peer, {{"hint", in.text}});
}

void Speaker::on(const input::Received& in) {
  Connection* connection = find_connection(in.conn);
  if (!connection) return;
  connection->framer.feed(in.bytes);
  while (std::optional<wire::Frame> frame = connection->framer.next()) {
    receive_frame(*connection, *frame);
    connection = find_connection(in.conn);  // the message may have ended it
    if (!connection) return;
  }
  if (!connection->framer.error()) return;
  PeerSlot& peer = *peers_[connection->peer];
  session::Environment env = environment();
  perform(peer, peer.fsm.bad_message(in.conn, *connection->framer.error(), env));
}

// ---- what the state machine asks for ------------------------------------------------------------------------------

void Speaker::perform(PeerSlot& peer, const session::ActionList& actions) {
  namespace action = session::action;
  struct Performer {
    Speaker& s;
    PeerSlot& peer;
    void operator()(const action::Connect& a) const {
      s.connections_.emplace(a.conn, std::make_unique<Connection>(Connection{a.conn, peer.id, {}, {}, 0, false}));
      const session::PeerConfig& c = peer.settings->session;
      s.outputs_.push_back(
          output::Connect{a.conn, c.address, c.port, c.local_address, c.password, c.tcp_ao, c.ttl_security_hops});
    }
    void operator()(const action::Send& a) const {
      Connection* connection = s.find_connection(a.conn);
      if (!connection) return;
      connection->control.insert(connection->control.end(), a.message.begin(), a.message.end());
      s.mark_writable(*connection);
    }
    void operator()(const action::Close& a) const { s.close_connection(a.conn); }
    void operator()(const action::Up& a) const { s.session_up(peer, a.conn); }
    void operator()(const action::Down& a) const { s.session_down(peer, a); }
    void operator()(const action::RefreshRequested& a) const { s.answer_refresh(peer, a.family); }
    void operator()(const action::RefreshMarked& a) const { s.refresh_marked(peer, a.family, a.is_end); }
    void operator()(const action::Log& a) const { s.outputs_.push_back(output::Log{a.record}); }
  };
  for (const session::Action& action : actions) std::visit(Performer{*this, peer}, action);
  schedule(peer);
  check_converged();
}

void Speaker::close_connection(ConnId conn) {
  Connection* connection = find_connection(conn);
  if (!connection) return;
  Bytes last_words(connection->control.begin() + static_cast<ptrdiff_t>(connection->control_sent),
                   connection->control.end());
  outputs_.push_back(output::Close{conn, std::move(last_words)});
  connections_.erase(conn);
}

void Speaker::session_up(PeerSlot& peer, ConnId conn) {
  if (peer.fsm.negotiated().codec.extended_messages) find_connection(conn)->framer.allow_extended_messages();
  peer.end_of_rib_received = {};
  peer.conn = conn;
  peer.identifier = peer.fsm.negotiated().peer_open.identifier;
  peer.local_address = peer.fsm.negotiated().local_address;
  peer.max_prefix_noted = PeerSlot::Noted::Nothing;
  note_facts(peer);
  join_group(peer);
  want_bfd(peer);  // its source address is known now
  resume_routes(peer);
}

// RFC 7313 §4: BoRR, everything, EoRR. The group writes the last, because only it knows when it is done.
void Speaker::answer_refresh(PeerSlot& peer, Family family) {
  if (!peer.is_up()) return;
  Connection& connection = *find_connection(peer.conn);
  if (peer.group->refresh(peer.id, family, peer.fsm.negotiated().enhanced_refresh)) {
    Bytes begin = wire::encode(wire::begin_of_refresh(family));
    connection.control.insert(connection.control.end(), begin.begin(), begin.end());
    peer.fsm.counters().refreshes_out += 2;
  }
  mark_writable(connection);
}

void Speaker::note_facts(const PeerSlot& peer) {
  rib_.set_peer(peer.id, {!peer.settings->session.is_ibgp(), peer.settings->route_reflector_client,
                          peer.identifier, peer.settings->session.address, peer.rank,
                          peer.settings->accept_blackhole});
}

void Speaker::session_down(PeerSlot& peer, const session::action::Down& down) {
  if (!peer.is_up()) return;
  Bytes rest = peer.group->leave(peer.id);
  if (Connection* connection = find_connection(peer.conn)) {
    auto next = connection->control.begin() + static_cast<ptrdiff_t>(connection->control_sent);
    connection->control.insert(next, rest.begin(), rest.end());
  }
  peer.group = nullptr;
  rib_.drop_empty_groups();
  if (down.keeps_routes) keep_routes(peer, down.graceful);
  else drop_routes(peer);
}

// What waited is decided by the next run().
void Speaker::end_window() {
  window_end_ = kNever;
  rib_.end_window();
}

void Speaker::decide_all() {
  end_window();
  while (run(now_)) {}
}

// ---- time ---------------------------------------------------------------------------------------------------------

// Deadlines are queued once and looked at when they come: hearing from a peer only moves its real deadline.
void Speaker::schedule(PeerSlot& peer) {
  Instant at = std::min(peer.fsm.next_deadline(), peer.stale_until());
  if (at >= peer.scheduled) return;
  peer.scheduled = at;
  deadlines_.push({at, peer.id});
}

Instant Speaker::next_deadline() const {
  Instant window_end = rib_.is_waiting() ? window_end_ : kNever;  // for nobody it can wait until something changes
  Instant next = std::min({deadlines_.empty() ? kNever : deadlines_.top().at, memory_.look_at, window_end});
  if (is_converged_ || is_shut_down_) return next;
  Instant grace_end = started_ + kGrace;
  return std::min(next, now_ < grace_end ? grace_end : started_ + options_.selection_deferral);
}

void Speaker::expire(Instant now) {
  now_ = now;
  if (memory_.look_at <= now) look_at_memory();
  if (window_end_ <= now) end_window();
  while (!deadlines_.empty() && deadlines_.top().at <= now) {
    Deadline due = deadlines_.top();
    deadlines_.pop();
    if (due.peer >= peers_.size() || !peers_[due.peer] || peers_[due.peer]->scheduled != due.at) continue;
    PeerSlot& peer = *peers_[due.peer];
    peer.scheduled = kNever;
    if (peer.stale_until() <= now) expire_stale(peer);
    session::Environment env = environment();
    if (peer.fsm.next_deadline() <= now) perform(peer, peer.fsm.expire(env));
    else schedule(peer);
  }
  forget_gone_dynamic_peers();
  check_converged();
  collect_rib_output();
}

// ---- outgoing bytes -----------------------------------------------------------------------------------------------

void Speaker::mark_writable(Connection& connection) {
  if (std::exchange(connection.is_writable_noted, true)) return;
  writable_.push_back(connection.id);
}

void Speaker::mark_members_writable() {
  for (const std::unique_ptr<PeerSlot>& peer : peers_)
    if (peer && peer->is_up() && peer->group->has_output(peer->id))
      mark_writable(*find_connection(peer->conn));
}

std::vector<ConnId> Speaker::take_writable() {
  for (ConnId conn : writable_)
    if (Connection* connection = find_connection(conn)) connection->is_writable_noted = false;
  return std::exchange(writable_, {});
}

// Whole messages of either source, never one inside the other.
ByteView Speaker::bytes_to_send(ConnId conn, size_t max) {
  Connection* connection = find_connection(conn);
  if (!connection) return {};
  PeerSlot& peer = *peers_[connection->peer];
  bool has_group = peer.is_up() && peer.conn == conn;
  bool has_control = connection->control_sent < connection->control.size();
  if (has_control && !(has_group && peer.group->is_inside_message(peer.id))) {
    size_t left = connection->control.size() - connection->control_sent;
    return ByteView(connection->control).subspan(connection->control_sent, std::min(max, left));
  }
  return has_group ? peer.group->read(peer.id, max) : ByteView{};
}

void Speaker::sent(ConnId conn, size_t count, Instant now) {
  Connection* connection = find_connection(conn);
  if (!connection || count == 0) return;
  PeerSlot& peer = *peers_[connection->peer];
  peer.fsm.wrote(conn, now);
  bool has_group = peer.is_up() && peer.conn == conn;
  bool from_control = connection->control_sent < connection->control.size() &&
                      !(has_group && peer.group->is_inside_message(peer.id));
  if (!from_control) {
    peer.fsm.counters().updates_out += peer.group->sent(peer.id, count);
    return;
  }
  connection->control_sent += count;
  if (connection->control_sent < connection->control.size()) return;
  connection->control = {};
  connection->control_sent = 0;
}

// ---- the rest -----------------------------------------------------------------------------------------------------

void Speaker::on(const input::LocalRoutes& in) {
  for (const Prefix& prefix : in.removed) withdraw_local(prefix, rib::LocalKind::Kernel);
  for (const input::LocalRoute& route : in.added) learn_local(route.prefix, rib::LocalKind::Kernel, route.origin);
}

void Speaker::on(const input::NextHopStates& in) {
  std::vector<ScopedAddress> changed, moved;
  for (const input::NextHopStates::State& state : in.states) {
    ScopedAddress next_hop(state.address, state.ifindex);
    if (rib_.next_hops().set_state(next_hop, state.reachable, state.metric)) changed.push_back(next_hop);
    if (rib_.next_hops().set_interface(next_hop, state.interface)) moved.push_back(next_hop);
  }
  if (!changed.empty()) rib_.next_hops_changed(changed);
  if (!moved.empty()) note_interfaces(moved);
  check_converged();
}

// What filters say that ask by which interface a route goes out.
void Speaker::note_interfaces(const std::vector<ScopedAddress>& changed) {
  rib_.interfaces_changed(changed);
  for (const std::unique_ptr<PeerSlot>& peer : peers_)
    if (peer && peer->settings->import && peer->settings->import->asks_about_interfaces()) rejudge(*peer);
}

// The routes stay where they are: what the FIB does with them is its business. A peer that keeps ours while we are gone
// is left without a word: a NOTIFICATION would end a graceful restart (RFC 4724 §4), and a hard one RFC 8538's as well.
void Speaker::on(const input::Shutdown& in) {
  is_shut_down_ = true;
  memory_.look_at = kNever;
  for (const auto& [conn, connection] : connections_)
    if (in.keeps_routes && leaves_gracefully(*peers_[connection->peer])) outputs_.push_back(output::Close{conn, {}});
  for (const std::unique_ptr<PeerSlot>& peer : peers_) {
    if (!peer) continue;
    if (in.keeps_routes && leaves_gracefully(*peer)) {
      if (peer->is_up()) log(LogLevel::Info, "session_left", peer.get(), {{"routes", "the peer keeps ours for a restart"}});
      continue;
    }
    session::Environment env = environment();
    perform(*peer, peer->fsm.stop(wire::cease(wire::CeaseReason::AdministrativeShutdown, in.reason), env));
  }
}

void Speaker::collect_rib_output() {
  std::vector<rib::RouteChange> routes = rib_.take_route_changes();
  if (!routes.empty()) outputs_.push_back(output::Routes{std::move(routes)});
  rib::NextHops::Watches watches = rib_.next_hops().take_watches();
  for (const ScopedAddress& a : watches.begin) outputs_.push_back(output::WatchNextHop{a.address, a.ifindex});
  for (const ScopedAddress& a : watches.end) outputs_.push_back(output::UnwatchNextHop{a.address, a.ifindex});
}

void Speaker::log(LogLevel level, std::string event, const PeerSlot* peer,
                  std::vector<std::pair<std::string, std::string>> fields) {
  outputs_.push_back(output::Log{{level, std::move(event), peer ? peer->name() : std::string(), std::move(fields)}});
}

Speaker::PeerSlot* Speaker::find_peer(const IpAddress& address) const {
  auto it = by_address_.find(address);
  return it == by_address_.end() ? nullptr : peers_[it->second].get();
}

Speaker::Connection* Speaker::find_connection(ConnId conn) const {
  auto it = connections_.find(conn);
  return it == connections_.end() ? nullptr : it->second.get();
}

}  // namespace bgp::speaker
