// BGPPeer: with whom to peer. v1 `bgpPeer` is its subset {scope, node, peerIP, asNumber}.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/numbers.h"
#include "config/model/resource.h"

namespace config::model {

struct BgpPeer {
  std::string name;
  std::string node;                        // as given; empty: not node-specific
  std::optional<bgp::IpAddress> peer_ip;   // absent with a peer_selector
  uint16_t port = 0;                       // of "ip:port"; 0: not said
  bgp::Asn as_number;                      // 0: not said
  std::string node_selector;
  std::string peer_selector;
  std::vector<std::string> uninterpreted;  // spec fields that are stored and shown but have no effect yet

  bool is_global() const { return node.empty() && (node_selector.empty() || node_selector == "all()"); }
};

const Kind& bgp_peer_kind();
// Requires resource.kind == &bgp_peer_kind().
BgpPeer read_bgp_peer(const Resource& resource);
// "10-0-0-1", "00aa-00bb-0000-0000-0000-0000-0000-0000".
std::string dashed_name(const bgp::IpAddress& address);

}  // namespace config::model
