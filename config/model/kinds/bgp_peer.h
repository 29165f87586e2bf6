// BGPPeer: with whom to peer. v1 `bgpPeer` is its subset {scope, node, peerIP, asNumber}.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/numbers.h"
#include "bgp/base/time.h"
#include "config/model/annotations.h"
#include "config/model/kinds/secret_ref.h"
#include "config/model/resource.h"

namespace config::model {

struct BgpPeer {
  enum class NextHop : uint8_t { Auto, Self, Keep };

  std::string name;
  std::string node;                        // as given; empty: not node-specific
  std::optional<bgp::IpAddress> peer_ip;   // absent with a selector of peers or with calico-bgp/dynamic
  uint16_t port = 0;                       // of "ip:port"; 0: not said
  bgp::Asn as_number;                      // 0: not said
  std::string node_selector;
  std::string peer_selector;
  std::string local_workload_selector;
  std::optional<bgp::Asn> local_as;        // instead of the node's
  uint8_t allowed_local_as = 0;            // how often our own AS may stand in a received path
  bool binds_source_address = true;        // sourceAddress UseNodeIP; false: None, the kernel chooses
  NextHop next_hop = NextHop::Auto;
  bool keep_original_next_hop = false;     // deprecated: NextHop::Keep towards eBGP peers
  std::optional<SecretRef> password;
  std::optional<bgp::Duration> max_restart_time;
  std::optional<bgp::Duration> keepalive_time;
  std::optional<uint8_t> ttl_security;     // hops
  std::optional<bgp::IpAddress> reachable_by;
  std::vector<std::string> filters;        // names of BGPFilters, in the order in which they are asked
  bool reverse_peering = true;             // Auto; false: Manual
  Annotations annotations;
  std::vector<std::string> annotation_problems;

  bool is_global() const { return node.empty() && (node_selector.empty() || node_selector == "all()"); }
};

const Kind& bgp_peer_kind();
// Requires resource.kind == &bgp_peer_kind().
BgpPeer read_bgp_peer(const Resource& resource);
// "10-0-0-1", "00aa-00bb-0000-0000-0000-0000-0000-0000".
std::string dashed_name(const bgp::IpAddress& address);

}  // namespace config::model
