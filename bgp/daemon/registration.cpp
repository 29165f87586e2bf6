#include "bgp/daemon/registration.h"

#include <algorithm>

#include "config/model/kinds.h"

namespace bgp::daemon {
namespace {

namespace model = config::model;
using model::InterfaceAddress;

struct StoredNode {
  model::Node node;
  const config::store::Entry* entry;
};

// Every node that can be read; a broken entry is config/desired's to report.
std::vector<StoredNode> stored_nodes(const std::vector<config::store::Entry>& entries) {
  std::vector<StoredNode> nodes;
  for (const config::store::Entry& entry : entries) {
    if (model::find_kind_of_key(entry.key) != &model::node_kind()) continue;
    model::Outcome<model::Resource> resource = model::node_kind().decode(entry.key, entry.value);
    if (resource) nodes.push_back({model::read_node(*resource), &entry});
  }
  return nodes;
}

std::optional<InterfaceAddress> choose(const std::string& option, const std::optional<InterfaceAddress>& stored,
                                       const std::vector<Interface>& interfaces, Family family) {
  if (option == "none") return std::nullopt;
  if (option == "autodetect") return first_found(interfaces, family);
  if (!option.empty()) return InterfaceAddress::parse(option);
  if (stored || family == Family::IPv6) return stored;
  return first_found(interfaces, family);
}

// A stored subnet stays when the option names the address alone.
void keep_subnet(std::optional<InterfaceAddress>& chosen, const std::optional<InterfaceAddress>& stored) {
  if (chosen && stored && chosen->address == stored->address && chosen->length == chosen->address.bits())
    chosen = stored;
}

std::string taken_by(const std::vector<StoredNode>& nodes, const model::Node& self) {
  auto same = [](const std::optional<InterfaceAddress>& a, const std::optional<InterfaceAddress>& b) {
    return a && b && a->address == b->address;
  };
  for (const StoredNode& other : nodes) {
    if (other.node.name == self.name) continue;
    for (auto member : {&model::Node::ipv4, &model::Node::ipv6})
      if (same(other.node.*member, self.*member))
        return "node '" + other.node.name + "' has the address " + (self.*member)->address.to_string() +
               " already; give this node another --ip, or delete that node";
  }
  return {};
}

}  // namespace

Result<Registration, std::string> register_node(const std::vector<config::store::Entry>& entries,
                                                const Options& options, const std::vector<Interface>& interfaces) {
  std::vector<StoredNode> nodes = stored_nodes(entries);
  auto own = std::find_if(nodes.begin(), nodes.end(), [&](const StoredNode& n) { return n.node.name == options.node_name; });
  model::Node before = own == nodes.end() ? model::Node{options.node_name, {}, {}, {}} : own->node;

  model::Node node = before;
  node.ipv4 = choose(options.ip, before.ipv4, interfaces, Family::IPv4);
  node.ipv6 = choose(options.ip6, before.ipv6, interfaces, Family::IPv6);
  keep_subnet(node.ipv4, before.ipv4);
  keep_subnet(node.ipv6, before.ipv6);
  if (options.as) node.as_number = options.as;

  Registration registration;
  if (!node.ipv4 && !node.ipv6) {
    registration.warnings.push_back({LogLevel::Warn, "no_node_address", "",
        {{"node", node.name}, {"do", "give --ip or --ip6, or create a node resource; there are no sessions without"}}});
    return registration;
  }
  if (std::string reason = taken_by(nodes, node); !reason.empty()) return Err(std::move(reason));
  if (own != nodes.end() && before.ipv4 != node.ipv4 && before.ipv4)
    registration.warnings.push_back({LogLevel::Warn, "node_address_changed", "",
        {{"from", before.ipv4->to_string()}, {"to", node.ipv4 ? node.ipv4->to_string() : "none"}}});
  if (own != nodes.end() && node == before) return registration;

  model::Resource resource = model::make_node(node);
  std::optional<std::string> existing;
  if (own != nodes.end()) existing = own->entry->value;
  registration.write = config::store::Write{model::node_kind().key(resource),
                                            model::node_kind().encode(resource, existing),
                                            own == nodes.end() ? 0 : own->entry->revision};
  return registration;
}

}  // namespace bgp::daemon
