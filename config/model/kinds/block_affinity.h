// BlockAffinity: a block of a pool that belongs to a node, as upstream's IPAM writes it. The node that has a confirmed
// one announces the block. Stored outside the resources, where IPAM keeps it:
// /calico/ipam/v2/host/<node>/ipv4/block/192.168.1.0-26 = {"state":"confirmed"}; an empty value is confirmed too.
#pragma once

#include <string>

#include "bgp/base/prefix.h"
#include "config/model/resource.h"

namespace config::model {

struct BlockAffinity {
  enum class State : uint8_t { Confirmed, Pending, PendingDeletion };
  std::string node;
  bgp::Prefix cidr;
  State state = State::Confirmed;
  bool deleted = false;
};
const char* to_string(BlockAffinity::State state);

const Kind& block_affinity_kind();
// Requires resource.kind == &block_affinity_kind().
BlockAffinity read_block_affinity(const Resource& resource);

}  // namespace config::model
