// BGPPeers and the mesh -> who this node peers with, as confd's v3 agent expands them.
//
// In order, the first to name an address has it: BGPPeers for all nodes, BGPPeers for some (by name or nodeSelector), the
// other ends of both (reverse peerings: what selects us as its peer, from each node that it is for), the mesh.
#pragma once

#include <vector>

#include "config/desired/inventory.h"
#include "config/desired/peer_table.h"

namespace config::desired {

void add_explicit_peers(const Inventory& inventory, const Self& self, const LocalWorkloads& workloads, PeerTable& table);
void add_mesh(const Inventory& inventory, const Self& self, PeerTable& table);
// Neighbours that are not named: BGPPeers with calico-bgp/dynamic.
std::vector<bgp::speaker::DynamicPeers> dynamic_peers(const Inventory& inventory, const Self& self, PeerTable& table);

}  // namespace config::desired
