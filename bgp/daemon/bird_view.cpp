#include "bgp/daemon/bird_view.h"

#include <algorithm>
#include <ctime>

#include "bgp/base/limits.h"
#include "ctl/protocol/status.h"

namespace bgp::daemon {
namespace {

namespace bird = ctl::bird;

// The preferences that BIRD gives by default.
constexpr uint32_t kStaticPreference = 200, kKernelPreference = 10, kDirectPreference = 240, kBgpPreference = 100;

// ---- sessions ---------------------------------------------------------------------------------------------------
std::string bgp_state(const speaker::PeerSnapshot& peer) {
  if (!peer.is_started) return "Down";
  bool waits = peer.state == session::State::Idle || peer.state == session::State::Active;
  return peer.is_passive && waits ? "Passive" : session::to_string(peer.state);
}

std::vector<std::string> capability_words(const wire::Capabilities& c) {
  std::vector<std::string> words;
  if (c.route_refresh) words.push_back("refresh");
  if (c.enhanced_route_refresh) words.push_back("enhanced-refresh");
  if (c.graceful_restart) words.push_back(c.graceful_restart->families.empty() ? "restart-aware" : "restart-able");
  if (c.long_lived) words.push_back(c.long_lived->families.empty() ? "llgr-aware" : "llgr-able");
  if (c.four_octet_as) words.push_back("AS4");
  if (!c.add_path_receive.empty()) words.push_back("add-path-rx");
  if (!c.add_path_send.empty()) words.push_back("add-path-tx");
  if (c.extended_messages) words.push_back("ext-messages");
  return words;
}

std::vector<std::string> session_words(const speaker::PeerSnapshot& peer, const wire::CodecContext& codec) {
  std::vector<std::string> words = {peer.local_as == peer.peer_as ? "internal" : "external"};
  if (codec.four_octet_as) words.push_back("AS4");
  if (!codec.add_path_receive.empty()) words.push_back("add-path-rx");
  if (!codec.add_path_send.empty()) words.push_back("add-path-tx");
  if (codec.extended_messages) words.push_back("ext-messages");
  return words;
}

bird::Bgp to_bgp(const speaker::PeerSnapshot& peer) {
  bird::Bgp out{bgp_state(peer), "", peer.address.to_string(), peer.peer_as.value, peer.stale_until.has_value(), {}};
  if (!peer.negotiated) {
    if (peer.last_fault.kind != session::Fault::Kind::None) out.last_error = peer.last_fault.to_string();
    return out;
  }
  const session::Negotiated& n = *peer.negotiated;
  out.session = {n.peer_open.identifier.to_string(), capability_words(n.peer_open.capabilities),
                 session_words(peer, n.codec), n.local_address.to_string(), n.hold_time_s};
  return out;
}

bird::Protocol to_protocol(const speaker::PeerSnapshot& peer, const speaker::TableCounts& counts, Family family,
                           const Clocks& clocks) {
  bird::Protocol out;
  out.name = bird_name(peer);
  out.type = "BGP";
  out.state = ctl::protocol::state_word(session::to_string(peer.state), peer.is_started);
  out.since = to_bird_time(clocks.to_wall(peer.since));
  out.preference = kBgpPreference;
  out.input_filter = out.output_filter = "(unnamed)";  // there are some, and they are no filters of BIRD's
  const speaker::PrefixCounts& mine = family == Family::IPv4 ? peer.ipv4 : peer.ipv6;
  auto found = counts.peers.find(peer.address);
  out.routes = {mine.accepted, mine.received - mine.accepted, mine.advertised,
                found == counts.peers.end() ? 0 : found->second.selected};
  const speaker::ImportCounts& imports = peer.imports[rib::index_of(family)];
  out.changes = {imports.updates, imports.loops, imports.filtered, imports.withdraws};
  out.bgp = to_bgp(peer);
  return out;
}

// ---- the protocols that confd's bird.cfg has besides ------------------------------------------------------------
bird::Protocol own_protocol(const char* name, const char* type, uint32_t preference, bird::LocalTime since) {
  bird::Protocol out;
  out.name = name;
  out.type = type;
  out.state = "up";
  out.since = since;
  out.preference = preference;
  out.input_filter = "ACCEPT";
  out.output_filter = "REJECT";
  return out;
}

std::vector<bird::Protocol> own_protocols(const speaker::TableCounts& counts, bird::LocalTime since) {
  std::vector<bird::Protocol> out = {own_protocol("static1", "Static", kStaticPreference, since),
                                     own_protocol("kernel1", "Kernel", kKernelPreference, since),
                                     own_protocol("device1", "Device", kDirectPreference, since),
                                     own_protocol("direct1", "Direct", kDirectPreference, since)};
  out[0].routes = {counts.blocks.accepted, counts.blocks.rejected, 0, counts.blocks.selected};
  out[1].output_filter = "ACCEPT";
  out[1].routes = {counts.kernel.accepted, counts.kernel.rejected, counts.all.selected - counts.kernel.selected,
                   counts.kernel.selected};
  return out;
}

std::optional<bird::Status::Recovery> recovery(const speaker::Snapshot& snapshot) {
  if (!snapshot.recovering_until) return std::nullopt;
  auto is_waited_for = [](const speaker::PeerSnapshot& peer) { return peer.end_of_rib_received.empty(); };
  auto seconds = [](Duration d) {
    return std::max<int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(d).count());
  };
  return bird::Status::Recovery{
      static_cast<size_t>(std::count_if(snapshot.peers.begin(), snapshot.peers.end(), is_waited_for)),
      seconds(*snapshot.recovering_until - snapshot.now), seconds(limits::kSelectionDeferral)};
}

// ---- routes -----------------------------------------------------------------------------------------------------
const speaker::PeerSnapshot* find_peer(const speaker::Snapshot& snapshot, const IpAddress& address) {
  auto at = std::lower_bound(snapshot.peers.begin(), snapshot.peers.end(), address,
                             [](const speaker::PeerSnapshot& peer, const IpAddress& a) { return peer.address < a; });
  return at != snapshot.peers.end() && at->address == address ? &*at : nullptr;
}

bool was_refused(const fib::RouteStatus& kernel) {
  return kernel.state == fib::RouteState::Failed || kernel.state == fib::RouteState::Conflict;
}

void make_local(const speaker::RouteSnapshot& route, const std::optional<fib::Way>& way,
                bird::Route& out) {
  bool is_block = route.view.path_id == static_cast<uint32_t>(rib::LocalKind::Block);
  out.protocol = is_block ? "static1" : "kernel1";
  out.source = is_block ? "static" : "inherit";
  out.preference = is_block ? kStaticPreference : kKernelPreference;
  out.way = is_block ? bird::Route::Way::Blackhole : bird::Route::Way::Device;
  if (is_block) return;
  out.interface = way ? way->interface : "?";
  if (!way || !way->gateway) return;
  out.way = bird::Route::Way::Router;
  out.gateway = way->gateway->to_string();
}

void make_bgp(const speaker::RouteSnapshot& route, const std::optional<fib::Way>& way,
              const speaker::PeerSnapshot* peer, bird::Route& out) {
  out.is_bgp = true;
  out.source = "BGP";
  out.preference = kBgpPreference;
  out.protocol = peer ? bird_name(*peer) : "?";  // it went while we looked
  out.next_hop = route.next_hop ? route.next_hop->to_string() : "";
  out.attributes = route.attributes;
  std::string from = route.peer->to_string();
  if (route.view.is_reachable) {
    out.igp_metric = route.metric;
    out.way = bird::Route::Way::Router;
    out.gateway = way && way->gateway ? way->gateway->to_string() : out.next_hop;
    out.interface = way ? way->interface : "?";
  }
  if (out.gateway != from) out.from = from;
}

bird::Route to_route(const speaker::RouteSnapshot& route, const BirdRouteFacts& facts, const speaker::Snapshot& snapshot,
                     bird::LocalTime booted, const Clocks& clocks) {
  bird::Route out;
  out.prefix = route.view.prefix;
  out.is_primary = route.view.is_best;
  out.is_filtered = route.view.rejection != rib::Rejection::None;
  out.is_refused = was_refused(facts.kernel);
  const speaker::PeerSnapshot* peer = route.peer ? find_peer(snapshot, *route.peer) : nullptr;
  // When a route came is not kept: no later than its session did, or we.
  out.since = peer ? to_bird_time(clocks.to_wall(peer->since)) : booted;
  if (route.peer) make_bgp(route, facts.way, peer, out);
  else make_local(route, facts.way, out);
  return out;
}

}  // namespace

