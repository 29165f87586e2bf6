#include "config/desired/resolve.h"

#include <algorithm>
#include <set>
#include <utility>

#include "bgp/base/limits.h"
#include "config/desired/inventory.h"
#include "config/desired/peerings.h"
#include "config/desired/policies.h"
#include "config/desired/self.h"
#include "config/desired/services.h"
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
  for (const auto& [key, block] : inventory.blocks) {
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
void hold_peers_inside_ranges(bgp::speaker::SpeakerConfig& config, std::vector<bgp::LogRecord>& warnings) {
  for (const bgp::speaker::DynamicPeers& dynamic : config.dynamic_peers) {
    const bgp::AoKeys& keys = dynamic.settings.session.tcp_ao;
    if (keys.empty()) continue;
    for (bgp::Shared<bgp::speaker::PeerSettings>& peer : config.peers) {
      const bgp::session::PeerConfig& session = peer->session;
      const bool has_secret = !session.tcp_ao.empty() || !session.password.empty();
      if (!has_secret || keys == session.tcp_ao || !dynamic.range.contains(session.address)) continue;
      const std::string range = dynamic.range.to_string();
      std::string reason = "with the TCP-AO keys of the dynamic range " + range +
                           " others could speak for it: give it the same keys, or an address outside";
      warnings.push_back(warning("peer_held", range, reason, session.address.to_string()));
      peer.change().session.held = std::move(reason);
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

}  // namespace

// What all peers of this node have in common, and what each came to. It holds until something else than a BGPPeer changes.
struct Resolver::Frame {
  Frame(const Inventory& inventory, Self&& of, std::vector<bgp::Prefix>&& own)
      : self(std::move(of)), blocks(std::move(own)), services(services_of(inventory, self, warnings)),
        policies(inventory, self, blocks, services) {}

  Self self;
  std::vector<bgp::Prefix> blocks;
  std::vector<bgp::LogRecord> warnings;
  Services services;
  Policies policies;
  KeptPeerings kept;
};

Resolver::Resolver(NodeIdentity node) : node_(std::move(node)), inventory_(std::make_unique<Inventory>()) {}
Resolver::~Resolver() = default;

// A block of another node is nothing to us: resolve() looks for our own ones.
bool Resolver::forget(const std::string& key) {
  const model::Kind* kind = Inventory::kind_of(key);
  if (kind == nullptr) return false;
  if (kind == &model::bgp_peer_kind() && frame_) frame_->kept.forget(key);
  else if (kind != &model::block_affinity_kind()) frame_.reset();
  return true;
}

bool Resolver::put(const store::Entry& entry) {
  if (!forget(entry.key)) return false;
  inventory_->put(entry);
  return true;
}

bool Resolver::erase(const std::string& key) {
  if (!forget(key)) return false;
  inventory_->erase(key);
  return true;
}

// Why there is none.
std::optional<std::string> Resolver::make_frame() {
  auto self = find_self(*inventory_, node_);
  if (!self) return self.error();
  std::vector<bgp::Prefix> blocks = own_blocks(*inventory_, *self);
  if (!frame_ || frame_->blocks != blocks) frame_ = std::make_unique<Frame>(*inventory_, std::move(*self), std::move(blocks));
  return std::nullopt;
}

void Resolver::resolve_peers(const SecretLookup& secrets, const LocalWorkloads& workloads, Resolved& resolved) {
  const Inventory& inventory = *inventory_;
  const Self& self = frame_->self;
  std::vector<bgp::LogRecord>& warnings = resolved.warnings;
  warnings.insert(warnings.end(), frame_->warnings.begin(), frame_->warnings.end());
  const PeerMaker maker(self, frame_->policies, secrets);
  const Peerings in{inventory, self, maker, frame_->kept};
  PeerTable table(warnings);
  add_explicit_peers(in, workloads, table);
  add_mesh(in, table);
  resolved.surroundings.host_routes = table.gateways();

  bgp::speaker::SpeakerConfig& config = resolved.config;
  config.local_as = self.as_number;
  config.identifier = self.identifier;
  config.cluster_id = self.cluster_id.value_or(bgp::BgpIdentifier{});
  config.peers = table.peers();
  config.dynamic_peers = dynamic_peers(in, warnings);
  hold_peers_inside_ranges(config, warnings);
  config.multipath = multipath_of(inventory);
  config.graceful_shutdown = self.drains;
  config.export_filter = frame_->policies.export_filter();
  config.kernel_filter = frame_->policies.kernel_filter();
  config.kernel_ways = kernel_ways(inventory, self);
  config.own_blocks = without_hosts(frame_->blocks);
  config.service_routes = frame_->services.announced;
}

Resolved Resolver::resolve(const SecretLookup& secrets, const LocalWorkloads& workloads) {
  const Inventory& inventory = *inventory_;
  Resolved resolved;
  for (const auto& [key, found] : inventory.warnings)
    resolved.warnings.insert(resolved.warnings.end(), found.begin(), found.end());
  resolved.surroundings.listen_port = inventory.listen_port(node_.name);
  resolved.surroundings.log_severity = inventory.log_severity(node_.name);
  if (inventory.problem) {
    resolved.problem = inventory.problem;
    return resolved;
  }
  auto problem = make_frame();
  if (!node_.speaks_bgp) {
    if (!problem) resolved.config.local_as = frame_->self.as_number;
    if (!problem) resolved.config.identifier = frame_->self.identifier;
    return resolved;
  }
  if (problem) {
    resolved.problem = std::move(problem);
    return resolved;
  }
  resolved.surroundings = surroundings_of(inventory, frame_->self);
  warn_of_own_configuration(inventory, frame_->self, resolved.warnings);
  resolve_peers(secrets, workloads, resolved);
  if (resolved.config.peers.size() > bgp::limits::kPeersMax) {
    resolved.problem = std::to_string(resolved.config.peers.size()) + " peers are configured, at most " +
                       std::to_string(bgp::limits::kPeersMax) + " are possible; split the mesh with route reflectors";
    resolved.config = {};
  }
  return resolved;
}

Resolved resolve(const std::vector<store::Entry>& entries, const NodeIdentity& node, const SecretLookup& secrets,
                 const LocalWorkloads& workloads) {
  Resolver resolver(node);
  for (const store::Entry& entry : entries) resolver.put(entry);
  return resolver.resolve(secrets, workloads);
}

}  // namespace config::desired
