#include "config/desired/resolve.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "bgp/base/limits.h"
#include "config/desired/export_filter.h"
#include "config/desired/inventory.h"
#include "config/desired/self.h"
#include "config/desired/session_settings.h"

namespace config::desired {
namespace {

using bgp::speaker::PeerSettings;
using bgp::speaker::PeerType;

const char* family_name(bgp::Family family) { return family == bgp::Family::IPv4 ? "IPv4" : "IPv6"; }

// Collects peers by address; the first to come for an address has it.
class PeerTable {
 public:
  PeerTable(const Self& self, const SecretLookup& secrets, std::vector<bgp::LogRecord>& warnings)
      : self_(self), secrets_(secrets), warnings_(warnings) {}

  // `subject`: what configured it, for warnings.
  void add(const Endpoint& peer, const PeerWishes& wishes, PeerType type, const std::string& subject) {
    if (self_.has(peer.address)) return;  // a global peer reaches the peer's own node too
    const std::string address = peer.address.to_string();
    if (!self_.address(peer.address.family())) {
      const std::string family = family_name(peer.address.family());
      warn("peer_ignored", subject, "this node has no " + family + " address to peer from", address);
      return;
    }
    if (peer.as_number.value == 0) {
      warn("peer_ignored", subject, "it has no AS number", address);
      return;
    }
    PeerSettings settings = settings_for(peer, self_, wishes, secrets_);
    if (!settings.session.held.empty()) warn("peer_held", subject, settings.session.held, address);
    settings.type = type;
    const auto [place, is_new] = peers_.try_emplace(peer.address, settings);
    // The mesh steps aside without a word: peering explicitly with a node of the mesh is how a mesh is taken down.
    if (is_new || type == PeerType::NodeToNodeMesh || place->second.session == settings.session) return;
    warn("peer_ignored", subject, "another peer resource has this address and other parameters", address);
  }

  const SecretLookup& secrets() const { return secrets_; }

  void warn(std::string event, std::string subject, std::string reason, std::string peer = "") {
    warnings_.push_back(warning(std::move(event), std::move(subject), std::move(reason), std::move(peer)));
  }

  std::vector<PeerSettings> take() {
    std::vector<PeerSettings> sorted;
    for (auto& [address, settings] : peers_) sorted.push_back(std::move(settings));
    return sorted;
  }

