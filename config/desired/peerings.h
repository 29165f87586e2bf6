// BGPPeers and the mesh -> who this node peers with, as confd's v3 agent expands them.
//
// In order, the first to name an address has it: BGPPeers for all nodes, BGPPeers for some (by name or nodeSelector), the
// other ends of both (reverse peerings: what selects us as its peer, from each node that it is for), the mesh.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/desired/inventory.h"
#include "config/desired/peer_table.h"

namespace config::desired {

using Candidates = std::vector<Candidate>;

// What BGPPeers (by their keys) and the mesh came to, so that a change of one BGPPeer costs what it says alone. Whoever
// holds this forgets a BGPPeer that changes, and everything when anything else does that a peering depends on.
struct KeptPeerings {
  std::unordered_map<std::string, Candidates> own;
  std::unordered_map<std::string, Candidates> reverse;
  std::optional<Candidates> mesh;
  void forget(const std::string& key) {
    own.erase(key);
    reverse.erase(key);
  }
};

struct Peerings {
  const Inventory& inventory;
  const Self& self;
  const PeerMaker& maker;
  KeptPeerings& kept;
};

void add_explicit_peers(const Peerings& in, const LocalWorkloads& workloads, PeerTable& table);
void add_mesh(const Peerings& in, PeerTable& table);
// Neighbours that are not named: BGPPeers with calico-bgp/dynamic.
std::vector<bgp::speaker::DynamicPeers> dynamic_peers(const Peerings& in, std::vector<bgp::LogRecord>& warnings);

}  // namespace config::desired
