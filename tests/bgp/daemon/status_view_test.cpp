#include "bgp/daemon/status_view.h"

#include <doctest/doctest.h>

#include "bgp/daemon/log_writer.h"

using namespace bgp;
using namespace bgp::daemon;

namespace {

const std::chrono::sys_seconds kNoon{std::chrono::sys_days{std::chrono::year{2016} / 12 / 5} + std::chrono::hours{12}};
const Clocks kClocks{Instant(1h), kNoon};

// A route of 10.0.0.0/8 with AS path 64513 and LOCAL_PREF 200, the best unless said otherwise.
speaker::RouteSnapshot route() {
  speaker::RouteSnapshot r;
  r.view.prefix = *Prefix::parse("10.0.0.0/8");
  r.view.peer = 1;
  r.view.is_best = r.view.is_multipath = r.view.is_reachable = true;
  r.view.advertised_to = 2;
  r.peer = IpAddress::parse("192.0.2.1");
  r.next_hop = IpAddress::parse("192.0.2.9");
  r.attributes = {0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfc, 1, 0x40, 5, 4, 0, 0, 0, 200};
  return r;
}

ctl::protocol::RouteRow row(const speaker::RouteSnapshot& r, fib::RouteState state, const char* text = "",
                            size_t listeners = 3) {
  return to_route_page({listeners, 0, {r}, {}}, {fib::RouteStatus{state, 0, text, {}}}).rows[0];
}

}  // namespace

TEST_CASE("node status: mesh first, the session's family, BIRD's words for the state") {
  speaker::Snapshot snapshot{Asn{64512}, {0x0a000001}, Instant(1h), {}};
  speaker::PeerSnapshot global;
  global.address = *IpAddress::parse("10.20.30.40");
  global.is_started = true;
  global.state = session::State::Connect;
  global.since = Instant(30min);
  global.last_fault = {session::Fault::Kind::Socket, {}, "Connection refused"};
  speaker::PeerSnapshot mesh = global;
  mesh.address = *IpAddress::parse("fd00::2");
  mesh.type = speaker::PeerType::NodeToNodeMesh;
  mesh.state = session::State::Established;
  mesh.last_fault = {};
  snapshot.peers = {global, mesh};

  ctl::protocol::NodeStatus status = to_node_status(snapshot, "node1", kClocks);
  CHECK(status.router_id == "10.0.0.1");
  REQUIRE(status.peers.size() == 2);
  CHECK(status.peers[0].family == Family::IPv6);
  CHECK(status.peers[0].state == "up");
  CHECK(status.peers[0].info == "Established");
  CHECK_FALSE(status.peers[0].last_error.has_value());
  CHECK(status.peers[1].state == "start");
  CHECK(status.peers[1].info == "Connect Socket: Connection refused");
  CHECK(status.peers[1].since == kNoon - std::chrono::minutes{30});
}

TEST_CASE("a peer that memory keeps out says so, and what to do") {
  speaker::Snapshot snapshot{Asn{64512}, {0x0a000001}, Instant(1h), {}};
  speaker::PeerSnapshot held;
  held.address = *IpAddress::parse("10.20.30.40");
  held.is_started = true;
  held.last_fault = {session::Fault::Kind::NotificationSent, wire::cease(wire::CeaseReason::OutOfResources), {}};
  held.memory_hold = speaker::MemoryHold{512'000, 50'000'000, Instant(61min)};
  speaker::PeerSnapshot waits;
  waits.address = *IpAddress::parse("10.20.30.41");
  waits.state = session::State::Active;
  waits.is_kept_out_by_memory = true;
  snapshot.peers = {held, waits};
  CHECK_FALSE(to_node_status(snapshot, "node1", kClocks).short_memory.has_value());
  snapshot.memory = {700, 1000};
  snapshot.is_memory_tight = true;
  ctl::protocol::NodeStatus status = to_node_status(snapshot, "node1", kClocks);
  CHECK(status.short_memory == ctl::protocol::MemoryInfo{700, 1000});
  CHECK(status.peers[0].info ==
        "Idle BGP Error: Out of Resources: it had 512000 routes, the most; tried again at 2016-12-05T12:01:00.000Z, or when "
        "its configuration changes: limit it (max-prefixes), or give the agent more memory (--memory-max)");
  CHECK(status.peers[1].info == "Active; memory is short: no new sessions");
}

TEST_CASE("the keepalive time shown is the configured one, and never more than a third of the hold time") {
  speaker::PeerDetailSnapshot detail;
  detail.peer.negotiated.emplace();
  detail.peer.negotiated->hold_time_s = 9;
  for (const auto& [configured, shown] : {std::pair{0, 3U}, {2, 2U}, {3, 3U}, {60, 3U}}) {
    detail.config.keepalive_time_s = static_cast<uint16_t>(configured);
    CHECK(to_peer_detail(detail, kClocks).timers.keepalive_s == shown);
  }
}

TEST_CASE("a route says why it is or is not best, in the kernel, and told to others") {
  ctl::protocol::RouteRow best = row(route(), fib::RouteState::Installed);
  CHECK(best.as_path == "64513");
  CHECK(best.local_pref == 200);
  CHECK(best.next_hop == "192.0.2.9");
  CHECK(best.installed);
  CHECK(best.reason == "best: the only path; installed; advertised to 2 peers");

  speaker::RouteSnapshot r = route();
  r.view.advertised_to = 0;
  ctl::protocol::RouteRow refused = row(r, fib::RouteState::Failed, "Nexthop has invalid gateway");
  CHECK_FALSE(refused.installed);
  CHECK(refused.reason ==
        std::string("best: the only path; not installed: ") + fib::to_string(fib::RouteState::Failed) +
            ": Nexthop has invalid gateway; not advertised: the export policy lets no peer have it");
  CHECK(row(r, fib::RouteState::Installed, "", 0).reason ==
        "best: the only path; installed; not advertised: no established peer of this family");

  CHECK(row(route(), fib::RouteState::Absent).reason ==
        "best: the only path; not installed: for others to program; advertised to 2 peers");
  CHECK(row(route(), fib::RouteState::Unresolved, "device tunl0 does not exist").reason ==
        "best: the only path; not installed: unresolved: device tunl0 does not exist; advertised to 2 peers");

  r = route();
  r.view.is_best = r.view.is_multipath = false;
  r.view.step = rib::DecisionStep::LocalPref;
  CHECK(row(r, fib::RouteState::Installed).reason == "not best by local preference");
  r.view.is_multipath = true;
  CHECK(row(r, fib::RouteState::Installed).reason == "not best by local preference, but used beside it (ECMP)");
  r.view.rejection = rib::Rejection::AsLoop;
  CHECK(row(r, fib::RouteState::Installed).reason == "our own AS is in the path");
  r.view.rejection = rib::Rejection::None;
  r.view.is_reachable = false;
  CHECK(row(r, fib::RouteState::Absent).reason == "the next hop cannot be reached");
}

TEST_CASE("a log line cannot be forged or steered by what a peer sent") {
  LogRecord record{LogLevel::Info, "session_down", "192.0.2.1", {{"text", "bye\n2016 error event=fake\x1b[2J"}}};
  CHECK(log_line(kNoon, record) ==
        "2016-12-05T12:00:00.000Z info event=session_down peer=192.0.2.1 "
        "text=\"bye\\x0a2016 error event=fake\\x1b[2J\"\n");
}
