#include "bgp/daemon/registration.h"

#include <algorithm>

#include "bgp/base/limits.h"
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

model::Node new_node(const std::string& name) { return {.name = name, .as_number = {}, .ipv4 = {}, .ipv6 = {}}; }

// Why what is stored of the node `name` cannot be read; empty: it can, or there is none.
std::string fault_of_own(const std::vector<config::store::Entry>& entries, const std::string& name) {
  const std::string key = model::node_kind().key(model::make_node(new_node(name)));
  auto own = std::find_if(entries.begin(), entries.end(), [&](const config::store::Entry& e) { return e.key == key; });
  if (own == entries.end()) return {};
  auto resource = model::node_kind().decode(own->key, own->value);
  if (resource) return {};
  return "the node '" + name + "' is stored and cannot be read: " + resource.error().to_string() +
         "; replace it with calicoctl, or delete it";
}

const StoredNode* find_own(const std::vector<StoredNode>& nodes, const std::string& name) {
  auto own = std::find_if(nodes.begin(), nodes.end(), [&](const StoredNode& n) { return n.node.name == name; });
  return own == nodes.end() ? nullptr : &*own;
}

std::string to_text(const std::optional<InterfaceAddress>& address) { return address ? address->to_string() : "none"; }

std::string joined(const std::vector<std::string>& reasons) {
  std::string text;
  for (size_t i = 0; i < reasons.size() && i < limits::kPassedOverShownMax; ++i) text += (i ? "; " : "") + reasons[i];
  if (reasons.size() > limits::kPassedOverShownMax)
    text += "; and " + std::to_string(reasons.size() - limits::kPassedOverShownMax) + " more";
  return text;
}

// ---- an address of one family -------------------------------------------------------------------------------------

class Chooser {
 public:
  Chooser(const Options& options, const Machine& machine, const model::Node& stored, std::vector<LogRecord>& records)
      : options_(options), machine_(machine), stored_(stored), records_(records) {}

  std::optional<InterfaceAddress> choose(Family family) {
    const std::string& option = family == Family::IPv4 ? options_.ip : options_.ip6;
    const std::optional<InterfaceAddress>& stored = family == Family::IPv4 ? stored_.ipv4 : stored_.ipv6;
    const bool is_default = option.empty() && !stored && family == Family::IPv4;
    if (option == "autodetect" || is_default) return found(family, stored);
    std::optional<InterfaceAddress> address = stored;  // also with 'none', which is about autodetection alone
    if (!option.empty() && option != "none") address = given(option, stored);
    if (address && !machine_.find(address->address))
      records_.push_back({LogLevel::Warn, "node_address_not_here", "",
                          {{"address", address->to_string()},
                           {"do", "no interface that is up has it: give the right --ip or --ip6, or 'autodetect'"}}});
    return address;
  }

 private:
  // A bare address gets the length of the interface's subnet, or else the stored one's.
  std::optional<InterfaceAddress> given(const std::string& option, const std::optional<InterfaceAddress>& stored) const {
    std::optional<InterfaceAddress> address = InterfaceAddress::parse(option);
    if (!address || option.find('/') != std::string::npos) return address;
    if (const Interface* interface = machine_.find(address->address)) return interface->address;
    return stored && stored->address == address->address ? stored : address;
  }

  // A stored address stays as long as the method can live with it (address_watch.h says why).
  std::optional<InterfaceAddress> found(Family family, const std::optional<InterfaceAddress>& stored) {
    const DetectionMethod& method = family == Family::IPv4 ? options_.node.ip_method : options_.node.ip6_method;
    const Detection answer = detect(method, family, machine_, stored_);
    if (stored && accepts(method, machine_, stored_, stored->address)) return kept(*stored, answer, method);
    if (answer.address) {
      records_.push_back(choice_record(answer, method));
      return answer.address;
    }
    records_.push_back({LogLevel::Error, "autodetection_failed", "",
                        {{"family", family == Family::IPv4 ? "IPv4" : "IPv6"}, {"method", method.text},
                         {"reason", answer.reason}, {"passed_over", joined(answer.passed_over)}, {"keeps", to_text(stored)}}});
    return stored;
  }

  std::optional<InterfaceAddress> kept(const InterfaceAddress& stored, const Detection& answer, const DetectionMethod& method) {
    const InterfaceAddress here = machine_.find(stored.address)->address;  // its subnet may have been changed
    if (answer.address && answer.address->address != stored.address)
      records_.push_back({LogLevel::Info, "address_kept", "",
                          {{"address", here.to_string()}, {"method", method.text},
                           {"method_prefers", answer.address->to_string()}, {"on", answer.interface},
                           {"reason", "the stored one is on an interface that is up"}}});
    return here;
  }

  const Options& options_;
  const Machine& machine_;
  const model::Node& stored_;
  std::vector<LogRecord>& records_;
};

// ---- two nodes with one address -------------------------------------------------------------------------------------

