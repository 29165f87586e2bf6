// What the parts of the RIB share: the destinations and paths of both families, the attribute sets, the peers.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <vector>

#include "bgp/policy/export_attributes.h"
#include "bgp/rib/attr_store.h"
#include "bgp/rib/next_hops.h"
#include "bgp/rib/path.h"
#include "bgp/rib/prefix_table.h"
#include "bgp/wire/update.h"

namespace bgp::rib {

// What decisions and exports need to know of a peer. Fixed while its session is up.
struct PeerFacts {
  bool is_ebgp = false;
  bool is_client = false;  // of ours, when we reflect
  BgpIdentifier identifier;
  IpAddress address;
  uint32_t rank = 0;       // place of the address among all peers' (RFC 4271 §9.1.2.2 g)
  bool accept_blackhole = false;  // RFC 7999: its BLACKHOLE routes are discarded here, and stay in this AS
};

struct FamilyTable {
  explicit FamilyTable(Family family) : prefixes(family) {}
  PrefixTable prefixes;
  PathPool paths;
  // Rows without a path that somebody must still be told of; each once (RowFlag::Undead). Rib::release_undead() frees
  // them when nobody must any more.
  std::deque<DestinationId> undead;

  void bury(DestinationId id) {
    if (prefixes.has(id, RowFlag::Undead)) return;
    prefixes.set(id, RowFlag::Undead);
    undead.push_back(id);
  }
  void give_back_memory();  // memory.cpp
  // The row of a prefix that a member must be told of; made again when it is gone. nullopt: the table is full.
  std::optional<DestinationId> revive(const wire::NlriEntry& entry) {
    std::optional<DestinationId> id = prefixes.find_or_add(entry.length, entry.bytes);
    if (id && prefixes.first_path(*id) == 0) bury(*id);
    return id;
  }
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
  // Nobody is told End-of-RIB: we restarted, and may not have heard yet what we told before (RFC 4724 §4.1).
  bool end_of_rib_held = false;
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
