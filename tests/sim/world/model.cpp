#include "model.h"

#include <algorithm>
#include <set>
#include <utility>

namespace sim {
namespace {

uint32_t u32_at(ByteView bytes, size_t at) {
  return static_cast<uint32_t>(bytes[at]) << 24 | static_cast<uint32_t>(bytes[at + 1]) << 16 |
         static_cast<uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

// Canonical bytes, read once more.
void read_attributes(ByteView bytes, ModelRoute& route) {
  for (size_t at = 0; at + 3 <= bytes.size();) {
    bool is_long = (bytes[at] & 0x10) != 0;
    uint8_t code = bytes[at + 1];
    size_t length = is_long ? static_cast<size_t>(bytes[at + 2]) << 8 | bytes[at + 3] : bytes[at + 2];
    ByteView value = bytes.subspan(at + (is_long ? 4 : 3), length);
    at += (is_long ? 4 : 3) + length;
    if (code == 1) route.origin = value[0];
    if (code == 4) route.med = u32_at(value, 0);
    if (code == 5) route.local_pref = u32_at(value, 0);
    if (code == 9) route.originator = u32_at(value, 0);
    for (size_t i = 0; code == 10 && i < length; i += 4) route.clusters.push_back(u32_at(value, i));
    for (size_t i = 0; code == 2 && i < length;) {  // the simulation makes AS_SEQUENCEs only
      for (size_t n = 0; n < value[i + 1]; ++n) route.as_path.push_back(u32_at(value, i + 2 + 4 * n));
      i += 2 + 4 * static_cast<size_t>(value[i + 1]);
    }
  }
}

template <class Key>
void keep_least(const std::vector<ModelRoute>& routes, std::vector<size_t>& left, Key key) {
  auto least = key(routes[left[0]]);
  for (size_t i : left) least = std::min(least, key(routes[i]));
  std::erase_if(left, [&](size_t i) { return key(routes[i]) != least; });
}

uint32_t neighbour_as(const ModelRoute& route) { return route.as_path.empty() ? 0 : route.as_path[0]; }

}  // namespace

size_t best_of(const std::vector<ModelRoute>& routes) {
  std::vector<size_t> left(routes.size());
  for (size_t i = 0; i < left.size(); ++i) left[i] = i;
  keep_least(routes, left, [](const ModelRoute& r) { return !r.is_local; });
  keep_least(routes, left, [](const ModelRoute& r) { return ~r.local_pref; });
  keep_least(routes, left, [](const ModelRoute& r) { return r.as_path.size(); });
  keep_least(routes, left, [](const ModelRoute& r) { return r.origin; });
  std::vector<size_t> before = left;
  std::erase_if(left, [&](size_t i) {
    return std::any_of(before.begin(), before.end(), [&](size_t j) {
      return neighbour_as(routes[j]) == neighbour_as(routes[i]) && routes[j].med < routes[i].med;
    });
  });
  keep_least(routes, left, [](const ModelRoute& r) { return !r.is_ebgp; });
  keep_least(routes, left, [](const ModelRoute& r) { return r.igp_metric; });
  keep_least(routes, left, [](const ModelRoute& r) { return r.identifier(); });
  keep_least(routes, left, [](const ModelRoute& r) { return r.clusters.size(); });
  keep_least(routes, left, [](const ModelRoute& r) { return r.peer; });
  keep_least(routes, left, [](const ModelRoute& r) { return r.path_id; });
  return left[0];
}

std::string check_decisions(const Node& node) {
  const speaker::Speaker& speaker = node.speaker();
  std::map<IpAddress, uint32_t> identifiers;
  std::set<IpAddress> external;
  for (const speaker::PeerSnapshot& peer : speaker.snapshot({}).peers) {
    if (peer.negotiated) identifiers[peer.address] = peer.negotiated->peer_open.identifier.value;
    if (peer.local_as != peer.peer_as) external.insert(peer.address);
  }
  std::map<Prefix, std::vector<speaker::RouteSnapshot>> all;
  for (speaker::RouteSnapshot& route : speaker.routes(std::nullopt, 1'000'000, [](const Prefix&) { return true; }).routes)
    all[route.view.prefix].push_back(std::move(route));
  for (const auto& [prefix, paths] : all) {
    std::vector<ModelRoute> eligible;
    std::vector<const speaker::RouteSnapshot*> of;
    for (const speaker::RouteSnapshot& path : paths) {
      if (path.view.rejection != rib::Rejection::None || (path.peer && !path.view.is_reachable)) continue;
      if (path.peer && !identifiers.contains(*path.peer)) continue;  // kept for a peer that restarts
      ModelRoute route;
      route.is_local = !path.peer;
      route.path_id = path.view.path_id;
      read_attributes(path.attributes, route);
      if (path.peer) {
        route.peer = *path.peer;
        route.is_ebgp = external.contains(*path.peer);
        route.peer_identifier = identifiers[*path.peer];
        route.igp_metric = node.kernel().resolve(*path.next_hop).metric;
      }
      eligible.push_back(route);
      of.push_back(&path);
    }
    if (eligible.size() != static_cast<size_t>(std::count_if(paths.begin(), paths.end(), [](const auto& p) {
          return p.view.rejection == rib::Rejection::None && (!p.peer || p.view.is_reachable);
        })))
      continue;
    size_t selected = static_cast<size_t>(
        std::count_if(paths.begin(), paths.end(), [](const speaker::RouteSnapshot& p) { return p.view.is_best; }));
    if (selected != (eligible.empty() ? 0 : 1))
      return "I2: " + prefix.to_string() + " has " + std::to_string(selected) + " selected paths";
    if (eligible.empty() || of[best_of(eligible)]->view.is_best) continue;
    const auto& best = *of[best_of(eligible)];
    return "I2: " + prefix.to_string() + " should be selected from " +
           (best.peer ? best.peer->to_string() : std::string("this node"));
  }
  return {};
}

Table loc_rib(const Node& node) {
  Table table;
  for (const speaker::RouteSnapshot& route :
       node.speaker().routes(std::nullopt, 1'000'000, [](const Prefix&) { return true; }).routes)
    if (route.view.is_best) table[route.view.prefix.to_string()] = route.peer ? route.next_hop->to_string() : "local";
  return table;
}

std::string check_counters(const Node& node) {
  std::map<IpAddress, std::pair<uint64_t, uint64_t>> counted;  // received, accepted
  const auto all = node.speaker().routes(std::nullopt, 1'000'000, [](const Prefix&) { return true; });
  for (const speaker::RouteSnapshot& route : all.routes) {
    if (!route.peer) continue;
    ++counted[*route.peer].first;
    counted[*route.peer].second += route.view.rejection == rib::Rejection::None;
  }
  for (const speaker::PeerSnapshot& peer : node.speaker().snapshot({}).peers) {
    auto [received, accepted] = counted[peer.address];
    if (peer.ipv4.received + peer.ipv6.received != received || peer.ipv4.accepted + peer.ipv6.accepted != accepted)
      return "I10: peer " + peer.address.to_string() + " counts " + std::to_string(peer.ipv4.received) + " received and " +
             std::to_string(peer.ipv4.accepted) + " accepted, its paths are " + std::to_string(received) + " and " +
             std::to_string(accepted);
  }
  return {};
}

std::string check_kernel(const Node& node) {
  std::map<Prefix, std::set<std::pair<IpAddress, uint32_t>>> wanted;  // legs; none for a blackhole
  const SimKernel& kernel = node.kernel();
  std::map<Prefix, bool> is_local;
  const auto all = node.speaker().routes(std::nullopt, 1'000'000, [](const Prefix&) { return true; });
  for (const speaker::RouteSnapshot& route : all.routes)
    if (route.view.is_best) is_local[route.view.prefix] = !route.peer;
  for (const speaker::RouteSnapshot& route : all.routes) {
    if (!route.view.is_multipath && !route.view.is_best) continue;
    if (!route.peer || is_local[route.view.prefix]) continue;
    for (const fib::Leg& leg : kernel.resolve(*route.next_hop).legs)
      wanted[route.view.prefix].emplace(leg.gateway, leg.ifindex);
  }
  for (const Prefix& block : node.speaker().config().own_blocks) {
    // A workload route of the same prefix takes the place of the blackhole.
    if (!kernel.announceable().contains(block)) wanted[block] = {};
  }
  for (const auto& [prefix, legs] : wanted) {
    if (kernel.is_foreign_slot(prefix)) continue;  // a conflict: theirs stays
    const std::vector<fib::Leg>* own = kernel.own_legs(prefix);
    if (own == nullptr) return "I3: the kernel has no route to " + prefix.to_string();
    std::set<std::pair<IpAddress, uint32_t>> found;
    for (const fib::Leg& leg : *own) found.emplace(leg.gateway, leg.ifindex);
    if (found != legs) return "I3: the kernel's route to " + prefix.to_string() + " leads elsewhere";
  }
  for (const fib::KernelRoute& own : kernel.own_routes())
    if (!wanted.contains(own.prefix)) return "I3: the kernel still has " + own.prefix.to_string();
  return {};
}

// ---- the network that is left alone -------------------------------------------------------------------------------

namespace {

using Rib = std::map<Prefix, std::vector<ModelRoute>>;  // usable ones, the selected first

struct Session {
  const speaker::PeerSettings* settings;  // as the receiver has it
  const speaker::PeerSettings* theirs;    // as the sender has it
  size_t from, to;
};

std::vector<Session> sessions_of(const std::vector<const Node*>& nodes) {
  std::vector<Session> sessions;
  for (size_t to = 0; to < nodes.size(); ++to) {
    for (const speaker::PeerSettings& peer : nodes[to]->speaker().config().peers) {
      for (size_t from = 0; from < nodes.size(); ++from) {
        if (address_of(nodes[from]->id()) != peer.session.address) continue;
        for (const speaker::PeerSettings& back : nodes[from]->speaker().config().peers)
          if (back.session.address == address_of(nodes[to]->id()) && back.session.local_as == peer.session.peer_as &&
              back.session.peer_as == peer.session.local_as)
            sessions.push_back({&peer, &back, from, to});
      }
    }
  }
  return sessions;
}

Rib own_routes(const Node& node) {
  Rib rib;
  ModelRoute local;
  local.is_local = true;
  for (const Prefix& block : node.speaker().config().own_blocks) rib[block] = {local};
  for (const Prefix& prefix : node.kernel().announceable()) rib[prefix] = {local};
  return rib;
}

// What `from` tells `to` of a route of its own table; nullopt: nothing.
std::optional<ModelRoute> told(const ModelRoute& route, const Session& session, const std::vector<const Node*>& nodes) {
  const speaker::SpeakerConfig& sender = nodes[session.from]->speaker().config();
  const session::PeerConfig& receiving = session.settings->session;
  bool to_ebgp = !receiving.is_ibgp();
  bool from_ibgp = !route.is_local && !route.is_ebgp;
  bool is_reflected = from_ibgp && !to_ebgp;
  bool source_is_client = std::any_of(sender.peers.begin(), sender.peers.end(), [&](const speaker::PeerSettings& p) {
    return p.session.address == route.peer && p.route_reflector_client;
  });
  if (is_reflected && !source_is_client && !session.theirs->route_reflector_client) return std::nullopt;
  ModelRoute out = route;
  out.is_local = false;
  out.is_ebgp = to_ebgp;
  out.peer = address_of(nodes[session.from]->id());
  out.peer_identifier = sender.identifier.value;
  if (!is_reflected) out.next_hop = out.peer;
  if (is_reflected) {
    if (out.originator == 0) out.originator = route.peer_identifier;
    out.clusters.insert(out.clusters.begin(), sender.cluster_id.value ? sender.cluster_id.value : sender.identifier.value);
  }
  if (to_ebgp) {
    out.as_path.insert(out.as_path.begin(), receiving.peer_as.value);
    out.local_pref = 100;
    out.originator = 0;
    out.clusters.clear();
    out.med = 0;
  }
  return out;
}

bool is_usable(const ModelRoute& route, const Session& session, const std::vector<const Node*>& nodes) {
  const speaker::SpeakerConfig& config = nodes[session.to]->speaker().config();
  uint32_t cluster = config.cluster_id.value ? config.cluster_id.value : config.identifier.value;
  auto has = [](const std::vector<uint32_t>& list, uint32_t v) { return std::find(list.begin(), list.end(), v) != list.end(); };
  return !has(route.as_path, session.settings->session.local_as.value) && !has(route.clusters, cluster) &&
         route.originator != config.identifier.value && route.next_hop != address_of(nodes[session.to]->id()) &&
         !nodes[session.to]->kernel().resolve(route.next_hop).legs.empty();
}

// What `session` brings its receiver of the sender's routes to a prefix: the selected one or, with ADD-PATH, all.
void hear(const Session& session, const std::vector<ModelRoute>& routes, const std::vector<const Node*>& nodes,
          std::vector<ModelRoute>& heard) {
  bool takes_all = session.theirs->session.add_path.send && session.settings->session.add_path.receive;
  for (size_t i = 0; i < (takes_all ? routes.size() : 1); ++i) {
    if (!routes[i].is_local && routes[i].peer == address_of(nodes[session.to]->id())) continue;
    std::optional<ModelRoute> out = told(routes[i], session, nodes);
    if (!out || !is_usable(*out, session, nodes)) continue;
    out->igp_metric = nodes[session.to]->kernel().resolve(out->next_hop).metric;
    heard.push_back(*out);
  }
}

// One's own first, then the selected one of those heard.
Rib with_heard(Rib rib, const std::map<Prefix, std::vector<ModelRoute>>& heard) {
  for (auto [prefix, routes] : heard) {
    if (routes.empty()) continue;
    std::swap(routes[0], routes[best_of(routes)]);
    std::vector<ModelRoute>& here = rib[prefix];
    here.insert(here.end(), routes.begin(), routes.end());
  }
  return rib;
}

}  // namespace

std::vector<Table> settled_tables(const std::vector<const Node*>& nodes) {
  std::vector<Session> sessions = sessions_of(nodes);
  std::vector<Rib> ribs;
  for (const Node* node : nodes) ribs.push_back(own_routes(*node));
  for (size_t round = 0; round < 4 * nodes.size() + 4; ++round) {
    std::vector<std::map<Prefix, std::vector<ModelRoute>>> heard(nodes.size());
    for (const Session& session : sessions) {
      const speaker::SpeakerConfig& sender = nodes[session.from]->speaker().config();
      const auto& filter = session.theirs->export_ ? session.theirs->export_ : sender.export_filter;
      for (const auto& [prefix, routes] : ribs[session.from])
        if (filter && filter->evaluate(prefix) == policy::Verdict::Accept)
          hear(session, routes, nodes, heard[session.to][prefix]);
    }
    std::vector<Rib> next;
    for (size_t n = 0; n < nodes.size(); ++n) next.push_back(with_heard(own_routes(*nodes[n]), heard[n]));
    if (std::exchange(ribs, std::move(next)) == ribs) break;
  }
  std::vector<Table> tables(nodes.size());
  for (size_t n = 0; n < nodes.size(); ++n)
    for (const auto& [prefix, routes] : ribs[n])
      tables[n][prefix.to_string()] = routes[0].is_local ? "local" : routes[0].next_hop.to_string();
  return tables;
}

}  // namespace sim
