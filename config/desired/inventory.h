// The store's entries as typed resources, each kind in the order of its keys; what cannot be read becomes a warning.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bgp/base/log.h"
#include "config/model/kinds/bgp_configuration.h"
#include "config/model/kinds/bgp_filter.h"
#include "config/model/kinds/bgp_peer.h"
#include "config/model/kinds/block_affinity.h"
#include "config/model/kinds/ip_pool.h"
#include "config/model/kinds/node.h"
#include "config/store/store.h"

namespace config::desired {

struct Inventory {
  std::vector<model::BgpPeer> peers;
  std::map<std::string, model::Node> nodes;
  std::vector<model::IpPool> pools;
  std::vector<model::BlockAffinity> blocks;
  std::map<std::string, model::BgpFilter> filters;
  std::map<std::string, model::BgpConfiguration> configurations;  // "default", "node.<name>"
  std::vector<bgp::LogRecord> warnings;
  // Why nothing can be said at all: the BGPConfiguration `default` is there and no JSON. It may say the AS number, or that
  // the mesh has a password.
  std::optional<std::string> problem;

  bgp::Asn global_as() const;
  bool mesh_enabled() const;
  uint16_t listen_port(const std::string& node) const;
  std::string log_severity(const std::string& node) const;
  // nullptr: there is none of this name.
  const model::BgpConfiguration* configuration(const std::string& name) const;
};

Inventory read_inventory(const std::vector<store::Entry>& entries);

// A warning about `subject` (a key, a resource's name), for the log.
bgp::LogRecord warning(std::string event, std::string subject, std::string reason, std::string peer = "");

}  // namespace config::desired
