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

bgp::speaker::SpeakerConfig speaker_config(const Inventory& inventory, const Self& self,
                                           const SecretLookup& secrets, std::vector<bgp::LogRecord>& warnings) {
  const std::vector<bgp::Prefix> blocks = own_blocks(inventory, self);
  const Services services = services_of(inventory, self, warnings);
  const Policies policies(inventory, self, blocks, services);
  PeerTable table(self, policies, secrets, warnings);
  add_explicit_peers(inventory, self, table);
  add_mesh(inventory, self, table);

  bgp::speaker::SpeakerConfig config;
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
  if (!node.speaks_bgp) {
    if (self) resolved.config.local_as = self->as_number;
    if (self) resolved.config.identifier = self->identifier;
    return resolved;
  }
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
