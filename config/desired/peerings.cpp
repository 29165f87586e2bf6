#include "config/desired/peerings.h"

#include <utility>

namespace config::desired {
namespace {

using bgp::speaker::PeerType;
using model::BgpPeer;
using model::Node;

// A stored selector was read before; one that does not parse matches nothing.
bool selects(const std::string& selector, const model::Labels& labels) {
  const auto parsed = model::Selector::parse(selector);
  return parsed && parsed->matches(labels);
}

// Is `peer` a peering of the node `name`?
bool is_for(const BgpPeer& peer, const std::string& name, const model::Labels& labels) {
  if (!peer.node.empty()) return peer.node == name;
  return peer.node_selector.empty() || selects(peer.node_selector, labels);
}

PeerType type_of(const BgpPeer& peer) { return peer.is_global() ? PeerType::Global : PeerType::NodeSpecific; }

bgp::Asn as_of(const Inventory& inventory, const Node& node) { return node.as_number.value_or(inventory.global_as()); }

// Both addresses of a node.
std::vector<Endpoint> endpoints_of(const Inventory& inventory, const Node& node) {
  std::vector<Endpoint> endpoints;
  for (const auto& address : {bare(node.ipv4), bare(node.ipv6)}) {
    if (address) endpoints.push_back({*address, inventory.listen_port(node.name), as_of(inventory, node), &node});
  }
  return endpoints;
}

const Node* node_with(const Inventory& inventory, const bgp::IpAddress& address) {
  for (const auto& [name, node] : inventory.nodes) {
    if (bare(node.ipv4) == address || bare(node.ipv6) == address) return &node;
  }
  return nullptr;
}

// Exactly one side of two nodes dials, the same that upstream chooses: a dial in the middle of the other's graceful
// restart would end it there (BIRD 1.6).
PeerWishes between_nodes(PeerWishes wishes, const Endpoint& peer, const Self& self) {
  const auto& own = self.address(peer.address.family());
  if (own && !wishes.annotations.passive) wishes.annotations.passive = peer.address.to_string() > own->to_string();
  return wishes;
}

class Expansion {
 public:
  Expansion(const Peerings& in, PeerTable& table)
      : inventory_(in.inventory), self_(in.self), maker_(in.maker), kept_(in.kept), table_(table) {}

  void add_own(PeerType pass) {
    for (const auto& [key, peer] : inventory_.peers) {
      if (type_of(peer) != pass) continue;
      add(kept_.own, key, peer, [&, &peer = peer](Candidates& all) { expand_own(peer, all); });
    }
  }

  void add_reverse(PeerType pass) {
    for (const auto& [key, peer] : inventory_.peers) {
      if (type_of(peer) != pass || !peer.reverse_peering) continue;
      add(kept_.reverse, key, peer, [&, &peer = peer](Candidates& all) { expand_reverse(peer, all); });
    }
  }

  // Passive and from whatever address they come to: a workload sees its node as localWorkloadPeeringIPV4 and V6.
  void add_workloads(PeerType pass, const LocalWorkloads& workloads) {
    for (const auto& [key, peer] : inventory_.peers) {
      if (peer.local_workload_selector.empty() || type_of(peer) != pass || !is_for(peer, self_.name, self_.labels)) continue;
      PeerWishes wishes = wishes_of(peer);
      wishes.binds_source_address = false;
      wishes.is_of_workload = true;
      wishes.annotations.passive = true;
      bool is_told = !peer.filters.empty();
      for (const model::EndpointStatus& workload : workloads) {
        if (workload.bgp_peer != peer.name) continue;
        if (!std::exchange(is_told, true)) warn_of_open_door(peer);
        for (const auto& address : {workload.ipv4, workload.ipv6}) {
          if (!address) continue;
          table_.add(maker_.make(From::Resource, peer.name, {*address, 179, peer.as_number}, wishes, PeerType::LocalWorkload));
        }
      }
    }
  }

