// CalicoNodeStatus: asks one node to report what it does, and how often. The spec is the operator's; the status is
// written by that node's agent (bgp/daemon/node_status_writer.h), whatever a document says. v3 clothes only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/model/resource.h"

namespace config::model {

struct CalicoNodeStatus {
  std::string name;
  std::string node;
  bool wants_agent = false, wants_bgp = false, wants_routes = false;  // classes
  std::optional<uint32_t> update_period_s;  // 0: reported once, and again when the spec changes; none: never
  bool operator==(const CalicoNodeStatus&) const = default;
};

const Kind& calico_node_status_kind();
// Requires resource.kind == &calico_node_status_kind().
CalicoNodeStatus read_calico_node_status(const Resource& resource);
// The stored value with another status; nothing else of it changes. Requires a JSON object.
std::string with_status(const std::string& stored, Value status);

}  // namespace config::model
