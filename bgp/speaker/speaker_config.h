// What the speaker is told to do: complete, resolved, immutable. A new configuration replaces the old one as a whole;
// the speaker works out which sessions it touches.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "bgp/base/numbers.h"
#include "bgp/base/prefix.h"
#include "bgp/base/shared.h"
#include "bgp/bfd/config.h"
#include "bgp/policy/export_attributes.h"
#include "bgp/policy/filter.h"
#include "bgp/policy/kernel_ways.h"
#include "bgp/rib/multipath.h"
#include "bgp/session/peer_config.h"

namespace bgp::speaker {

// Where a peer's configuration came from; shown by `node status`, otherwise without effect.
enum class PeerType : uint8_t { NodeToNodeMesh, Global, NodeSpecific, LocalWorkload };

using policy::NextHopMode;
using rib::Multipath;

using BfdConfig = bfd::Config;

struct PeerSettings {
  session::PeerConfig session;
  PeerType type = PeerType::Global;
  std::optional<BfdConfig> bfd;
  bool accept_blackhole = false;  // RFC 7999: a route of this peer with BLACKHOLE becomes a blackhole in the kernel
  NextHopMode next_hop_mode = NextHopMode::Auto;
  bool route_reflector_client = false;
  policy::FilterPtr import;  // null: policy::reject_martians()
  policy::FilterPtr export_; // null: the speaker's own

  bool operator==(const PeerSettings& other) const {
    return session == other.session && type == other.type && bfd == other.bfd &&
           accept_blackhole == other.accept_blackhole && next_hop_mode == other.next_hop_mode &&
           route_reflector_client == other.route_reflector_client && policy::same(import, other.import) &&
           policy::same(export_, other.export_);
  }
};

// Neighbours that are not named: whoever connects from `range` becomes a peer with these settings, its address filled
// in, passive, and is forgotten when the session is gone. At most `max` at a time; more are refused.
struct DynamicPeers {
  Prefix range;
  uint16_t max = 256;
  PeerSettings settings;
  bool operator==(const DynamicPeers&) const = default;
};

struct SpeakerConfig {
  Asn local_as;
  BgpIdentifier identifier;
  BgpIdentifier cluster_id;            // of a route reflector; 0 = the identifier
  std::vector<Shared<PeerSettings>> peers;  // sorted by session.address, each address once
  std::vector<DynamicPeers> dynamic_peers;  // the longest range that matches counts
  Multipath multipath;
  bool graceful_shutdown = false;      // RFC 8326: everybody is told with GRACEFUL_SHUTDOWN (and LOCAL_PREF 0) to move away
  std::vector<Prefix> own_blocks;      // sorted; originated, and held by a blackhole route in the FIB
  std::vector<Prefix> service_routes;  // sorted; originated, and held by nothing: who forwards them is not our affair
  policy::FilterPtr export_filter;     // of every peer without its own; null rejects all
  policy::FilterPtr kernel_filter;     // of what goes into the FIB, by prefix alone; null: everything
  policy::KernelWays kernel_ways;      // and through what

  bool operator==(const SpeakerConfig& other) const {
    return local_as == other.local_as && identifier == other.identifier && cluster_id == other.cluster_id &&
           peers == other.peers && dynamic_peers == other.dynamic_peers && multipath == other.multipath &&
           graceful_shutdown == other.graceful_shutdown && own_blocks == other.own_blocks && service_routes == other.service_routes &&
           policy::same(export_filter, other.export_filter) && policy::same(kernel_filter, other.kernel_filter) &&
           kernel_ways == other.kernel_ways;
  }
};
using SpeakerConfigPtr = std::shared_ptr<const SpeakerConfig>;

}  // namespace bgp::speaker
