// What the parts of the RIB share: the destinations and paths of both families, the attribute sets, the peers.
#pragma once

#include <array>
#include <vector>

#include "bgp/policy/export_attributes.h"
#include "bgp/rib/attr_store.h"
#include "bgp/rib/next_hops.h"
#include "bgp/rib/path.h"
#include "bgp/rib/prefix_table.h"

namespace bgp::rib {

// What decisions and exports need to know of a peer. Fixed while its session is up.
struct PeerFacts {
  bool is_ebgp = false;
  bool is_client = false;  // of ours, when we reflect
  BgpIdentifier identifier;
  IpAddress address;
  uint32_t rank = 0;       // place of the address among all peers' (RFC 4271 §9.1.2.2 g)
};

struct FamilyTable {
  explicit FamilyTable(Family family) : prefixes(family) {}
  PrefixTable prefixes;
  PathPool paths;
};

struct Tables {
  explicit Tables(bool assume_next_hops_reachable) : next_hops(assume_next_hops_reachable), attrs(next_hops) {}
  FamilyTable& operator[](Family family) { return family == Family::IPv4 ? v4 : v6; }
  const FamilyTable& operator[](Family family) const { return family == Family::IPv4 ? v4 : v6; }
  policy::ExportSource source_of(PeerId peer) const {
    if (peer == kLocalPeer) return {true, false, false, {}};
    const PeerFacts& facts = peers[peer];
    return {false, !facts.is_ebgp, facts.is_client, facts.identifier};
  }

  FamilyTable v4{Family::IPv4};
  FamilyTable v6{Family::IPv6};
  NextHops next_hops;
  AttrStore attrs;
  std::vector<PeerFacts> peers = std::vector<PeerFacts>(1);  // by PeerId
};

inline constexpr std::array<Family, 2> kFamilies = {Family::IPv4, Family::IPv6};
inline size_t index_of(Family family) { return family == Family::IPv4 ? 0 : 1; }

// The selected path of a destination changed. attr 0: there is none any more.
struct BestChange {
  AttrId attr = 0;
  PeerId source = 0;
  DestinationId destination = 0;
};

}  // namespace bgp::rib
