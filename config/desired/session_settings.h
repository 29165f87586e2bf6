// What was configured for a peer, and how that becomes the speaker's settings. One road for the mesh, for BGPPeers and
// for neighbours that are not named: a peer that moves between them with the same parameters keeps an equal session.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bgp/speaker/speaker_config.h"
#include "config/desired/self.h"
#include "config/model/annotations.h"
#include "config/model/kinds/bgp_peer.h"

namespace config::desired {

struct Endpoint {
  bgp::IpAddress address;
  uint16_t port = 179;
  bgp::Asn as_number;
  const model::Node* node = nullptr;  // whose it is, if it is a node of this network
};

// The words of a BGPPeer; the mesh has only some of them.
struct PeerWishes {
  std::optional<bgp::Asn> local_as = {};
  uint8_t allowed_local_as = 0;
  bool binds_source_address = true;
  model::BgpPeer::NextHop next_hop = model::BgpPeer::NextHop::Auto;
  bool keep_original_next_hop = false;
  std::optional<bgp::Duration> max_restart_time = {};
  std::optional<bgp::Duration> keepalive_time = {};
  std::optional<uint8_t> ttl_security = {};
  std::optional<model::SecretRef> password = {};
  std::vector<std::string> filters = {};  // names of BGPFilters
  bool is_of_workload = false;            // a pod, which is not trusted with the addresses of nodes
  std::optional<bgp::IpAddress> reachable_by = {};
  model::Annotations annotations = {};
};

PeerWishes wishes_of(const model::BgpPeer& peer);
PeerWishes wishes_of_mesh(const Inventory& inventory);

// Everything but `type` and the filters. A password that cannot be had holds the session down, and so does TCP-AO when no
// key of the chain can be had; keys that cannot, beside others that can, are left out and named in `lost_keys`.
bgp::speaker::PeerSettings settings_for(const Endpoint& peer, const Self& self, const PeerWishes& wishes,
                                        const SecretLookup& secrets, std::vector<std::string>& lost_keys);

}  // namespace config::desired