 private:
  // A secret is read anew each time: its file may have changed.
  template <class Expand>
  void add(std::unordered_map<std::string, Candidates>& kept, const std::string& key, const BgpPeer& peer, Expand expand) {
    if (peer.password || peer.annotations.tcp_ao) kept.erase(key);
    const auto [place, is_new] = kept.try_emplace(key);
    if (is_new) expand(place->second);
    for (const Candidate& candidate : place->second) table_.add(candidate);
  }

  void expand_own(const BgpPeer& peer, Candidates& all) {
    if (!is_named(peer) || !is_for(peer, self_.name, self_.labels)) return;
    if (!peer.peer_ip && peer.peer_selector.empty()) {
      all.push_back({From::Resource, peer.name, {}, {}, {warning("peer_ignored", peer.name, "it has neither peerIP nor peerSelector")}});
    }
    for (const Endpoint& endpoint : targets(peer)) all.push_back(candidate(endpoint, wishes_of(peer), peer, From::Resource));
  }

  void expand_reverse(const BgpPeer& peer, Candidates& all) {
    if (!is_named(peer) || !selects_us(peer)) return;
    for (const auto& [name, node] : inventory_.nodes) {
      if (name == self_.name || !is_for(peer, name, node.labels)) continue;
      for (Endpoint endpoint : endpoints_of(inventory_, node)) {
        if (peer.peer_ip && peer.peer_ip->family() != endpoint.address.family()) continue;
        endpoint.as_number = peer.local_as.value_or(endpoint.as_number);
        all.push_back(candidate(endpoint, seen_from_the_other_end(peer), peer, From::Reverse));
      }
    }
  }

  // As upstream all is accepted but the nodes' addresses; yet a workload is seldom trusted as a router is.
  void warn_of_open_door(const BgpPeer& peer) {
    table_.warn(warning("workload_peers_unfiltered", peer.name,
                        "it has no filters: its workloads can take the traffic of any prefix, the default route and other workloads' "
                        "addresses too; give it a BGPFilter whose importV4 and importV6 accept what they may announce and reject the rest"));
  }

  static bool is_named(const BgpPeer& peer) {
    return !peer.annotations.dynamic && peer.local_workload_selector.empty();
  }

  Candidate candidate(const Endpoint& endpoint, PeerWishes wishes, const BgpPeer& peer, From from) {
    // As upstream: towards a Calico node only global peerings have a passive end.
    if (endpoint.node != nullptr && type_of(peer) == PeerType::Global) wishes = between_nodes(wishes, endpoint, self_);
    return maker_.make(from, peer.name, endpoint, wishes, type_of(peer));
  }

  std::vector<Endpoint> targets(const BgpPeer& peer) {
    if (peer.peer_ip) {
      const Node* node = node_with(inventory_, *peer.peer_ip);
      const uint16_t port = node == nullptr ? uint16_t{179} : inventory_.listen_port(node->name);
      return {{*peer.peer_ip, peer.port == 0 ? port : peer.port, peer.as_number, node}};
    }
    std::vector<Endpoint> endpoints;
    for (const auto& [name, node] : inventory_.nodes) {
      if (name == self_.name || peer.peer_selector.empty() || !selects(peer.peer_selector, node.labels)) continue;
      for (Endpoint& endpoint : endpoints_of(inventory_, node)) endpoints.push_back(endpoint);
    }
    return endpoints;
  }

  // Are we what `peer` names?
  bool selects_us(const BgpPeer& peer) const {
    if (!peer.peer_selector.empty()) return selects(peer.peer_selector, self_.labels);
    return peer.peer_ip && self_.has(*peer.peer_ip) && peer.as_number == self_.as_number &&
           (peer.port == 0 || peer.port == self_.listen_port);
  }

