// IPPool: a range that workloads get addresses from, and how routes to it are carried.
#pragma once

#include <string>
#include <vector>

#include "bgp/base/prefix.h"
#include "config/model/resource.h"

namespace config::model {

enum class Encapsulation : uint8_t { Never, Always, CrossSubnet };
const char* to_string(Encapsulation mode);

struct IpPool {
  std::string name;
  bgp::Prefix cidr;
  Encapsulation ipip = Encapsulation::Never;
  Encapsulation vxlan = Encapsulation::Never;
  bool nat_outgoing = false;
  bool disabled = false;            // for new addresses; its routes are still announced
  bool disable_bgp_export = false;
  uint8_t block_size = 26;
  std::string node_selector;
  // Of IPAM alone: checked, kept, and without effect on routes.
  std::string namespace_selector = {};
  std::vector<std::string> allowed_uses = {};
};

const Kind& ip_pool_kind();
// Requires resource.kind == &ip_pool_kind().
IpPool read_ip_pool(const Resource& resource);
// As a v1 document would have been read, for the agent's default pools.
Resource make_ip_pool(const IpPool& pool);

}  // namespace config::model
