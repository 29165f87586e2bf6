// Configuration -> peers and routes of our own. A change touches only the sessions that it changes.
#include <algorithm>

#include "bgp/base/assert.h"
#include "bgp/base/limits.h"
#include "bgp/speaker/import_judge.h"
#include "bgp/speaker/peer_slot.h"

namespace bgp::speaker {

void Speaker::on(const input::Reconfigure& in) {
  SpeakerConfigPtr from = std::exchange(config_, in.config);
  rib_.set_multipath(config_->multipath);
  rib_.set_kernel_policy({config_->kernel_filter, config_->kernel_ways});
  apply_own_routes(from->own_blocks, config_->own_blocks, rib::LocalKind::Block);
  apply_own_routes(from->service_routes, config_->service_routes, rib::LocalKind::Service);
  apply_peers(*from);
  bool cluster_changed = from->cluster_id != config_->cluster_id || from->identifier != config_->identifier;
  for (const std::unique_ptr<PeerSlot>& peer : peers_)
    if (cluster_changed && peer && peer->is_up()) rejudge(*peer);
}

// What all sessions are told by, beside each one's own settings.
static bool tells_alike(const SpeakerConfig& a, const SpeakerConfig& b) {
  return a.cluster_id == b.cluster_id && a.identifier == b.identifier && a.graceful_shutdown == b.graceful_shutdown &&
         policy::same(a.export_filter, b.export_filter);
}

void Speaker::apply_peers(const SpeakerConfig& from) {
  remove_unwanted_peers();
  const bool all_change = !tells_alike(from, *config_);
  for (const Shared<PeerSettings>& settings : config_->peers) {
    PeerSlot* peer = find_peer(settings->session.address);
    if (peer && !all_change && peer->settings.is_same_as(settings)) continue;
    if (peer) change_peer(*peer, settings);
    else add_peer(settings);
    want_bfd(*find_peer(settings->session.address));
  }
  update_dynamic_peers();
  update_guards();
  rank_peers();
}

void Speaker::remove_unwanted_peers() {
  auto is_before = [](const Shared<PeerSettings>& a, const Shared<PeerSettings>& b) { return a->session.address < b->session.address; };
  BGP_ASSERT(std::is_sorted(config_->peers.begin(), config_->peers.end(), is_before));
  auto is_named = [&](const IpAddress& address) {
    auto place = std::partition_point(config_->peers.begin(), config_->peers.end(),
                                      [&](const PeerSettings& p) { return p.session.address < address; });
    return place != config_->peers.end() && (*place)->session.address == address;
  };
  std::vector<IpAddress> gone;
  for (const auto& [address, id] : by_address_)
    if (!is_named(address) && !(peers_[id]->is_dynamic && find_range(address))) gone.push_back(address);
  std::sort(gone.begin(), gone.end());
  for (const IpAddress& address : gone) remove_peer(*find_peer(address));
}

void Speaker::add_peer(const Shared<PeerSettings>& settings) {
  rib::PeerId id = take_peer_id();
  peers_[id] = std::make_unique<PeerSlot>(PeerSlot{
      id, settings, session::Peer(settings->session), nullptr, {}, kNever, {}, {}, now_, 0});
  by_address_.emplace(settings->session.address, id);
  log(LogLevel::Info, "peer_added", peers_[id].get(), {{"as", settings->session.peer_as.to_string()}});
  session::Environment env = environment();
  perform(*peers_[id], peers_[id]->fsm.start(env));
}

// A slot is reused only while nothing is undecided: until then export groups may still name its last owner. Where a route
// flaps all the time that is never so by itself.
rib::PeerId Speaker::take_peer_id() {
  if (peers_.size() > limits::kPeerIdsMax) decide_all();
  if (!free_peer_ids_.empty() && rib_.is_settled()) {
    rib::PeerId id = free_peer_ids_.back();
    free_peer_ids_.pop_back();
    return id;
  }
  BGP_ASSERT(peers_.size() < 0xfffe);
  peers_.emplace_back();
  return static_cast<rib::PeerId>(peers_.size() - 1);
}

void Speaker::remove_peer(PeerSlot& peer) {
  session::Environment env = environment();
  perform(peer, peer.fsm.stop(wire::cease(wire::CeaseReason::PeerDeconfigured), env));
  drop_routes(peer);
  log(LogLevel::Info, "peer_removed", &peer);
  peer.settings.change().bfd.reset();
  want_bfd(peer);
  std::erase(dynamic_, peer.id);
  by_address_.erase(peer.settings->session.address);
  free_peer_ids_.push_back(peer.id);
  peers_[peer.id].reset();
}

// RFC 8538: the peer keeps our routes over the Cease that announces the new session, and we keep its.
static void keep_over_change(session::ActionList& ended) {
  for (session::Action& action : ended)
    if (auto* down = std::get_if<session::action::Down>(&action)) down->keeps_routes = down->graceful.notification;
}

void Speaker::change_peer(PeerSlot& peer, const Shared<PeerSettings>& settings) {
  bool is_same = peer.settings == settings;
  const char* reason = session::reset_reason(peer.settings->session, settings->session);
  bool judgement_changed = !policy::same(peer.settings->import, settings->import) ||
                           peer.settings->session.allow_own_as != settings->session.allow_own_as;
  if (*reason != '\0') {
    session::Environment env = environment();
    session::ActionList ended = peer.fsm.stop(wire::cease(wire::CeaseReason::OtherConfigurationChange), env);
    bool is_another = peer.settings->session.peer_as != settings->session.peer_as ||
                      peer.settings->session.local_as != settings->session.local_as;
    if (!is_another) keep_over_change(ended);
    perform(peer, ended);
    if (is_another) drop_routes(peer);
    session::Counters counters = peer.fsm.counters();
    peer.settings = settings;
    peer.fsm = session::Peer(settings->session);
    peer.fsm.counters() = counters;
    log(LogLevel::Info, "peer_changed", &peer, {{"session", "reset"}, {"because", reason}});
    perform(peer, peer.fsm.start(env));
    return;
  }
  bool facts_changed = peer.settings->route_reflector_client != settings->route_reflector_client ||
                       peer.settings->accept_blackhole != settings->accept_blackhole;
  roll_over_keys(peer, settings->session.tcp_ao);
  if (peer.settings->session.max_prefix != settings->session.max_prefix) peer.max_prefix_noted = PeerSlot::Noted::Nothing;
  peer.settings = settings;
  if (!is_same) {
    peer.fsm.reconfigure_live(settings->session);
    schedule(peer);
    log(LogLevel::Info, "peer_changed", &peer, {{"session", "kept"}});
  }
  if (judgement_changed) rejudge(peer);  // stale routes as well
  if (!peer.is_up()) return;
  if (facts_changed) {
    note_facts(peer);
    rib_.reconsider_peer(peer.id);
  }
  if (!(peer.group->key() == export_key(peer))) move_group(peer);
  if (!is_same) check_max_prefix(peer);
}

// What is dialled, accepted or Established keeps its connection; later ones have the new keys from Connect and Listen.
void Speaker::roll_over_keys(const PeerSlot& peer, const AoKeys& keys) {
  const AoKeys& from = peer.settings->session.tcp_ao;
  if (from == keys) return;
  std::vector<ConnId> conns;
  for (const auto& [conn, connection] : connections_)
    if (connection->peer == peer.id) conns.push_back(conn);
  std::sort(conns.begin(), conns.end());
  for (ConnId conn : conns) outputs_.push_back(output::Rekey{conn, peer.settings->session.address, from, keys});
}

// What may be said against a path changed: each is judged again, without asking the peer.
void Speaker::rejudge(PeerSlot& peer) {
  ImportJudge judge(*this, peer);
  rib_.rejudge(peer.id, [&](const Prefix& prefix, rib::AttrId received) {
    judge.turn_to(received, prefix.family());
    return judge.judge(prefix);
  });
}

// ---- export groups ------------------------------------------------------------------------------------------------

BgpIdentifier Speaker::cluster_id() const {
  return config_->cluster_id.value != 0 ? config_->cluster_id : config_->identifier;
}

rib::ExportKey Speaker::export_key(const PeerSlot& peer) const {
  const session::Negotiated& negotiated = peer.fsm.negotiated();
  const session::PeerConfig& session = peer.settings->session;
  rib::ExportKey key;
  key.target = {session.local_as, !session.is_ibgp(), peer.settings->route_reflector_client, cluster_id(),
                peer.settings->next_hop_mode, std::nullopt, std::nullopt,
                session.is_ibgp() ? std::nullopt : session.role, config_->graceful_shutdown,
                negotiated.peer_open.capabilities.graceful_restart && negotiated.peer_open.capabilities.long_lived};
  (negotiated.local_address.is_v4() ? key.target.self_v4 : key.target.self_v6) = negotiated.local_address;
  key.target.extended_next_hop = negotiated.codec.extended_next_hop;
  key.filter = peer.settings->export_ ? peer.settings->export_ : config_->export_filter;
  key.codec = negotiated.codec;
  key.codec.peer_as = {};
  key.codec.add_path_receive = {};
  key.codec.enforce_first_as = true;
  key.codec.reject_as_sets = false;
  key.codec.route_refresh = false;
  return key;
}

void Speaker::join_group(PeerSlot& peer) {
  peer.group = &rib_.group(export_key(peer));
  peer.group->join(peer.id);
  mark_writable(*find_connection(peer.conn));
}

// The session stays; what the peer is told changes.
void Speaker::move_group(PeerSlot& peer) {
  rib::ExportGroup& from = *peer.group;
  peer.group = &rib_.group(export_key(peer));
  peer.group->join(peer.id, &from);
  Connection& connection = *find_connection(peer.conn);
  Bytes rest = from.leave(peer.id);
  connection.control.insert(connection.control.begin() + static_cast<ptrdiff_t>(connection.control_sent), rest.begin(),
                            rest.end());
  rib_.drop_empty_groups();
  mark_writable(connection);
}

// ---- routes of our own --------------------------------------------------------------------------------------------

void Speaker::apply_own_routes(const std::vector<Prefix>& from, const std::vector<Prefix>& to, rib::LocalKind kind) {
  auto has = [](const std::vector<Prefix>& sorted, const Prefix& prefix) {
    return std::binary_search(sorted.begin(), sorted.end(), prefix);
  };
  for (const Prefix& prefix : from)
    if (!has(to, prefix)) withdraw_local(prefix, kind);
  for (const Prefix& prefix : to)
    if (!has(from, prefix)) learn_local(prefix, kind);
}

static wire::NlriEntry entry_of(const Prefix& prefix, rib::LocalKind kind) {
  return {prefix.length(), prefix.address().bytes().data(), static_cast<uint32_t>(kind)};
}

void Speaker::learn_local(const Prefix& prefix, rib::LocalKind kind, const policy::LocalOrigin& origin) {
  static const Bytes kAttributes = {0x40, 1, 1, 0, 0x40, 2, 0};  // ORIGIN IGP, an empty AS_PATH
  rib::AttrId attr = rib_.attrs().intern_local(policy::with_local_origin(kAttributes, origin));
  rib_.learn(rib::kLocalPeer, prefix.family(), entry_of(prefix, kind), attr);
  rib_.attrs().release(attr);
}

void Speaker::withdraw_local(const Prefix& prefix, rib::LocalKind kind) {
  rib_.withdraw(rib::kLocalPeer, prefix.family(), entry_of(prefix, kind));
}

}  // namespace bgp::speaker