  // What is said about the session holds for both ends; what is said about one end does not.
  static PeerWishes seen_from_the_other_end(const BgpPeer& peer) {
    PeerWishes wishes = wishes_of(peer);
    wishes.local_as.reset();
    wishes.reachable_by.reset();
    model::Annotations& annotations = wishes.annotations;
    annotations.local_address.reset();
    annotations.passive.reset();
    if (annotations.tcp_ao) {
      for (model::AoKeyRef& key : *annotations.tcp_ao) std::swap(key.send_id, key.recv_id);
    }
    if (annotations.role) annotations.role = counterpart(*annotations.role);
    return wishes;
  }

  static model::PeerRole counterpart(model::PeerRole role) {
    switch (role) {
      case model::PeerRole::Provider: return model::PeerRole::Customer;
      case model::PeerRole::Customer: return model::PeerRole::Provider;
      case model::PeerRole::RouteServer: return model::PeerRole::RouteServerClient;
      case model::PeerRole::RouteServerClient: return model::PeerRole::RouteServer;
      case model::PeerRole::Peer: return model::PeerRole::Peer;
    }
    return role;
  }

  const Inventory& inventory_;
  const Self& self_;
  const PeerMaker& maker_;
  KeptPeerings& kept_;
  PeerTable& table_;
};

// Ourselves, or a conflict with us, are no peers.
void expand_mesh(const Peerings& in, Candidates& all) {
  const PeerWishes wishes = wishes_of_mesh(in.inventory);
  for (const auto& [name, node] : in.inventory.nodes) {
    if (name == in.self.name || node.cluster_id) continue;
    for (const Endpoint& endpoint : endpoints_of(in.inventory, node)) {
      if (in.self.has(endpoint.address)) {
        all.push_back({From::Mesh, name, {}, {},
                       {warning("node_address_conflict", name, "this node and node " + name + " have the same address",
                                endpoint.address.to_string())}});
        continue;
      }
      all.push_back(in.maker.make(From::Mesh, name, endpoint, between_nodes(wishes, endpoint, in.self), PeerType::NodeToNodeMesh));
    }
  }
}

bool mesh_has_secret(const Inventory& inventory) {
  const model::BgpConfiguration* global = inventory.configuration("default");
  return global != nullptr && (global->mesh_password || global->annotations.tcp_ao);
}

}  // namespace

void add_explicit_peers(const Peerings& in, const LocalWorkloads& workloads, PeerTable& table) {
  Expansion expansion(in, table);
  for (const PeerType pass : {PeerType::Global, PeerType::NodeSpecific}) {
    expansion.add_own(pass);
    expansion.add_workloads(pass, workloads);
  }
  expansion.add_reverse(PeerType::Global);
  expansion.add_reverse(PeerType::NodeSpecific);
}

void add_mesh(const Peerings& in, PeerTable& table) {
  // Route reflectors are reached by peerings of their own.
  if (!in.inventory.mesh_enabled() || in.self.cluster_id) return;
  std::optional<Candidates>& kept = in.kept.mesh;
  if (!kept || mesh_has_secret(in.inventory)) expand_mesh(in, kept.emplace());
  for (const Candidate& candidate : *kept) table.add(candidate);
}

std::vector<bgp::speaker::DynamicPeers> dynamic_peers(const Peerings& in, std::vector<bgp::LogRecord>& warnings) {
  std::vector<bgp::speaker::DynamicPeers> ranges;
  for (const auto& [key, peer] : in.inventory.peers) {
    if (!peer.annotations.dynamic || peer.peer_ip || !is_for(peer, in.self.name, in.self.labels)) continue;
    bgp::speaker::DynamicPeers dynamic;
    dynamic.range = *peer.annotations.dynamic;
    dynamic.max = peer.annotations.dynamic_max.value_or(dynamic.max);
    dynamic.settings = in.maker.settings({dynamic.range.address(), 179, peer.as_number}, wishes_of(peer), peer.name, warnings);
    dynamic.settings.type = type_of(peer);
    dynamic.settings.session.passive = true;
    ranges.push_back(std::move(dynamic));
  }
  return ranges;
}

}  // namespace config::desired