bird::LocalTime to_bird_time(std::chrono::system_clock::time_point at) {
  std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm local{};
  localtime_r(&seconds, &local);
  return bird::LocalTime(std::chrono::seconds(seconds + local.tm_gmtoff));
}

std::string bird_name(const speaker::PeerSnapshot& peer) {
  const char* type = peer.type == speaker::PeerType::NodeToNodeMesh  ? "Mesh_"
                     : peer.type == speaker::PeerType::Global        ? "Global_"
                     : peer.type == speaker::PeerType::LocalWorkload ? "Local_Workload_"
                                                                     : "Node_";
  std::string address = peer.address.to_string();
  std::replace_if(address.begin(), address.end(), [](char c) { return c == '.' || c == ':'; }, '_');
  return type + address + (peer.port == 179 ? "" : "_port_" + std::to_string(peer.port));
}

bird::View to_bird_view(const speaker::Snapshot& snapshot, const speaker::TableCounts& counts, Family family,
                        const BirdSelf& self, const Clocks& clocks) {
  bird::View view;
  view.status = {self.version, snapshot.identifier.to_string(), to_bird_time(clocks.wall), to_bird_time(self.booted),
                 to_bird_time(self.reconfigured), recovery(snapshot)};
  view.protocols = own_protocols(counts, view.status.booted);
  view.table = {counts.all.accepted, counts.prefixes, counts.all.selected};
  view.filtered = {counts.all.rejected, counts.rejected_prefixes, 0};
  std::vector<const speaker::PeerSnapshot*> peers;
  for (const speaker::PeerSnapshot& peer : snapshot.peers)
    if (peer.address.family() == family) peers.push_back(&peer);
  // As Calico's templates list them; by address within.
  std::stable_sort(peers.begin(), peers.end(), [](auto* a, auto* b) { return a->type < b->type; });
  for (const speaker::PeerSnapshot* peer : peers) view.protocols.push_back(to_protocol(*peer, counts, family, clocks));
  return view;
}

bird::RoutePage to_bird_routes(const speaker::RoutePage& page, const std::vector<BirdRouteFacts>& facts,
                               const speaker::Snapshot& snapshot, const BirdSelf& self, const Clocks& clocks) {
  static const BirdRouteFacts kNone;
  bird::RoutePage out{{}, page.next};
  bird::LocalTime booted = to_bird_time(self.booted);
  for (size_t i = 0; i < page.routes.size(); ++i)
    out.routes.push_back(to_route(page.routes[i], facts.empty() ? kNone : facts[i], snapshot, booted, clocks));
  return out;
}

}  // namespace bgp::daemon
