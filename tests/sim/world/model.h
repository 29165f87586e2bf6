// What must hold, written a second time and simply: the decision over what a node has heard (I2), and the routes that
// a whole network must end with once it is left alone (I11). Nothing of bgp/rib or bgp/policy's attribute rules is used.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "node.h"

namespace sim {

// A route as the model sees it.
struct ModelRoute {
  bool is_local = false;
  IpAddress next_hop;
  std::vector<uint32_t> as_path;
  uint32_t local_pref = 100;
  uint32_t med = 0;
  uint8_t origin = 0;
  uint32_t originator = 0;            // 0: none
  std::vector<uint32_t> clusters;
  bool is_ebgp = false;
  uint32_t peer_identifier = 0;
  IpAddress peer;
  uint32_t path_id = 0;
  uint32_t igp_metric = 0;

  uint32_t identifier() const { return originator != 0 ? originator : peer_identifier; }
  bool operator==(const ModelRoute&) const = default;
};

// The index of the best, by elimination; requires at least one.
size_t best_of(const std::vector<ModelRoute>& routes);

// I2: for each prefix, the selected path is the one that best_of() selects among the eligible. Empty, or what differs.
std::string check_decisions(const Node& node);

// The selected next hop of each prefix ("local" for one's own) in each node, once everything has settled.
using Table = std::map<std::string, std::string>;
std::vector<Table> settled_tables(const std::vector<const Node*>& nodes);
Table loc_rib(const Node& node);

// I3: own routes in the kernel against the selected routes. Empty, or what differs.
std::string check_kernel(const Node& node);

// I10: counters that are sums of others. Empty, or what differs.
std::string check_counters(const Node& node);

}  // namespace sim
