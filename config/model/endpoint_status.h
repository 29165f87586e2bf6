// What Felix writes of a workload of this node: a file of its directory `endpoint-status` each, a JSON object.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bgp/base/ip_address.h"
#include "config/model/error.h"

namespace config::model {

struct EndpointStatus {
  std::string file;      // its name, which Felix makes of the workload's
  std::string bgp_peer;  // bgpPeerName: the BGPPeer whose localWorkloadSelector selects it; empty: none
  std::optional<bgp::IpAddress> ipv4, ipv6;  // the first of ipv4Nets and of ipv6Nets
  bool operator==(const EndpointStatus&) const = default;
};

// Fields that are not needed are not looked at.
Outcome<EndpointStatus> parse_endpoint_status(const std::string& file, std::string_view json);

}  // namespace config::model
