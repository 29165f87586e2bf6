// --ready, rule by rule, as calico/node's probes have them.
#include "bgp/daemon/probe.h"

#include <doctest/doctest.h>

#include "bgp/base/limits.h"

using namespace bgp;
using namespace bgp::daemon;
using ctl::protocol::NodeStatus;

namespace {

const ctl::protocol::Timestamp kStart = std::chrono::sys_days{std::chrono::year{2016} / 12 / 5};

void add(NodeStatus& status, const char* address, const char* state, const char* info = "") {
  ctl::protocol::PeerStatus peer;
  peer.peer_address = *IpAddress::parse(address);
  peer.family = peer.peer_address.family();
  peer.bgp_state = state;
  peer.info = info;
  status.peers.push_back(peer);
}

NodeStatus node() {
  NodeStatus status;
  status.started = kStart;
  return status;
}

std::string after(std::chrono::seconds age, const NodeStatus& status) { return why_not_ready(status, kStart + age, {30s}); }

}  // namespace

TEST_CASE("without peers the agent is ready from the start") {
  CHECK(after(0s, node()) == "");
  CHECK(after(60s, node()) == "");
}

TEST_CASE("a node that has nothing to run on is not ready; one that keeps what was in use before is") {
  NodeStatus status = node();
  status.configuration_refused = "it has no address";
  CHECK(after(60s, status) == "the configuration is refused: it has no address");
  status.as_number = 64512;
  CHECK(after(60s, status) == "");
}

TEST_CASE("before the threshold every peer must be Established, and those that are not are named with their reason") {
  NodeStatus status = node();
  add(status, "10.0.0.1", "Established");
  CHECK(after(29s, status) == "");
  add(status, "10.0.0.2", "Active", "Active Socket: Connection refused");
  add(status, "10.0.0.3", "Idle", "Idle");
  CHECK(after(29s, status) ==
        "IPv4: BGP not established with 10.0.0.2,10.0.0.3\n"
        "  10.0.0.2 (global): Active Socket: Connection refused\n"
        "  10.0.0.3 (global): Idle");
}

TEST_CASE("a pod that is a peer neither keeps its node from being ready nor makes it ready") {
  NodeStatus status = node();
  add(status, "192.168.1.7", "Active", "Active");
  status.peers.back().peer_type = ctl::protocol::PeerType::LocalWorkload;
  CHECK(after(0s, status) == "");
  add(status, "10.0.0.2", "Active", "Active");
  add(status, "192.168.1.8", "Established");
  status.peers.back().peer_type = ctl::protocol::PeerType::LocalWorkload;
  CHECK(after(30s, status) == "IPv4: BGP not established with 10.0.0.2\n  10.0.0.2 (global): Active");
}

TEST_CASE("after the threshold one Established peer is enough: a dead one does not block for ever") {
  NodeStatus status = node();
  add(status, "10.0.0.2", "Active", "Active Socket: No route to host");
  CHECK(after(30s, status) ==
        "IPv4: BGP not established with 10.0.0.2\n  10.0.0.2 (global): Active Socket: No route to host");
  add(status, "10.0.0.1", "Established");
  CHECK(after(30s, status) == "");
}

TEST_CASE("the threshold is --threshold-time since the agent started; an agent that does not say is past it") {
  NodeStatus status = node();
  add(status, "10.0.0.1", "Established");
  add(status, "10.0.0.2", "Active");
  CHECK(why_not_ready(status, kStart + 59s, {60s}) != "");
  CHECK(why_not_ready(status, kStart, {0s}) == "");
  status.started.reset();
  CHECK(after(0s, status) == "");
}

TEST_CASE("a graceful restart that goes on keeps it from being ready before the threshold, and not after") {
  NodeStatus status = node();
  add(status, "10.0.0.1", "Established");
  status.recovering_until = kStart + 120s;
  CHECK(after(29s, status) == "IPv4: graceful restart in progress");
  CHECK(after(30s, status) == "");
  status.peers.clear();
  CHECK(after(0s, status) == "");
}

TEST_CASE("a peer that was told not to count neither blocks nor helps") {
  NodeStatus status = node();
  add(status, "10.0.0.1", "Established");
  add(status, "10.0.0.2", "Active", "Active");
  CHECK(why_not_ready(status, kStart, {30s, {*IpAddress::parse("10.0.0.2")}}) == "");
  CHECK(why_not_ready(status, kStart + 60s, {30s, {*IpAddress::parse("10.0.0.1")}}).starts_with("IPv4: BGP not established"));
}

TEST_CASE("each family is judged by itself, as by -bird-ready and -bird6-ready") {
  NodeStatus status = node();
  add(status, "10.0.0.1", "Established");
  add(status, "fd00::2", "Connect", "Connect");
  CHECK(after(60s, status) == "IPv6: BGP not established with fd00::2\n  fd00::2 (global): Connect");
  status.peers[0].bgp_state = "Active";
  status.peers[0].info = "Active";
  CHECK(after(60s, status) ==
        "IPv4: BGP not established with 10.0.0.1\n  10.0.0.1 (global): Active\n"
        "IPv6: BGP not established with fd00::2\n  fd00::2 (global): Connect");
}

TEST_CASE("the reasons of kProbeReasonsMax peers are said, the others are counted; what a peer said is inert") {
  NodeStatus status = node();
  for (size_t i = 0; i < limits::kProbeReasonsMax + 3; ++i)
    add(status, ("10.0.0." + std::to_string(i + 1)).c_str(), "Active", "Active \x1b[31m");
  std::string text = after(0s, status);
  CHECK(text.find("10.0.0.19\n") != std::string::npos);  // all are named
  CHECK(text.find("10.0.0.16 (global)") != std::string::npos);
  CHECK(text.find("10.0.0.17 (global)") == std::string::npos);
  CHECK(text.ends_with("\n  and 3 more"));
  CHECK(text.find('\x1b') == std::string::npos);
}
