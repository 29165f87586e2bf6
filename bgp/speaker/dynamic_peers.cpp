// Neighbours without a name of their own: whoever connects from a configured range becomes a peer, and is forgotten when
// his session is gone. Beside it: who may connect at all, and what the listening sockets are told about that.
#include <algorithm>

#include "bgp/base/limits.h"
#include "bgp/speaker/peer_slot.h"

namespace bgp::speaker {
namespace {

// The settings of a range, for one address of it.
PeerSettings settings_for(const DynamicPeers& range, const IpAddress& address) {
  PeerSettings settings = range.settings;
  settings.session.address = address;
  settings.session.passive = true;
  return settings;
}

bool is_guarded(const session::PeerConfig& session) {
  return !session.password.empty() || !session.tcp_ao.empty() || session.ttl_security_hops.has_value();
}

// The most that anybody allows; nullopt when somebody has no such limit, or nobody is there.
std::optional<uint8_t> most_hops(const std::vector<std::pair<Family, std::optional<uint8_t>>>& all, Family family) {
  std::optional<uint8_t> most;
  for (const auto& [its_family, hops] : all) {
    if (its_family != family) continue;
    if (!hops) return std::nullopt;
    most = std::max(most.value_or(0), *hops);
  }
  return most;
}

}  // namespace

const DynamicPeers* Speaker::find_range(const IpAddress& address) const {
  const DynamicPeers* best = nullptr;
  for (const DynamicPeers& range : config_->dynamic_peers)
    if (range.range.contains(address) && (!best || range.range.length() > best->range.length())) best = &range;
  return best;
}

Speaker::PeerSlot* Speaker::admit(const IpAddress& remote) {
  const DynamicPeers* range = find_range(remote);
  if (!range || !range->settings.session.held.empty() || by_address_.size() >= limits::kPeersMax) return nullptr;
  auto is_of_range = [&](rib::PeerId id) { return find_range(peers_[id]->settings->session.address) == range; };
  if (std::count_if(dynamic_.begin(), dynamic_.end(), is_of_range) >= range->max) return nullptr;
  add_peer(settings_for(*range, remote));
  PeerSlot* peer = find_peer(remote);
  peer->is_dynamic = true;
  dynamic_.push_back(peer->id);
  rank_peers();
  return peer;
}

// Called when the configuration changed: named ones are no longer dynamic, the others take their range's new settings.
void Speaker::update_dynamic_peers() {
  for (const PeerSettings& named : config_->peers) find_peer(named.session.address)->is_dynamic = false;
  std::erase_if(dynamic_, [&](rib::PeerId id) { return !peers_[id]->is_dynamic; });
  for (rib::PeerId id : std::vector<rib::PeerId>(dynamic_)) {
    const IpAddress address = peers_[id]->settings->session.address;
    change_peer(*peers_[id], settings_for(*find_range(address), address));
  }
}

// Without a connection, without an idle hold to sit out (a peer that broke a limit must not be back at once as a new
// one), and without routes that are kept as stale ones. Never called while actions are carried out.
void Speaker::forget_gone_dynamic_peers() {
  if (is_shut_down_) return;
  auto is_gone = [&](rib::PeerId id) {
    if (peers_[id]->fsm.state() != session::State::Active) return false;
    return rib_.path_count(id, Family::IPv4) == 0 && rib_.path_count(id, Family::IPv6) == 0;
  };
  size_t before = dynamic_.size();
  for (rib::PeerId id : std::vector<rib::PeerId>(dynamic_))
    if (is_gone(id)) remove_peer(*peers_[id]);
  if (dynamic_.size() != before) rank_peers();
}

// RFC 4271 §9.1.2.2 g) compares addresses; the order of the ranks is that of the addresses, whoever comes and goes.
void Speaker::rank_peers() {
  std::vector<PeerSlot*> sorted;
  for (const std::unique_ptr<PeerSlot>& peer : peers_)
    if (peer) sorted.push_back(peer.get());
  std::sort(sorted.begin(), sorted.end(), [](const PeerSlot* a, const PeerSlot* b) {
    return a->settings->session.address < b->settings->session.address;
  });
  for (uint32_t rank = 0; rank < sorted.size(); ++rank) {
    sorted[rank]->rank = rank;
    if (sorted[rank]->is_up() || sorted[rank]->has_stale()) note_facts(*sorted[rank]);
  }
}

// ---- who may connect ----------------------------------------------------------------------------------------------

bool Speaker::has_room_for_half_open() const {
  if (connections_.size() < limits::kHalfOpenMax) return true;
  auto is_half_open = [&](const auto& entry) {
    const auto& [conn, connection] = entry;
    return conn.value >= input::kFirstAcceptedConn && !peers_[connection->peer]->fsm.is_established(conn);
  };
  return static_cast<size_t>(std::count_if(connections_.begin(), connections_.end(), is_half_open)) < limits::kHalfOpenMax;
}

const char* Speaker::refusal(const IpAddress& remote) const {
  const DynamicPeers* range = find_range(remote);
  if (!range) return "no such peer";
  return range->settings.session.held.empty() ? "too many dynamic neighbours" : range->settings.session.held.c_str();
}

void Speaker::turn_away(const input::Accepted& in, const char* reason, Bytes last_words) {
  ++turned_away_;
  outputs_.push_back(output::Close{in.conn, std::move(last_words)});
  if (now_ < next_turned_away_log_) return;
  log(LogLevel::Info, "connection_turned_away", nullptr,
      {{"address", in.remote.to_string()}, {"reason", reason}, {"so_far", std::to_string(turned_away_)}});
  next_turned_away_log_ = now_ + limits::kTurnedAwayLogInterval;
}

void Speaker::update_guards() {
  output::Listen listen;
  std::vector<std::pair<Family, std::optional<uint8_t>>> hops;
  auto add = [&](const Prefix& range, const session::PeerConfig& session) {
    hops.emplace_back(range.family(), session.ttl_security_hops);
    if (is_guarded(session)) listen.guards.push_back({range, session.password, session.tcp_ao, session.ttl_security_hops});
  };
  for (const PeerSettings& peer : config_->peers) add(Prefix(peer.session.address, static_cast<uint8_t>(peer.session.address.bits())), peer.session);
  for (const DynamicPeers& dynamic : config_->dynamic_peers) add(dynamic.range, dynamic.settings.session);
  std::sort(listen.guards.begin(), listen.guards.end(), [](const auto& a, const auto& b) { return a.range < b.range; });
  listen.hops_v4 = most_hops(hops, Family::IPv4);
  listen.hops_v6 = most_hops(hops, Family::IPv6);
  if (listen == guards_) return;
  guards_ = listen;
  outputs_.push_back(std::move(listen));
}

}  // namespace bgp::speaker
