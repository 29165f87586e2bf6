// BGPFilter: ordered rules over the routes of the peers that name it, each direction and family for itself. v3 clothes only.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bgp/base/numbers.h"
#include "bgp/base/prefix.h"
#include "config/model/community.h"
#include "config/model/resource.h"

namespace config::model {

enum class MatchOperator : uint8_t { Equal, NotEqual, In, NotIn };

struct FilterOperation {
  struct AddCommunity { Community value; };
  struct PrependAsPath { std::vector<bgp::Asn> prefix; };  // in the order of the resulting path
  struct SetPriority { uint32_t value = 0; };
  std::variant<AddCommunity, PrependAsPath, SetPriority> what;
};

// All that is said must hold; a rule that says nothing but its action means every route.
struct FilterRule {
  std::optional<bgp::Prefix> cidr;
  MatchOperator match = MatchOperator::In;  // of `cidr`
  std::optional<uint8_t> length_min;        // prefixLength; narrows `cidr`
  std::optional<uint8_t> length_max;
  bool remote_peers = false;                // source RemotePeers: learned by BGP
  std::string interface;                    // a pattern; empty: any
  std::optional<bool> is_ebgp;              // peerType
  std::optional<Community> community;
  std::vector<bgp::Asn> as_path_prefix;
  std::optional<uint32_t> priority;
  bool accepts = false;                     // action
  std::vector<FilterOperation> operations;  // of Accept
};

struct BgpFilter {
  std::string name;
  std::vector<FilterRule> export_v4, import_v4, export_v6, import_v6;
};

const Kind& bgp_filter_kind();
// Requires resource.kind == &bgp_filter_kind().
BgpFilter read_bgp_filter(const Resource& resource);

}  // namespace config::model
