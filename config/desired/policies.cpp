#include "config/desired/policies.h"

#include <memory>
#include <utility>

namespace config::desired {
namespace {

using bgp::policy::Filter;
using bgp::policy::FilterPtr;

void append(PolicyRules& to, const PolicyRules& from) { to.insert(to.end(), from.begin(), from.end()); }

FilterPtr filter_of(PolicyRules rules) { return std::make_shared<Filter>(Filter{std::move(rules)}); }

}  // namespace

Policies::Policies(const Inventory& inventory, const Self& self, const std::vector<bgp::Prefix>& own_blocks,
                   const Services& services)
    : inventory_(inventory), first_(priority_rules(inventory)),
      last_(default_export_rules(inventory, self, own_blocks, services)) {
  PolicyRules rules = first_;
  append(rules, last_);
  export_ = filter_of(std::move(rules));
  if (PolicyRules kernel = kernel_rules(inventory, services); !kernel.empty()) kernel_ = filter_of(std::move(kernel));
}

FilterPtr Policies::export_filter(const std::vector<std::string>& filters) const {
  const auto [place, is_new] = exports_.try_emplace(filters);
  if (is_new) place->second = make_export(filters);
  return place->second;
}

FilterPtr Policies::make_export(const std::vector<std::string>& filters) const {
  const PolicyRules own = rules_of(filters, Direction::Export);
  if (own.empty()) return nullptr;
  PolicyRules rules = first_;
  append(rules, own);
  append(rules, last_);
  return filter_of(std::move(rules));
}

// A workload that announced a node's address would take that node's sessions from it.
PolicyRules Policies::guard_nodes() const {
  bgp::policy::Rule rule{{}, bgp::policy::Verdict::Reject, false, {}, {}};
  for (const auto& [name, node] : inventory_.nodes) {
    for (const auto& address : {bare(node.ipv4), bare(node.ipv6)}) {
      if (address) rule.any_of.push_back({bgp::Prefix(*address, address->bits()), address->bits(), address->bits()});
    }
  }
  return rule.any_of.empty() ? PolicyRules{} : PolicyRules{std::move(rule)};
}

FilterPtr Policies::import_filter(const std::vector<std::string>& filters, bool is_of_workload) const {
  const auto [place, is_new] = imports_.try_emplace({filters, is_of_workload});
  if (is_new) place->second = make_import(filters, is_of_workload);
  return place->second;
}

FilterPtr Policies::make_import(const std::vector<std::string>& filters, bool is_of_workload) const {
  PolicyRules own = is_of_workload ? guard_nodes() : PolicyRules{};
  append(own, rules_of(filters, Direction::Import));
  if (own.empty()) return nullptr;
  const PolicyRules& around = bgp::policy::reject_martians()->rules;  // the last of which accepts all
  PolicyRules rules(around.begin(), around.end() - 1);
  append(rules, own);
  rules.push_back(around.back());
  return filter_of(std::move(rules));
}

// A name that no BGPFilter has is passed over, as upstream does; the caller warns.
PolicyRules Policies::rules_of(const std::vector<std::string>& filters, Direction direction) const {
  PolicyRules rules;
  const auto add = [&](const std::vector<model::FilterRule>& of_filter, bgp::Family family) {
    const uint32_t normal = normal_priority(inventory_, family);
    for (const model::FilterRule& rule : of_filter) rules.push_back(policy_rule(rule, family, direction, normal));
  };
  for (const std::string& name : filters) {
    const auto found = inventory_.filters.find(name);
    if (found == inventory_.filters.end()) continue;
    const model::BgpFilter& filter = found->second;
    const bool is_import = direction == Direction::Import;
    add(is_import ? filter.import_v4 : filter.export_v4, bgp::Family::IPv4);
    add(is_import ? filter.import_v6 : filter.export_v6, bgp::Family::IPv6);
  }
  return rules;
}

}  // namespace config::desired
