// The store's entries as typed resources. Each is read once, when it comes; what cannot be read is a warning.
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
  // By their keys.
  std::map<std::string, model::BgpPeer> peers;
  std::map<std::string, model::IpPool> pools;
  std::map<std::string, model::BlockAffinity> blocks;
  // By their names.
  std::map<std::string, model::Node> nodes;
  std::map<std::string, model::BgpFilter> filters;
  std::map<std::string, model::BgpConfiguration> configurations;  // "default", "node.<name>"
  std::map<std::string, std::vector<bgp::LogRecord>> warnings;    // by the keys of what they are about
  // Why nothing can be said at all: the BGPConfiguration `default` is there and no JSON. It may say the AS number, or that
  // the mesh has a password.
  std::optional<std::string> problem;

  // Which of the parts above a key belongs to; nullptr: none, for it is IPAM's own, or of another kind of Calico.
  static const model::Kind* kind_of(const std::string& key);
  // Requires kind_of(key). In the place of what was there.
  void put(const store::Entry& entry);
  void erase(const std::string& key);

  bgp::Asn global_as() const;
  bool mesh_enabled() const;
  uint16_t listen_port(const std::string& node) const;
  std::string log_severity(const std::string& node) const;
  // nullptr: there is none of this name.
  const model::BgpConfiguration* configuration(const std::string& name) const;
};

// A warning about `subject` (a key, a resource's name), for the log.
bgp::LogRecord warning(std::string event, std::string subject, std::string reason, std::string peer = "");

}  // namespace config::desired
