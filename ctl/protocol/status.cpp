#include "ctl/protocol/status.h"

#include <algorithm>
#include <tuple>

namespace ctl::protocol {

const char* to_string(PeerType type) {
  switch (type) {
    case PeerType::NodeToNodeMesh: return "node-to-node mesh";
    case PeerType::Global: return "global";
    case PeerType::NodeSpecific: return "node specific";
    case PeerType::LocalWorkload: return "local workload";
  }
  return "global";
}

std::string state_word(std::string_view bgp_state, bool is_started) {
  if (bgp_state == "Established") return "up";
  return is_started ? "start" : "down";
}

std::string info_text(std::string_view bgp_state, const std::optional<std::string>& last_error) {
  std::string info(bgp_state);
  if (bgp_state != "Established" && last_error && !last_error->empty()) info += " " + *last_error;
  return info;
}

void sort_for_display(std::vector<PeerStatus>& peers) {
  std::sort(peers.begin(), peers.end(), [](const PeerStatus& a, const PeerStatus& b) {
    return std::tie(a.peer_type, a.peer_address, a.port) < std::tie(b.peer_type, b.peer_address, b.port);
  });
}

}  // namespace ctl::protocol
