// The health probes `calico-bgpd --live` and `--ready`: what the running agent answers, judged by the rules of
// calico/node's -bird-live, -bird-ready and -bird6-ready. Asks the agent's own memory, within limits::kProbeWait.
#pragma once

#include <string>
#include <vector>

#include "bgp/daemon/options.h"
#include "ctl/protocol/status.h"

namespace bgp::daemon {

// What is wrong, for people: the first line in upstream's words, then why for each peer. Empty: nothing is.
//
// During `threshold` after the agent's start every peer must be Established and no graceful restart be going on, so
// that a rolling update waits; later one Established peer is enough, so that one that is dead takes no node out of
// service. Both for each address family by itself, as upstream's two probes; a family without peers is ready.
// Peers in `without` do not count.
struct ReadyRules {
  Duration threshold;
  std::vector<IpAddress> without = {};
};
std::string why_not_ready(const ctl::protocol::NodeStatus& status, ctl::protocol::Timestamp now, const ReadyRules& rules);

// Prints what is wrong on stdout; the exit status: 0 fine, 1 not.
int run_probe(const Options& options);

}  // namespace bgp::daemon
