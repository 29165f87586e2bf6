#include "bgp/daemon/status_view.h"

#include <algorithm>

#include "bgp/session/negotiation.h"

namespace bgp::daemon {
namespace {

namespace protocol = ctl::protocol;

protocol::PeerType to_protocol(speaker::PeerType type) {
  switch (type) {
    case speaker::PeerType::NodeToNodeMesh: return protocol::PeerType::NodeToNodeMesh;
    case speaker::PeerType::Global: return protocol::PeerType::Global;
    case speaker::PeerType::NodeSpecific: return protocol::PeerType::NodeSpecific;
    case speaker::PeerType::LocalWorkload: return protocol::PeerType::LocalWorkload;
  }
  return protocol::PeerType::Global;
}

// Why a peer has to wait for memory, and what to do about it.
std::string memory_words(const speaker::PeerSnapshot& peer, const Clocks& clocks) {
  if (peer.memory_hold)
    return ": it had " + std::to_string(peer.memory_hold->routes) + " routes, the most; tried again at " +
           protocol::to_rfc3339(clocks.to_wall(peer.memory_hold->until)) +
           ", or when its configuration changes: limit it (max-prefixes), or give the agent more memory (--memory-max)";
  if (peer.is_kept_out_by_memory) return "; memory is short: no new sessions";
  return "";
}

protocol::PeerStatus to_peer_status(const speaker::PeerSnapshot& peer, const Clocks& clocks) {
  protocol::PeerStatus out;
  out.family = peer.address.family();
  out.peer_address = peer.address;
  out.port = peer.port;
  out.peer_type = to_protocol(peer.type);
  out.bgp_state = session::to_string(peer.state);
  out.state = protocol::state_word(out.bgp_state, peer.is_started);
  out.since = clocks.to_wall(peer.since);
  if (peer.last_fault.kind != session::Fault::Kind::None) out.last_error = peer.last_fault.to_string();
  out.info = protocol::info_text(out.bgp_state, out.last_error) + memory_words(peer, clocks);
  out.local_address = peer.negotiated ? std::optional(peer.negotiated->local_address) : peer.local_address;
  out.local_as = peer.local_as.value;
  out.peer_as = peer.peer_as.value;
  const session::Counters& c = peer.counters;
  out.flaps = c.flaps;
  out.prefixes = {peer.ipv4.received + peer.ipv6.received, peer.ipv4.accepted + peer.ipv6.accepted,
                  peer.ipv4.advertised + peer.ipv6.advertised};
  out.received = {c.opens_in, c.updates_in, c.notifications_in, c.keepalives_in, c.refreshes_in};
  out.sent = {c.opens_out, c.updates_out, c.notifications_out, c.keepalives_out, c.refreshes_out};
  return out;
}

std::optional<protocol::NotificationInfo> to_info(const std::optional<wire::Notification>& notification) {
  if (!notification) return std::nullopt;
  std::string text = wire::notification_text(*notification);
  if (std::string words = wire::shutdown_communication(*notification); !words.empty()) text += ": " + words;
  return protocol::NotificationInfo{notification->code, notification->subcode, text, {}};
}

std::vector<std::string> agreed(const session::Negotiated& negotiated) {
  std::vector<std::string> out;
  if (negotiated.codec.families.has(Family::IPv4)) out.push_back("IPv4 unicast");
  if (negotiated.codec.families.has(Family::IPv6)) out.push_back("IPv6 unicast");
  if (negotiated.codec.route_refresh) out.push_back("route refresh");
  if (negotiated.codec.four_octet_as) out.push_back("4-octet AS");
  if (negotiated.codec.extended_messages) out.push_back("extended messages");
  if (negotiated.codec.extended_next_hop) out.push_back("IPv4 over IPv6 next hops");
  if (!negotiated.codec.add_path_receive.empty()) out.push_back("ADD-PATH received");
  if (!negotiated.codec.add_path_send.empty()) out.push_back("ADD-PATH sent");
  if (negotiated.enhanced_refresh) out.push_back("enhanced route refresh");
  const session::GracefulRestart& graceful = negotiated.graceful;
  if (graceful.negotiated)
    out.push_back("graceful restart, " + std::to_string(graceful.restart_time_s) + " s" +
                  (graceful.notification ? ", also over a NOTIFICATION" : "") +
                  (graceful.families.empty() ? ", the peer only as a helper" : ""));
  if (!graceful.long_lived.empty())
    out.push_back("long-lived graceful restart, " +
                  std::to_string(std::max(graceful.long_lived_stale_s_v4, graceful.long_lived_stale_s_v6)) + " s");
  return out;
}

protocol::FaultCounts to_counts(const speaker::FaultCounts& c) { return {c.treated_as_withdraw, c.discarded, c.reset}; }

protocol::MalformedInfo to_info(const speaker::MalformedCounts& malformed, const Clocks& clocks) {
  protocol::MalformedInfo out{to_counts(malformed.total), {}, std::nullopt};
  for (const auto& [code, counts] : malformed.by_attribute) {
    const char* name = code == 0 ? "" : wire::attribute_name(code);
    out.attributes.push_back({code, name ? name : "", to_counts(counts)});
  }
  if (!malformed.last.empty())
    out.last = {malformed.last, wire::hex_text(malformed.last_bytes), clocks.to_wall(malformed.last_at)};
  return out;
}

std::string kernel_words(const fib::RouteStatus& status) {
  if (status.state == fib::RouteState::Installed) return "installed";
  if (status.state == fib::RouteState::Absent) return "not installed: for others to program";
  std::string text = std::string("not installed: ") + fib::to_string(status.state);
  return status.text.empty() ? text : text + ": " + status.text;
}

std::string best_words(rib::DecisionStep step) {
  return step == rib::DecisionStep::OnlyPath ? "best: the only path" : std::string("best by ") + rib::to_string(step);
}

std::string advertised_words(size_t peers, size_t listeners) {
  if (peers > 0) return "advertised to " + std::to_string(peers) + (peers == 1 ? " peer" : " peers");
  return listeners == 0 ? "not advertised: no established peer of this family"
                        : "not advertised: the export policy lets no peer have it";
}

// Why the path is or is not the best, in the kernel, and told to others.
std::string reason(const speaker::RouteSnapshot& route, const fib::RouteStatus* kernel, size_t listeners) {
  const rib::PathView& view = route.view;
  if (view.rejection != rib::Rejection::None) return rib::to_string(view.rejection);
  if (!view.is_reachable) return "the next hop cannot be reached";
  if (!view.is_best)
    return std::string("not best by ") + rib::to_string(view.step) + (view.is_multipath ? ", but used beside it (ECMP)" : "");
  std::string text = best_words(view.step);
  bool is_local_route = view.peer == rib::kLocalPeer && view.path_id == static_cast<uint32_t>(rib::LocalKind::Kernel);
  if (kernel && !is_local_route) text += "; " + kernel_words(*kernel);
  return text + "; " + advertised_words(view.advertised_to, listeners);
}

protocol::RouteRow to_row(const speaker::RouteSnapshot& route, const fib::RouteStatus* kernel, size_t listeners) {
  wire::AttributeFacts facts = wire::facts_of(route.attributes);
  protocol::RouteRow row;
  row.prefix = route.view.prefix;
  if (route.next_hop) row.next_hop = route.next_hop->to_string();
  row.peer = route.peer ? route.peer->to_string() : "local";
  row.origin = wire::to_string(facts.origin);
  row.as_path = wire::as_path_text(route.attributes);
  row.local_pref = facts.local_pref;
  row.med = facts.med;
  row.communities = wire::communities_text(route.attributes);
  row.best = route.view.is_best;
  row.installed = is_installed(route, kernel);
  row.reason = reason(route, kernel, listeners);
  return row;
}

// As bgp/session/timers.cpp counts it, less the jitter: what is configured, and never more than a third.
uint32_t keepalive_s(const session::PeerConfig& config, uint16_t hold_time_s) {
  const uint32_t third = hold_time_s / 3U;
  return config.keepalive_time_s == 0 ? third : std::min<uint32_t>(config.keepalive_time_s, third);
}

}  // namespace

bool is_installed(const speaker::RouteSnapshot& route, const fib::RouteStatus* kernel) {
  if (!route.view.is_best && !route.view.is_multipath) return false;
  if (!route.peer && route.view.path_id == static_cast<uint32_t>(rib::LocalKind::Kernel)) return true;  // it came from there
  return kernel && kernel->state == fib::RouteState::Installed;
}

protocol::NodeStatus to_node_status(const speaker::Snapshot& snapshot, const std::string& node_name,
                                    const Clocks& clocks) {
  protocol::NodeStatus status{node_name, snapshot.identifier.to_string(), snapshot.local_as.value, true, {}, {}};
  if (snapshot.is_memory_tight) status.short_memory = {snapshot.memory.used, snapshot.memory.bound};
  if (snapshot.recovering_until) status.recovering_until = clocks.to_wall(*snapshot.recovering_until);
  for (const speaker::PeerSnapshot& peer : snapshot.peers) status.peers.push_back(to_peer_status(peer, clocks));
  protocol::sort_for_display(status.peers);
  return status;
}

protocol::PeerDetail to_peer_detail(const speaker::PeerDetailSnapshot& detail, const Clocks& clocks) {
  protocol::PeerDetail out;
  out.status = to_peer_status(detail.peer, clocks);
  const auto& said = detail.peer.negotiated;
  out.capabilities_ours = wire::describe((said ? said->our_open : session::make_open(detail.config)).capabilities);
  out.timers.hold_time_configured_s = detail.config.hold_time_s;
  out.timers.connect_retry_s =
      static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(detail.config.connect_retry).count());
  if (const auto& negotiated = detail.peer.negotiated) {
    out.peer_identifier = negotiated->peer_open.identifier.to_string();
    out.capabilities_theirs = wire::describe(negotiated->peer_open.capabilities);
    out.capabilities_agreed = agreed(*negotiated);
    out.timers.hold_time_negotiated_s = negotiated->hold_time_s;
    out.timers.keepalive_s = keepalive_s(detail.config, negotiated->hold_time_s);
  }
  out.last_notification_sent = to_info(detail.last_sent);
  out.last_notification_received = to_info(detail.last_received);
  if (detail.peer.stale_until)
    out.stale = {detail.peer.ipv4.stale + detail.peer.ipv6.stale, clocks.to_wall(*detail.peer.stale_until)};
  out.malformed = to_info(detail.peer.malformed, clocks);
  out.refused_paths = detail.peer.refused_paths;
  for (const session::StateChange& change : detail.history)
    out.history.push_back({clocks.to_wall(change.at), session::to_string(change.from), session::to_string(change.to), change.reason});
  return out;
}

protocol::RoutePage to_route_page(const speaker::RoutePage& page, const std::vector<fib::RouteStatus>& kernel) {
  protocol::RoutePage out;
  out.next = page.next;
  for (size_t i = 0; i < page.routes.size(); ++i) {
    bool v4 = page.routes[i].view.prefix.family() == Family::IPv4;
    out.rows.push_back(to_row(page.routes[i], kernel.empty() ? nullptr : &kernel[i],
                              v4 ? page.ipv4_listeners : page.ipv6_listeners));
  }
  return out;
}

}  // namespace bgp::daemon
