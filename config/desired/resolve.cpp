#include "config/desired/resolve.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "bgp/base/limits.h"
#include "config/desired/export_filter.h"
#include "config/desired/inventory.h"
#include "config/desired/router_id.h"

namespace config::desired {
namespace {

using bgp::speaker::PeerSettings;
using bgp::speaker::PeerType;

// This node, its command line laid over its resource.
struct Self {
  std::string name;
  std::optional<bgp::IpAddress> ipv4;
  std::optional<bgp::IpAddress> ipv6;
  bgp::Asn as_number;
  bgp::BgpIdentifier identifier;

  const std::optional<bgp::IpAddress>& address(bgp::Family family) const {
    return family == bgp::Family::IPv4 ? ipv4 : ipv6;
  }
  bool has(const bgp::IpAddress& other) const { return address(other.family()) == other; }
};

std::optional<bgp::IpAddress> bare(const std::optional<model::InterfaceAddress>& address) {
  return address ? std::optional(address->address) : std::nullopt;
}

bgp::Result<bgp::BgpIdentifier, std::string> identifier_of(const NodeIdentity& node,
                                                           const std::optional<bgp::IpAddress>& ipv4) {
  if (node.router_id == "hash" || (node.router_id.empty() && !ipv4)) return hashed_identifier(node.name);
  const auto address = node.router_id.empty() ? ipv4 : bgp::IpAddress::parse(node.router_id);
  if (address && address->is_v4() && !address->is_unspecified()) return bgp::BgpIdentifier{address->to_u32()};
  return bgp::Err("router id '" + node.router_id + "' is neither an IPv4 address nor 'hash'");
}

bgp::Result<Self, std::string> find_self(const Inventory& inventory, const NodeIdentity& node) {
  const auto found = inventory.nodes.find(node.name);
  const model::Node stored = found == inventory.nodes.end() ? model::Node() : found->second;
  Self self;
  self.name = node.name;
  self.ipv4 = node.ipv4 ? node.ipv4 : bare(stored.ipv4);
  self.ipv6 = node.ipv6 ? node.ipv6 : bare(stored.ipv6);
  self.as_number = node.as_number ? *node.as_number : stored.as_number.value_or(inventory.global_as());
  if (!self.ipv4 && !self.ipv6) {
    return bgp::Err("node " + node.name + " has no BGP address; give --ip, or create its node resource");
  }
  if (self.as_number.value == 0) {
    return bgp::Err("node " + node.name + " has AS number 0, which RFC 7607 reserves; set another with --as, in its " +
                    "node resource or with calicoctl config set asNumber");
  }
  auto identifier = identifier_of(node, self.ipv4);
  if (!identifier) return bgp::Err(identifier.error());
  self.identifier = *identifier;
  return self;
}

struct Endpoint {
  bgp::IpAddress address;
  uint16_t port = 179;
  bgp::Asn as_number;
};

// All that makes a session, and nothing of where it was configured: moving a peer between mesh, global and
// node-specific must give an equal one.
bgp::session::PeerConfig session_with(const Endpoint& peer, const Self& self) {
  bgp::session::PeerConfig session;
  session.address = peer.address;
  session.port = peer.port;
  session.peer_as = peer.as_number;
  session.local_as = self.as_number;
  session.identifier = self.identifier;
  session.local_address = self.address(peer.address.family());
  session.families = bgp::FamilySet::of(peer.address.family());
  return session;
}

const char* family_name(bgp::Family family) { return family == bgp::Family::IPv4 ? "IPv4" : "IPv6"; }

// Collects peers by address; the first to come for an address has it.
class PeerTable {
 public:
  PeerTable(const Self& self, std::vector<bgp::LogRecord>& warnings) : self_(self), warnings_(warnings) {}

  // `subject`: what configured it, for warnings.
  void add(const Endpoint& peer, PeerType type, const std::string& subject) {
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
    PeerSettings settings;
    settings.session = session_with(peer, self_);
    settings.type = type;
    const auto [place, is_new] = peers_.try_emplace(peer.address, settings);
    // The mesh steps aside without a word: peering explicitly with a node of the mesh is how a mesh is taken down.
    if (is_new || type == PeerType::NodeToNodeMesh || place->second.session == settings.session) return;
    warn("peer_ignored", subject, "another peer resource has this address and other parameters", address);
  }

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
  std::vector<bgp::LogRecord>& warnings_;
  std::map<bgp::IpAddress, PeerSettings> peers_;
};

// nullopt: not for this node. Selectors have no effect yet, and an unheeded selector must not become "everywhere".
std::optional<PeerType> type_of(const model::BgpPeer& peer, const Self& self, PeerTable& table) {
  const bool selects_nodes = !peer.node_selector.empty() && peer.node_selector != "all()";
  if (selects_nodes || !peer.peer_ip) {
    table.warn("peer_ignored", peer.name, "node and peer selectors have no effect yet");
    return std::nullopt;
  }
  if (peer.node.empty()) return PeerType::Global;
  if (peer.node == self.name) return PeerType::NodeSpecific;
  return std::nullopt;
}

void add_explicit_peers(const Inventory& inventory, const Self& self, PeerType wanted, PeerTable& table) {
  for (const model::BgpPeer& peer : inventory.peers) {
    // Each resource is looked at in both passes; it may complain in the first only.
    if (wanted == PeerType::NodeSpecific && peer.node.empty()) continue;
    if (wanted == PeerType::Global && !peer.node.empty()) continue;
    if (type_of(peer, self, table) != wanted) continue;
    for (const std::string& field : peer.uninterpreted) {
      table.warn("config_field_ignored", peer.name, "field " + field + " has no effect yet", peer.peer_ip->to_string());
    }
    const uint16_t port = peer.port == 0 ? uint16_t{179} : peer.port;
    table.add({*peer.peer_ip, port, peer.as_number}, wanted, peer.name);
  }
}

void add_mesh(const Inventory& inventory, const Self& self, PeerTable& table) {
  if (!inventory.mesh_enabled()) return;
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
      table.add({*address, inventory.listen_port(name), as_number}, PeerType::NodeToNodeMesh, name);
    }
  }
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
                                           std::vector<bgp::LogRecord>& warnings) {
  // As upstream today: global before node-specific, and both before the mesh.
  PeerTable table(self, warnings);
  add_explicit_peers(inventory, self, PeerType::Global, table);
  add_explicit_peers(inventory, self, PeerType::NodeSpecific, table);
  add_mesh(inventory, self, table);

  bgp::speaker::SpeakerConfig config;
  config.local_as = self.as_number;
  config.identifier = self.identifier;
  config.peers = table.take();
  const std::vector<bgp::Prefix> blocks = own_blocks(inventory, self);
  config.export_filter = export_filter(blocks, inventory.pools);
  config.own_blocks = without_hosts(blocks);
  return config;
}

}  // namespace

Resolved resolve(const std::vector<store::Entry>& entries, const NodeIdentity& node) {
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
  resolved.config = speaker_config(inventory, *self, resolved.warnings);
  if (resolved.config.peers.size() > bgp::limits::kPeersMax) {
    resolved.problem = std::to_string(resolved.config.peers.size()) + " peers are configured, at most " +
                       std::to_string(bgp::limits::kPeersMax) + " are possible; split the mesh with route reflectors";
    resolved.config = {};
  }
  return resolved;
}

}  // namespace config::desired
