// I7: no secret in any output. Every session of the simulation has the password kCanary, and what leaves a node is looked
// through for it: log records, transcripts, octets on the wire, and what the control socket would be told.
#pragma once

#include <string>
#include <string_view>

#include "bgp/base/bytes.h"
#include "bgp/base/time.h"

namespace sim {

class Node;

inline constexpr std::string_view kCanary = "CANARY-8d1f";

inline bool shows_secret(std::string_view text) { return text.find(kCanary) != std::string_view::npos; }
inline bool shows_secret(bgp::ByteView octets) {
  return shows_secret(std::string_view(reinterpret_cast<const char*>(octets.data()), octets.size()));
}

// What `calicoctl node status`, `node peer` of each and `node routes` are made of, as JSON.
std::string told_by_control_socket(const Node& node, bgp::Instant now);

}  // namespace sim
