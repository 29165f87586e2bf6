// What this node announces, to whom, and what it puts into the kernel: upstream's filters as values of bgp/policy. Peers
// with the same BGPFilters have the same objects, made when the first of them asks.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/desired/bgp_filter_rules.h"
#include "config/desired/default_export.h"

namespace config::desired {

class Policies {
 public:
  // All outlive this. `own_blocks`: those of one address with them.
  Policies(const Inventory& inventory, const Self& self, const std::vector<bgp::Prefix>& own_blocks,
           const Services& services);

  // Towards a peer that names no BGPFilter. In order: pools with disableBGPExport, and towards iBGP what Felix programs,
  // are rejected; prefixAdvertisements mark; an own block is accepted, and what is strictly inside it only with a priority
  // better than normal; service ranges are accepted; anything in a pool is accepted, disabled or not, for `disabled` ends
  // new allocations and not old workloads; the rest is rejected.
  bgp::policy::FilterPtr export_filter() const { return export_; }
  // With the rules of these BGPFilters in front, whose word is final; null where they have none for this direction.
  bgp::policy::FilterPtr export_filter(const std::vector<std::string>& filters) const;
  // Martians are rejected, from a workload the addresses of nodes too; then these BGPFilters are asked, then everything is
  // accepted; null as above.
  bgp::policy::FilterPtr import_filter(const std::vector<std::string>& filters, bool is_of_workload) const;
  bool knows(const std::string& filter) const { return inventory_.filters.contains(filter); }
  // By prefix alone; null: everything.
  bgp::policy::FilterPtr kernel_filter() const { return kernel_; }

 private:
  bgp::policy::FilterPtr make_export(const std::vector<std::string>& filters) const;
  bgp::policy::FilterPtr make_import(const std::vector<std::string>& filters, bool is_of_workload) const;
  PolicyRules guard_nodes() const;
  PolicyRules rules_of(const std::vector<std::string>& filters, Direction direction) const;

  const Inventory& inventory_;
  PolicyRules first_;  // of every export filter, before any BGPFilter
  PolicyRules last_;   // behind them
  bgp::policy::FilterPtr export_;
  bgp::policy::FilterPtr kernel_;
  using Names = std::vector<std::string>;
  mutable std::map<Names, bgp::policy::FilterPtr> exports_;
  mutable std::map<std::pair<Names, bool>, bgp::policy::FilterPtr> imports_;
};

}  // namespace config::desired
