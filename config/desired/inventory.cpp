#include "config/desired/inventory.h"

#include "config/model/kinds.h"

namespace config::desired {
namespace {

// What is stored of a kind is known by its name.
std::string name_of(const model::Kind& kind, const std::string& key) { return key.substr(kind.prefix().size()); }

struct Notes {
  std::vector<bgp::LogRecord>& warnings;
  void add(const std::string& event, const std::string& subject, const std::vector<std::string>& problems) {
    for (const std::string& problem : problems) warnings.push_back(warning(event, subject, problem));
  }
};

void add(Inventory& inventory, model::BgpConfiguration configuration, Notes& notes) {
  const std::string name = configuration.name;
  notes.add("annotation_ignored", name, configuration.annotation_problems);
  notes.add("field_ignored", name, configuration.faults);
  if (name != "default" && !name.starts_with("node.")) {
    notes.add("config_entry_ignored", name, {"only the BGPConfigurations default and node.<nodename> have an effect"});
  }
  inventory.configurations[name] = std::move(configuration);
}

void add(Inventory& inventory, const std::string& key, const model::Resource& resource, Notes& notes) {
  if (resource.kind == &model::bgp_peer_kind()) {
    const model::BgpPeer& peer = inventory.peers[key] = model::read_bgp_peer(resource);
    notes.add("annotation_ignored", resource.name, peer.annotation_problems);
  } else if (resource.kind == &model::node_kind()) {
    const model::Node& node = inventory.nodes[resource.name] = model::read_node(resource);
    notes.add("annotation_ignored", resource.name, node.annotation_problems);
  } else if (resource.kind == &model::ip_pool_kind()) {
    inventory.pools[key] = model::read_ip_pool(resource);
  } else if (resource.kind == &model::block_affinity_kind()) {
    inventory.blocks[key] = model::read_block_affinity(resource);
  } else if (resource.kind == &model::bgp_filter_kind()) {
    inventory.filters[resource.name] = model::read_bgp_filter(resource);
  } else if (resource.kind == &model::bgp_configuration_kind()) {
    add(inventory, model::read_bgp_configuration(resource), notes);
  }
}

}  // namespace

bgp::LogRecord warning(std::string event, std::string subject, std::string reason, std::string peer) {
  bgp::LogRecord record;
  record.level = bgp::LogLevel::Warn;
  record.event = std::move(event);
  record.peer = std::move(peer);
  record.fields = {{"subject", std::move(subject)}, {"reason", std::move(reason)}};
  return record;
}

const model::Kind* Inventory::kind_of(const std::string& key) { return model::find_kind_of_key(key); }

void Inventory::put(const store::Entry& entry) {
  erase(entry.key);
  std::vector<bgp::LogRecord> found;
  Notes notes{found};
  auto resource = kind_of(entry.key)->decode(entry.key, entry.value);
  if (resource) {
    add(*this, entry.key, *resource, notes);
  } else {
    notes.add("config_entry_ignored", entry.key, {resource.error().reason});
    if (entry.key == model::kBgpConfigurationDefaultKey)
      problem = "the BGPConfiguration default cannot be read: " + resource.error().reason + "; replace it, or delete it";
  }
  if (!found.empty()) warnings[entry.key] = std::move(found);
}

void Inventory::erase(const std::string& key) {
  const model::Kind* kind = kind_of(key);
  warnings.erase(key);
  peers.erase(key);
  pools.erase(key);
  blocks.erase(key);
  if (kind == &model::node_kind()) nodes.erase(name_of(*kind, key));
  if (kind == &model::bgp_filter_kind()) filters.erase(name_of(*kind, key));
  if (kind == &model::bgp_configuration_kind()) configurations.erase(name_of(*kind, key));
  if (key == model::kBgpConfigurationDefaultKey) problem.reset();
}

const model::BgpConfiguration* Inventory::configuration(const std::string& name) const {
  const auto found = configurations.find(name);
  return found == configurations.end() ? nullptr : &found->second;
}

bgp::Asn Inventory::global_as() const {
  const auto* global = configuration("default");
  return global == nullptr ? model::kDefaultAs : global->as_number.value_or(model::kDefaultAs);
}

bool Inventory::mesh_enabled() const {
  const auto* global = configuration("default");
  return global == nullptr || global->node_to_node_mesh.value_or(true);
}

uint16_t Inventory::listen_port(const std::string& node) const {
  for (const std::string& name : {"node." + node, std::string("default")}) {
    const auto* found = configuration(name);
    if (found != nullptr && found->listen_port) return *found->listen_port;
  }
  return 179;
}

std::string Inventory::log_severity(const std::string& node) const {
  for (const std::string& name : {"node." + node, std::string("default")}) {
    const auto* found = configuration(name);
    if (found != nullptr && found->log_severity) return *found->log_severity;
  }
  return "";
}

}  // namespace config::desired
