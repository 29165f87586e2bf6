#include "secrecy.h"

#include "bgp/daemon/status_view.h"
#include "cluster_store.h"
#include "node.h"

namespace sim {

namespace {
constexpr size_t kRoutesShown = 20;  // a route has no secret to show; its row could
}

std::string told_by_control_socket(const Node& node, Instant now) {
  daemon::Clocks clocks{now, {}};
  const speaker::Speaker& speaker = node.speaker();
  speaker::Snapshot snapshot = speaker.snapshot(now);
  std::string all = ctl::protocol::to_json(daemon::to_node_status(snapshot, node_name(node.id()), clocks));
  for (const speaker::PeerSnapshot& peer : snapshot.peers)
    all += ctl::protocol::to_json(daemon::to_peer_detail(*speaker.peer_detail(peer.address), clocks));
  auto any = [](const Prefix&) { return true; };
  return all + ctl::protocol::to_json(daemon::to_route_page(speaker.routes(std::nullopt, kRoutesShown, any), {}));
}

}  // namespace sim
