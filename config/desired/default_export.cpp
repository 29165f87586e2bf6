#include "config/desired/default_export.h"

#include <array>
#include <utility>

#include "config/desired/bgp_filter_rules.h"

namespace config::desired {
namespace {

using bgp::policy::Condition;
using bgp::policy::PrefixRange;
using bgp::policy::PriorityRange;
using bgp::policy::Rule;
using bgp::policy::Verdict;
using model::ProgramClusterRoutes;

constexpr std::array kFamilies = {bgp::Family::IPv4, bgp::Family::IPv6};

PrefixRange itself(const bgp::Prefix& prefix) { return {prefix, prefix.length(), prefix.length()}; }

PrefixRange strictly_inside(const bgp::Prefix& prefix) {
  return {prefix, static_cast<uint8_t>(prefix.length() + 1), prefix.address().bits()};
}

PrefixRange all_of(const bgp::Prefix& prefix) { return {prefix, prefix.length(), prefix.address().bits()}; }

std::vector<PrefixRange> all_of(const std::vector<bgp::Prefix>& prefixes) {
  std::vector<PrefixRange> ranges;
  for (const bgp::Prefix& prefix : prefixes) ranges.push_back(all_of(prefix));
  return ranges;
}

// A rule without ranges would match every prefix.
void add(PolicyRules& rules, std::vector<PrefixRange> any_of, Verdict verdict, Condition condition = {}) {
  if (!any_of.empty()) rules.push_back({std::move(any_of), verdict, false, std::move(condition), {}});
}

const model::Advertisements& advertisements(const Inventory& inventory) {
  static const model::Advertisements kNone;
  const model::BgpConfiguration* global = inventory.configuration("default");
  return global == nullptr ? kNone : global->advertisements;
}

std::optional<uint32_t> configured_priority(const Inventory& inventory, bgp::Family family) {
  const model::Advertisements& all = advertisements(inventory);
  return family == bgp::Family::IPv4 ? all.normal_priority_v4 : all.normal_priority_v6;
}

// ---- whose routes Felix programs ----------------------------------------------------------------------------------

bool programs_ipip(const Inventory& inventory) {
  const auto mode = advertisements(inventory).program_cluster_routes.value_or(ProgramClusterRoutes::Enabled);
  return mode == ProgramClusterRoutes::Enabled || mode == ProgramClusterRoutes::EnabledIpipOnly;
}

std::vector<PrefixRange> pools_of_felix(const Inventory& inventory, bool with_hidden) {
  std::vector<PrefixRange> ranges;
  for (const auto& [key, pool] : inventory.pools) {
    if (!is_programmed_here(inventory, pool) && (with_hidden || !pool.disable_bgp_export)) ranges.push_back(all_of(pool.cidr));
  }
  return ranges;
}

// Another node's block that Felix routes there is that node's to announce; towards eBGP it is ours as well.
void reject_routes_of_felix(PolicyRules& rules, const Inventory& inventory) {
  std::vector<std::string> tunnels = {"*.cali", "*.calico"};
  if (!programs_ipip(inventory)) tunnels.push_back("tunl0");
  for (const std::string& tunnel : tunnels) {
    rules.push_back({{}, Verdict::Reject, false, {.is_ebgp = false, .interface = tunnel}, {}});
  }
  add(rules, pools_of_felix(inventory, false), Verdict::Reject, {.is_ebgp = false, .is_local = true, .has_gateway = true});
  rules.push_back({{}, Verdict::Reject, false, {.interface = "bpf*.cali"}, {}});  // must never leave the node
}

// ---- the rest -----------------------------------------------------------------------------------------------------

// A node's own list replaces the global one.
void mark_prefixes(PolicyRules& rules, const Inventory& inventory, const Self& self) {
  const model::BgpConfiguration* own = inventory.configuration("node." + self.name);
  const bool has_own = own != nullptr && !own->advertisements.prefix_advertisements.empty();
  const auto& wanted = has_own ? own->advertisements : advertisements(inventory);
  for (const model::PrefixAdvertisement& each : wanted.prefix_advertisements) {
    Rule rule{{all_of(each.cidr)}, Verdict::Continue, false, {}, {}};
    add_communities(rule.edits, each.communities);
    if (!rule.edits.empty()) rules.push_back(std::move(rule));
  }
}

// A block stands for what is inside it, but for a workload that has just moved: its better priority is told.
void aggregate_blocks(PolicyRules& rules, const Inventory& inventory, const std::vector<bgp::Prefix>& own_blocks) {
  std::vector<PrefixRange> blocks;
  std::vector<PrefixRange> inside;
  for (const bgp::Prefix& block : own_blocks) {
    blocks.push_back(itself(block));
    if (!block.is_host()) inside.push_back(strictly_inside(block));
  }
  add(rules, std::move(blocks), Verdict::Accept);
  for (const bgp::Family family : kFamilies) {
    const uint32_t normal = normal_priority(inventory, family);
    add(rules, inside, Verdict::Accept, {.family = family, .priority = PriorityRange{0, normal - 1, normal}});
  }
  add(rules, std::move(inside), Verdict::Reject);
}

}  // namespace

// Not configured, it is as in Calico up to v3.32: BGP's agent programs all but VXLAN. Upstream's default since leaves
// IPIP to Felix, which then must have been told so.
bool is_programmed_here(const Inventory& inventory, const model::IpPool& pool) {
  if (pool.vxlan != model::Encapsulation::Never) return false;
  const auto mode = advertisements(inventory).program_cluster_routes.value_or(ProgramClusterRoutes::Enabled);
  if (mode == ProgramClusterRoutes::Enabled || mode == ProgramClusterRoutes::Disabled) {
    return mode == ProgramClusterRoutes::Enabled;
  }
  const bool is_ipip = pool.ipip != model::Encapsulation::Never;
  return is_ipip == (mode == ProgramClusterRoutes::EnabledIpipOnly);
}

uint32_t normal_priority(const Inventory& inventory, bgp::Family family) {
  return configured_priority(inventory, family).value_or(bgp::policy::kNormalPriority);
}

PolicyRules priority_rules(const Inventory& inventory) {
  PolicyRules rules;
  for (const bgp::Family family : kFamilies) {
    const auto normal = configured_priority(inventory, family);
    if (!normal) continue;
    rules.push_back({{}, Verdict::Continue, false, {.family = family, .is_local = true}, {.normal_priority = *normal}});
  }
  return rules;
}

PolicyRules default_export_rules(const Inventory& inventory, const Self& self, const std::vector<bgp::Prefix>& own_blocks,
                                 const Services& services) {
  std::vector<PrefixRange> hidden;
  std::vector<PrefixRange> open;
  for (const auto& [key, pool] : inventory.pools) (pool.disable_bgp_export ? hidden : open).push_back(all_of(pool.cidr));
  PolicyRules rules;
  add(rules, std::move(hidden), Verdict::Reject);
  reject_routes_of_felix(rules, inventory);
  mark_prefixes(rules, inventory, self);
  aggregate_blocks(rules, inventory, own_blocks);
  add(rules, all_of(services.announced), Verdict::Accept);
  if (self.cluster_id) add(rules, all_of(services.reflected), Verdict::Accept);
  add(rules, std::move(open), Verdict::Accept);
  return rules;
}

PolicyRules kernel_rules(const Inventory& inventory, const Services& services) {
  PolicyRules rules;
  add(rules, all_of(services.all), Verdict::Reject);
  add(rules, pools_of_felix(inventory, true), Verdict::Reject);
  if (!rules.empty()) rules.push_back({{}, Verdict::Accept, false, {}, {}});
  return rules;
}

}  // namespace config::desired
