// The keys of Calico v2, taken apart and put together. Internal to v2_layout.
//
//   /calico/bgp/v1/global/{as_num,node_mesh,loglevel}          /calico/bgp/v1/global/peer_v4/<ip>
//   /calico/bgp/v1/host/<node>/{ip_addr_v4,network_v4,...,as_num,loglevel}, .../peer_v4/<ip>
//   /calico/v1/host/<node>/{metadata,bird_ip}                  /calico/v1/ipam/v4/pool/<ip>-<len>
//   /calico/v1/config/{IpInIpEnabled,LogSeverityScreen}        /calico/v1/host/<node>/config/{IpInIpTunnelAddr,LogSeverityScreen}
//   /calico/ipam/v2/host/<node>/ipv4/block/<ip>-<len>          (each v4 also v6)
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bgp/base/ip_address.h"
#include "bgp/base/prefix.h"

namespace config::etcd::v2 {

struct Part {
  enum class Of : uint8_t { Peer, Pool, Block, Node, Settings, Felix };
  Of of = Of::Node;
  std::string resource;               // its store key
  std::string node;                   // empty: global
  std::string field;                  // of Node and Settings: the last word of the key
  std::optional<bgp::IpAddress> peer;
  std::optional<bgp::Prefix> cidr;
};

std::optional<Part> parse_key(std::string_view key);

std::string bgp_key(const std::string& node, const std::string& field);    // node empty: global
std::string host_key(const std::string& node, const std::string& field);   // Felix's; node empty: its global config
std::string peer_key(const std::string& node, const bgp::IpAddress& peer);
std::string pool_key(const bgp::Prefix& cidr);

}  // namespace config::etcd::v2
