#include "config/desired/inventory.h"

#include "config/model/kinds.h"

namespace config::desired {
namespace {

void note(Inventory& inventory, const std::string& event, const std::string& subject,
          const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) inventory.warnings.push_back(warning(event, subject, problem));
}

void add(Inventory& inventory, model::BgpConfiguration configuration) {
  const std::string name = configuration.name;
  note(inventory, "annotation_ignored", name, configuration.annotation_problems);
  note(inventory, "field_ignored", name, configuration.faults);
  if (name != "default" && !name.starts_with("node.")) {
    inventory.warnings.push_back(warning("config_entry_ignored", name, "only the BGPConfigurations default and node.<nodename> have an effect"));
  }
  inventory.configurations[name] = std::move(configuration);
}

void add(Inventory& inventory, const model::Resource& resource) {
  if (resource.kind == &model::bgp_peer_kind()) {
    inventory.peers.push_back(model::read_bgp_peer(resource));
    note(inventory, "annotation_ignored", resource.name, inventory.peers.back().annotation_problems);
  } else if (resource.kind == &model::node_kind()) {
    inventory.nodes[resource.name] = model::read_node(resource);
    note(inventory, "annotation_ignored", resource.name, inventory.nodes[resource.name].annotation_problems);
  } else if (resource.kind == &model::ip_pool_kind()) {
    inventory.pools.push_back(model::read_ip_pool(resource));
  } else if (resource.kind == &model::block_affinity_kind()) {
    inventory.blocks.push_back(model::read_block_affinity(resource));
  } else if (resource.kind == &model::bgp_filter_kind()) {
    inventory.filters[resource.name] = model::read_bgp_filter(resource);
  } else if (resource.kind == &model::bgp_configuration_kind()) {
    add(inventory, model::read_bgp_configuration(resource));
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

Inventory read_inventory(const std::vector<store::Entry>& entries) {
  Inventory inventory;
  for (const store::Entry& entry : entries) {
    const model::Kind* kind = model::find_kind_of_key(entry.key);
    if (kind == nullptr) continue;  // IPAM's own rows, other kinds of Calico: not for us
    auto resource = kind->decode(entry.key, entry.value);
    if (resource) {
      add(inventory, *resource);
    } else {
      inventory.warnings.push_back(warning("config_entry_ignored", entry.key, resource.error().reason));
      if (entry.key == model::kBgpConfigurationDefaultKey)
        inventory.problem = "the BGPConfiguration default cannot be read: " + resource.error().reason + "; replace it, or delete it";
    }
  }
  return inventory;
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
