#include "bgp/daemon/probe.h"

#include <algorithm>
#include <cstdio>

#include "bgp/base/escape.h"
#include "bgp/base/limits.h"
#include "ctl/client/unix_client.h"

namespace bgp::daemon {
namespace {

using ctl::protocol::NodeStatus;
using ctl::protocol::PeerStatus;

// "BGP not established with 10.0.0.1,10.0.0.2", and a line with the reason for each of the first.
std::string not_established(const std::vector<const PeerStatus*>& down) {
  std::string addresses, reasons;
  for (const PeerStatus* peer : down) addresses += (addresses.empty() ? "" : ",") + peer->peer_address.to_string();
  for (size_t i = 0; i < std::min(down.size(), limits::kProbeReasonsMax); ++i)
    reasons += "\n  " + down[i]->peer_address.to_string() + " (" + to_string(down[i]->peer_type) + "): " + printable(down[i]->info);
  if (down.size() > limits::kProbeReasonsMax)
    reasons += "\n  and " + std::to_string(down.size() - limits::kProbeReasonsMax) + " more";
  return "BGP not established with " + addresses + reasons;
}

std::string why_not_ready(const NodeStatus& status, Family family, bool is_starting, const std::vector<IpAddress>& without) {
  std::vector<const PeerStatus*> down;
  size_t established = 0;
  for (const PeerStatus& peer : status.peers) {
    bool counts = std::find(without.begin(), without.end(), peer.peer_address) == without.end();
    bool is_pod = peer.peer_type == ctl::protocol::PeerType::LocalWorkload;  // no pod decides whether its node is ready
    if (peer.family != family || !counts || is_pod) continue;
    if (peer.bgp_state == "Established") ++established;
    else down.push_back(&peer);
  }
  if (established == 0 && down.empty()) return "";
  if (is_starting ? !down.empty() : established == 0) return not_established(down);
  return is_starting && status.recovering_until ? "graceful restart in progress" : "";
}

// The agent's status; what is wrong with it, if it has none.
Result<NodeStatus, std::string> ask(const Options& options) {
  auto client = ctl::client::UnixClient::connect(options.run_dir + "/calico-bgp.ctl", limits::kProbeWait);
  if (!client) return Err(client.error().message);
  auto status = client->node_status();
  if (!status) return Err(status.error().message);
  return std::move(*status);
}

int say(const std::string& what, const std::string& why) {
  std::printf("calico-bgpd is not %s: %s\n", what.c_str(), why.c_str());
  return 1;
}

}  // namespace

std::string why_not_ready(const NodeStatus& status, ctl::protocol::Timestamp now, const ReadyRules& rules) {
  bool is_starting = status.started && now - *status.started < rules.threshold;
  const bool has_none = status.as_number == 0;  // nothing that was in use before
  if (status.configuration_refused && has_none) return "the configuration is refused: " + printable(*status.configuration_refused);
  std::string all;
  for (Family family : {Family::IPv4, Family::IPv6}) {
    std::string why = why_not_ready(status, family, is_starting, rules.without);
    if (why.empty()) continue;
    all += (all.empty() ? "" : "\n") + std::string(family == Family::IPv4 ? "IPv4: " : "IPv6: ") + why;
  }
  return all;
}

// Both go through the agent's two threads, so a wedged one answers neither.
int run_probe(const Options& options) {
  const bool wants_ready = options.command == Options::Command::Ready;
  const std::string what = wants_ready ? "ready" : "live";
  auto status = ask(options);
  if (!status) return say(what, status.error());
  if (!wants_ready) return 0;
  auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::string why = why_not_ready(*status, now, {options.threshold_time, options.ready_without});
  return why.empty() ? 0 : say(what, why);
}

}  // namespace bgp::daemon