 private:
  const Self& self_;
  const SecretLookup& secrets_;
  std::vector<bgp::LogRecord>& warnings_;
  std::map<bgp::IpAddress, PeerSettings> peers_;
};

// nullopt: not for this node. Selectors have no effect yet, and an unheeded selector must not become "everywhere".
std::optional<PeerType> type_of(const model::BgpPeer& peer, const Self& self, PeerTable& table) {
  const bool selects_nodes = !peer.node_selector.empty() && peer.node_selector != "all()";
  if (selects_nodes || (!peer.peer_ip && !peer.annotations.dynamic)) {
    table.warn("peer_ignored", peer.name, "node and peer selectors have no effect yet");
    return std::nullopt;
  }
  if (peer.node.empty()) return PeerType::Global;
  if (peer.node == self.name) return PeerType::NodeSpecific;
  return std::nullopt;
}

std::vector<const char*> without_effect(const model::BgpPeer& peer) {
  std::vector<const char*> fields;
  if (peer.reachable_by) fields.push_back("reachableBy");
  if (!peer.filters.empty()) fields.push_back("filters");
  return fields;
}

void add_explicit_peers(const Inventory& inventory, const Self& self, PeerType wanted, PeerTable& table) {
  for (const model::BgpPeer& peer : inventory.peers) {
    if (peer.annotations.dynamic) continue;
    // Each resource is looked at in both passes; it may complain in the first only.
    if (wanted == PeerType::NodeSpecific && peer.node.empty()) continue;
    if (wanted == PeerType::Global && !peer.node.empty()) continue;
    if (type_of(peer, self, table) != wanted) continue;
    for (const char* field : without_effect(peer)) {
      table.warn("config_field_ignored", peer.name, std::string("field ") + field + " has no effect yet",
                 peer.peer_ip->to_string());
    }
    const uint16_t port = peer.port == 0 ? uint16_t{179} : peer.port;
    table.add({*peer.peer_ip, port, peer.as_number}, wishes_of(peer), wanted, peer.name);
  }
}

void add_mesh(const Inventory& inventory, const Self& self, PeerTable& table) {
  if (!inventory.mesh_enabled()) return;
  const PeerWishes wishes = wishes_of_mesh(inventory);
  for (const auto& [name, node] : inventory.nodes) {
    if (name == self.name) continue;
    const bgp::Asn as_number = node.as_number.value_or(inventory.global_as());
    for (const auto& address : {bare(node.ipv4), bare(node.ipv6)}) {
      // Where this node lacks the family there is nothing to say: that family's mesh simply is without it.
      if (!address || !self.address(address->family())) continue;
      if (self.has(*address)) {
        table.warn("node_address_conflict", name, "this node and node " + name + " have the same address",
                   address->to_string());
        continue;
      }
      table.add({*address, inventory.listen_port(name), as_number}, wishes, PeerType::NodeToNodeMesh, name);
    }
  }
}

// Neighbours that are not named: BGPPeers with calico-bgp/dynamic, for all nodes or for this one.
std::vector<bgp::speaker::DynamicPeers> dynamic_peers(const Inventory& inventory, const Self& self, PeerTable& table) {
  std::vector<bgp::speaker::DynamicPeers> ranges;
  for (const model::BgpPeer& peer : inventory.peers) {
    if (!peer.annotations.dynamic || peer.peer_ip) continue;
    const auto type = type_of(peer, self, table);
    if (!type) continue;
    bgp::speaker::DynamicPeers dynamic;
    dynamic.range = *peer.annotations.dynamic;
    dynamic.max = peer.annotations.dynamic_max.value_or(dynamic.max);
    dynamic.settings = settings_for({dynamic.range.address(), 179, peer.as_number}, self, wishes_of(peer), table.secrets());
    if (!dynamic.settings.session.held.empty()) table.warn("peer_held", peer.name, dynamic.settings.session.held);
    dynamic.settings.type = *type;
    dynamic.settings.session.passive = true;
    ranges.push_back(std::move(dynamic));
  }
  return ranges;
}

bgp::speaker::Multipath multipath_of(const Inventory& inventory) {
  bgp::speaker::Multipath multipath;
  const model::BgpConfiguration* global = inventory.configuration("default");
  if (global == nullptr) return multipath;
  const model::Annotations& wanted = global->annotations;
  multipath.ebgp = wanted.multipath_ebgp.value_or(multipath.ebgp);
  multipath.ibgp = wanted.multipath_ibgp.value_or(multipath.ibgp);
  multipath.mixed = wanted.multipath_mixed.value_or(multipath.mixed);
  multipath.link_bandwidth = wanted.link_bandwidth.value_or(multipath.link_bandwidth);
  return multipath;
}

std::vector<bgp::Prefix> own_blocks(const Inventory& inventory, const Self& self) {
  std::set<bgp::Prefix> blocks;
  for (const model::BlockAffinity& block : inventory.blocks) {
    const bool confirmed = block.state == model::BlockAffinity::State::Confirmed && !block.deleted;
    if (block.node == self.name && confirmed) blocks.insert(block.cidr);
  }
  return {blocks.begin(), blocks.end()};
}

// A block of one address is its workload's own route: a blackhole for it would swallow the workload's packets.
std::vector<bgp::Prefix> without_hosts(std::vector<bgp::Prefix> blocks) {
  std::erase_if(blocks, [](const bgp::Prefix& block) { return block.is_host(); });
  return blocks;
}

bgp::speaker::SpeakerConfig speaker_config(const Inventory& inventory, const Self& self,
                                           const SecretLookup& secrets, std::vector<bgp::LogRecord>& warnings) {
  // As upstream today: global before node-specific, and both before the mesh.
  PeerTable table(self, secrets, warnings);
  add_explicit_peers(inventory, self, PeerType::Global, table);
  add_explicit_peers(inventory, self, PeerType::NodeSpecific, table);
  add_mesh(inventory, self, table);

  bgp::speaker::SpeakerConfig config;
  config.local_as = self.as_number;
  config.identifier = self.identifier;
  config.peers = table.take();
  config.dynamic_peers = dynamic_peers(inventory, self, table);
  config.multipath = multipath_of(inventory);
  config.graceful_shutdown = self.drains;
  const std::vector<bgp::Prefix> blocks = own_blocks(inventory, self);
  config.export_filter = export_filter(blocks, inventory.pools);
  config.own_blocks = without_hosts(blocks);
  return config;
}

}  // namespace

Resolved resolve(const std::vector<store::Entry>& entries, const NodeIdentity& node, const SecretLookup& secrets) {
  Inventory inventory = read_inventory(entries);
  Resolved resolved;
  resolved.warnings = std::move(inventory.warnings);
  resolved.listen_port = inventory.listen_port(node.name);
  resolved.log_severity = inventory.log_severity(node.name);
  const auto self = find_self(inventory, node);
  if (!self) {
    resolved.problem = self.error();
    return resolved;
  }
  resolved.config = speaker_config(inventory, *self, secrets, resolved.warnings);
  if (resolved.config.peers.size() > bgp::limits::kPeersMax) {
    resolved.problem = std::to_string(resolved.config.peers.size()) + " peers are configured, at most " +
                       std::to_string(bgp::limits::kPeersMax) + " are possible; split the mesh with route reflectors";
    resolved.config = {};
  }
  return resolved;
}

}  // namespace config::desired