bool same_address(const std::optional<InterfaceAddress>& a, const std::optional<InterfaceAddress>& b) {
  return a && b && a->address == b->address;
}

constexpr auto kAddresses = {&model::Node::ipv4, &model::Node::ipv6};

// An error where the address is new to us, else a warning.
Status<std::string> check_conflicts(const std::vector<StoredNode>& nodes, const model::Node& self,
                                    const model::Node& before, std::vector<LogRecord>& records) {
  for (const StoredNode& other : nodes) {
    for (auto member : kAddresses) {
      if (other.node.name == self.name || !same_address(other.node.*member, self.*member)) continue;
      const std::string address = (self.*member)->address.to_string();
      if (!same_address(before.*member, self.*member))
        return Err("node '" + other.node.name + "' has the address " + address +
                   " already; give this node another --ip, or delete that node");
      records.push_back({LogLevel::Warn, "node_address_shared", "",
                         {{"address", address}, {"with", other.node.name}, {"do", "give one of the two another address"}}});
    }
  }
  return Done{};
}

void note_changes(const model::Node& before, const model::Node& after, std::vector<LogRecord>& records) {
  for (auto member : kAddresses)
    if (before.*member && before.*member != after.*member)
      records.push_back({LogLevel::Warn, "node_address_changed", "",
                         {{"from", to_text(before.*member)}, {"to", to_text(after.*member)}}});
}

std::optional<config::store::Write> write_of(const model::Node& node, const StoredNode* own) {
  if (own && node == own->node) return std::nullopt;
  model::Resource resource = model::make_node(node);
  const auto existing = own ? std::optional(own->entry->value) : std::nullopt;
  return config::store::Write{model::node_kind().key(resource), model::node_kind().encode(resource, existing),
                              own ? own->entry->revision : 0};
}

Result<Registration, std::string> finish(const std::vector<StoredNode>& nodes, const StoredNode* own, const model::Node& node,
                                         const Options& options, Registration registration) {
  const model::Node before = own ? own->node : new_node(options.node_name);
  if (options.node.checks_address_conflicts) {
    if (auto checked = check_conflicts(nodes, node, before, registration.records); !checked) return Err(checked.error());
  }
  note_changes(before, node, registration.records);
  registration.write = write_of(node, own);
  return registration;
}

}  // namespace

Result<Registration, std::string> register_node(const std::vector<config::store::Entry>& entries,
                                                const Options& options, const Machine& machine) {
  if (std::string fault = fault_of_own(entries, options.node_name); !fault.empty()) return Err(std::move(fault));
  const std::vector<StoredNode> nodes = stored_nodes(entries);
  const StoredNode* own = find_own(nodes, options.node_name);
  model::Node node = own ? own->node : new_node(options.node_name);
  Registration registration;
  if (!options.node.kubernetes_node.empty()) node.kubernetes_node = options.node.kubernetes_node;
  if (options.node.backend == "none") {  // as upstream: what is about BGP stays as it is
    registration.write = write_of(node, own);
    return registration;
  }
  Chooser chooser(options, machine, node, registration.records);
  const auto ipv4 = chooser.choose(Family::IPv4);
  const auto ipv6 = chooser.choose(Family::IPv6);
  node.ipv4 = ipv4;
  node.ipv6 = ipv6;
  if (options.as) node.as_number = options.as;
  if (!node.ipv4 && !node.ipv6) {
    registration.records.push_back({LogLevel::Warn, "no_node_address", "",
        {{"node", node.name}, {"do", "give --ip or --ip6, or create a node resource; there are no sessions without"}}});
    return registration;
  }
  return finish(nodes, own, node, options, std::move(registration));
}

Result<Registration, std::string> change_address(const std::vector<config::store::Entry>& entries, const Options& options,
                                                 const Detection& detection, const DetectionMethod& method) {
  const std::vector<StoredNode> nodes = stored_nodes(entries);
  const StoredNode* own = find_own(nodes, options.node_name);
  model::Node node = own ? own->node : new_node(options.node_name);
  const bool is_v4 = detection.address->address.is_v4();
  (is_v4 ? node.ipv4 : node.ipv6) = detection.address;
  if (options.as) node.as_number = options.as;
  return finish(nodes, own, node, options, {{}, {choice_record(detection, method)}});
}

model::Node stored_node(const std::vector<config::store::Entry>& entries, const std::string& name) {
  const std::vector<StoredNode> nodes = stored_nodes(entries);
  const StoredNode* own = find_own(nodes, name);
  return own ? own->node : new_node(name);
}

LogRecord choice_record(const Detection& detection, const DetectionMethod& method) {
  return {LogLevel::Info, "address_chosen", "",
          {{"address", to_text(detection.address)}, {"interface", detection.interface}, {"method", method.text},
           {"passed_over", joined(detection.passed_over)}}};
}

}  // namespace bgp::daemon
