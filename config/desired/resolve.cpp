#include "config/desired/resolve.h"

#include <algorithm>
#include <set>
#include <utility>

#include "bgp/base/limits.h"
#include "config/desired/inventory.h"
#include "config/desired/peerings.h"
#include "config/desired/policies.h"
#include "config/desired/self.h"
#include "config/desired/tunnels.h"

namespace config::desired {
namespace {

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

// The kernel's TCP-AO knows no longest match (bgp/io/README.md): with a key of a range anybody in it could open the session
// of a named peer that has a secret of its own.
void hold_peers_inside_ranges(bgp::speaker::SpeakerConfig& config, PeerTable& table) {
  for (bgp::speaker::PeerSettings& peer : config.peers) {
    bgp::session::PeerConfig& session = peer.session;
    const bool has_secret = !session.tcp_ao.empty() || !session.password.empty();
    for (const bgp::speaker::DynamicPeers& dynamic : config.dynamic_peers) {
      const bgp::AoKeys& keys = dynamic.settings.session.tcp_ao;
      if (!has_secret || keys.empty() || keys == session.tcp_ao || !dynamic.range.contains(session.address)) continue;
      session.held = "with the TCP-AO keys of the dynamic range " + dynamic.range.to_string() +
                     " others could speak for it: give it the same keys, or an address outside";
      table.warn("peer_held", dynamic.range.to_string(), session.held, session.address.to_string());
    }
  }
}

// At its own addresses, and where its workloads look for it. For a family that the node lacks there is none.
std::vector<bgp::IpAddress> listen_addresses(const model::BgpConfiguration& global, const Self& self) {
  std::vector<bgp::IpAddress> addresses;
  if (!global.binds_node_address) return addresses;
  for (const auto& address : {self.ipv4, self.ipv6, global.workload_peering_v4, global.workload_peering_v6}) {
    if (address && std::find(addresses.begin(), addresses.end(), *address) == addresses.end()) addresses.push_back(*address);
  }
  return addresses;
}

// Workloads' links, and that of kube-proxy, which has an address for each service: upstream's list.
std::vector<std::string> ignored_interfaces(const model::BgpConfiguration& global) {
  std::vector<std::string> patterns = global.ignored_interfaces;
  patterns.insert(patterns.end(), {"cali*", "kube-ipvs*"});
  return patterns;
}

Surroundings surroundings_of(const Inventory& inventory, const Self& self) {
  static const model::BgpConfiguration kNone;
  const model::BgpConfiguration* configured = inventory.configuration("default");
  const model::BgpConfiguration& global = configured == nullptr ? kNone : *configured;
  return {.listen_port = self.listen_port,
          .listen_addresses = listen_addresses(global, self),
          .ignored_interfaces = ignored_interfaces(global),
          .log_severity = inventory.log_severity(self.name)};
}

void warn_of_own_configuration(const Inventory& inventory, const Self& self, std::vector<bgp::LogRecord>& warnings) {
  const std::string name = "node." + self.name;
  const model::BgpConfiguration* own = inventory.configuration(name);
  if (own == nullptr) return;
  for (const std::string& field : own->without_effect) {
    warnings.push_back(warning("field_ignored", name, field + " has an effect on the BGPConfiguration default alone"));
  }
}

struct Inputs {
  const Inventory& inventory;
  const Self& self;
  const SecretLookup& secrets;
  const LocalWorkloads& workloads;
};

void resolve_peers(const Inputs& in, Resolved& resolved) {
  const Inventory& inventory = in.inventory;
  const Self& self = in.self;
  std::vector<bgp::LogRecord>& warnings = resolved.warnings;
  const std::vector<bgp::Prefix> blocks = own_blocks(inventory, self);
  const Services services = services_of(inventory, self, warnings);
  const Policies policies(inventory, self, blocks, services);
  PeerTable table(self, policies, in.secrets, warnings);
  add_explicit_peers(inventory, self, in.workloads, table);
  add_mesh(inventory, self, table);
  resolved.surroundings.host_routes = table.gateways();

  bgp::speaker::SpeakerConfig& config = resolved.config;
  config.local_as = self.as_number;
  config.identifier = self.identifier;
  config.cluster_id = self.cluster_id.value_or(bgp::BgpIdentifier{});
  config.peers = table.take();
  config.dynamic_peers = dynamic_peers(inventory, self, table);
  hold_peers_inside_ranges(config, table);
  config.multipath = multipath_of(inventory);
  config.graceful_shutdown = self.drains;
  config.export_filter = policies.export_filter();
  config.kernel_filter = policies.kernel_filter();
  config.kernel_ways = kernel_ways(inventory, self);
  config.own_blocks = without_hosts(blocks);
  config.service_routes = services.announced;
}

}  // namespace

Resolved resolve(const std::vector<store::Entry>& entries, const NodeIdentity& node, const SecretLookup& secrets,
                 const LocalWorkloads& workloads) {
  Inventory inventory = read_inventory(entries);
  Resolved resolved;
  resolved.warnings = std::move(inventory.warnings);
  resolved.surroundings.listen_port = inventory.listen_port(node.name);
  resolved.surroundings.log_severity = inventory.log_severity(node.name);
  if (inventory.problem) {
    resolved.problem = inventory.problem;
    return resolved;
  }
  const auto self = find_self(inventory, node);
  if (!node.speaks_bgp) {
    if (self) resolved.config.local_as = self->as_number;
    if (self) resolved.config.identifier = self->identifier;
    return resolved;
  }
  if (!self) {
    resolved.problem = self.error();
    return resolved;
  }
  resolved.surroundings = surroundings_of(inventory, *self);
  warn_of_own_configuration(inventory, *self, resolved.warnings);
  resolve_peers({inventory, *self, secrets, workloads}, resolved);
  if (resolved.config.peers.size() > bgp::limits::kPeersMax) {
    resolved.problem = std::to_string(resolved.config.peers.size()) + " peers are configured, at most " +
                       std::to_string(bgp::limits::kPeersMax) + " are possible; split the mesh with route reflectors";
    resolved.config = {};
  }
  return resolved;
}

}  // namespace config::desired
