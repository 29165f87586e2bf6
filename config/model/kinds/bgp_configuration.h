// BGPConfiguration: `default` holds the network's settings, `node.<nodename>` a node's overrides. v3 clothes only; in
// v1 these are `calicoctl config` (settings.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/numbers.h"
#include "bgp/base/time.h"
#include "config/model/annotations.h"
#include "config/model/kinds/advertisements.h"
#include "config/model/kinds/secret_ref.h"
#include "config/model/resource.h"

namespace config::model {

struct BgpConfiguration {
  std::string name;
  std::optional<bgp::Asn> as_number;           // absent: kDefaultAs
  std::optional<bool> node_to_node_mesh;       // absent: on
  std::optional<std::string> log_severity;     // "Info", however it was written; absent: Info
  std::optional<uint16_t> listen_port;         // absent: 179
  bool binds_node_address = false;             // bindMode NodeIP
  std::vector<std::string> ignored_interfaces; // patterns: their connected subnets are not announced
  std::optional<bgp::IpAddress> workload_peering_v4, workload_peering_v6;  // at which local workloads find the node
  std::optional<SecretRef> mesh_password;
  std::optional<bgp::Duration> mesh_max_restart_time;
  Advertisements advertisements;
  Annotations annotations;                     // of `default` alone
  std::vector<std::string> annotation_problems;
  std::vector<std::string> faults;             // fields of a stored one that make no sense, and are as if absent
  std::vector<std::string> without_effect;     // fields of a node's own that only `default` may say
};
inline constexpr bgp::Asn kDefaultAs{64512};
inline constexpr const char* kBgpConfigurationDefaultKey =
    "/calico/resources/v3/projectcalico.org/bgpconfigurations/default";

const Kind& bgp_configuration_kind();
// Requires resource.kind == &bgp_configuration_kind().
BgpConfiguration read_bgp_configuration(const Resource& resource);

}  // namespace config::model
