// What the speaker shows of itself.
#include <algorithm>

#include "bgp/speaker/peer_slot.h"

namespace bgp::speaker {

Snapshot Speaker::snapshot(Instant now) const {
  Snapshot snapshot{config_->local_as, config_->identifier, now, {}, {}, false, {}};
  if (rib_.is_end_of_rib_held()) snapshot.recovering_until = started_ + options_.selection_deferral;
  for (const std::unique_ptr<PeerSlot>& peer : peers_)
    if (peer) snapshot.peers.push_back(snapshot_of(*peer));
  std::sort(snapshot.peers.begin(), snapshot.peers.end(),
            [](const PeerSnapshot& a, const PeerSnapshot& b) { return a.address < b.address; });
  snapshot.memory = memory_.use;
  snapshot.is_memory_tight = memory_.is_tight;
  return snapshot;
}

PeerSnapshot Speaker::snapshot_of(const PeerSlot& peer) const {
  const session::PeerConfig& session = peer.settings->session;
  PeerSnapshot out;
  out.address = session.address;
  out.port = session.port;
  out.local_address = session.local_address;
  out.type = peer.settings->type;
  out.local_as = session.local_as;
  out.peer_as = session.peer_as;
  out.state = peer.fsm.state();
  out.is_started = peer.fsm.is_started();
  out.is_passive = session.passive;
  out.since = peer.fsm.state_since();
  out.last_fault = peer.fsm.last_fault();
  out.counters = peer.fsm.counters();
  if (peer.is_up()) out.negotiated = peer.fsm.negotiated();
  out.offered = session.families;
  out.end_of_rib_received = peer.end_of_rib_received;
  for (Family family : rib::kFamilies) {
    PrefixCounts& counts = family == Family::IPv4 ? out.ipv4 : out.ipv6;
    counts.received = rib_.path_count(peer.id, family);
    counts.accepted = counts.received - rib_.rejected_count(peer.id, family);
    counts.stale = rib_.stale_count(peer.id, family);
    counts.advertised = peer.is_up() ? peer.group->advertised(peer.id, family) : 0;
  }
  if (peer.has_stale()) out.stale_until = peer.stale_until();
  out.imports = peer.imports;
  out.malformed = peer.malformed;
  out.refused_paths = peer.refused_paths;
  bool is_held = peer.memory_hold && now_ < peer.memory_hold->until && peer.fsm.state() == session::State::Idle;
  if (is_held) out.memory_hold = peer.memory_hold;
  out.is_kept_out_by_memory = !is_held && is_kept_out_by_memory(&peer);
  return out;
}

TableCounts Speaker::table_counts(Family family) const {
  TableCounts counts;
  std::vector<PathCounts> by_peer(peers_.size());
  std::optional<rib::DestinationId> accepted, rejected;  // the last prefix that had such a path
  rib_.for_each_path(family, [&](rib::DestinationId id, const rib::Path& path, bool is_selected) {
    bool is_block = path.path_id == static_cast<uint32_t>(rib::LocalKind::Block);
    PathCounts& of = path.peer != rib::kLocalPeer ? by_peer[path.peer] : is_block ? counts.blocks : counts.kernel;
    bool is_rejected = path.rejection != rib::Rejection::None;
    for (PathCounts* c : {&of, &counts.all}) {
      ++(is_rejected ? c->rejected : c->accepted);
      c->selected += is_selected;
    }
    std::optional<rib::DestinationId>& last = is_rejected ? rejected : accepted;
    if (last != id) ++(is_rejected ? counts.rejected_prefixes : counts.prefixes);
    last = id;
  });
  for (const std::unique_ptr<PeerSlot>& peer : peers_)
    if (peer) counts.peers[peer->settings->session.address] = by_peer[peer->id];
  return counts;
}

std::optional<PeerDetailSnapshot> Speaker::peer_detail(const IpAddress& address) const {
  const PeerSlot* peer = find_peer(address);
  if (!peer) return std::nullopt;
  return PeerDetailSnapshot{snapshot_of(*peer), peer->settings->session, peer->fsm.history(),
                            peer->fsm.last_notification_sent(), peer->fsm.last_notification_received()};
}

RoutePage Speaker::routes(const std::optional<Prefix>& from, size_t max,
                          const std::function<bool(const Prefix&)>& is_wanted) const {
  std::vector<Prefix> prefixes = rib_.prefixes_from(from, max + 1, is_wanted);
  RoutePage page;
  for (const std::unique_ptr<PeerSlot>& peer : peers_) {
    if (!peer || !peer->is_up()) continue;
    page.ipv4_listeners += peer->fsm.negotiated().codec.families.has(Family::IPv4);
    page.ipv6_listeners += peer->fsm.negotiated().codec.families.has(Family::IPv6);
  }
  for (const Prefix& prefix : prefixes) {
    if (page.routes.size() >= max) {
      page.next = prefix;
      break;
    }
    append_routes(prefix, page.routes);
  }
  return page;
}

void Speaker::append_routes(const Prefix& prefix, std::vector<RouteSnapshot>& out) const {
  const rib::Tables& tables = rib_.tables();
  for (const rib::PathView& view : rib_.paths(prefix)) {
    RouteSnapshot route{view, {}, {}, 0, 0, {}};
    if (view.peer != rib::kLocalPeer) route.peer = tables.peers[view.peer].address;
    if (rib::NextHopId next_hop = tables.attrs.next_hop(view.attr)) {
      route.next_hop = tables.next_hops.get(next_hop).address;
      route.ifindex = tables.next_hops.get(next_hop).ifindex;
      route.metric = tables.next_hops.metric(next_hop);
    }
    ByteView attributes = tables.attrs.canonical(view.attr);
    if (view.peer == rib::kLocalPeer) route.attributes = policy::without_local_origin(attributes);
    else route.attributes.assign(attributes.begin(), attributes.end());
    out.push_back(std::move(route));
  }
}

}  // namespace bgp::speaker
