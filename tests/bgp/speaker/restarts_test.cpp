// Graceful restart in both roles (RFC 4724, 8538), long-lived (RFC 9494), and enhanced route refresh (RFC 7313).
#include "one_speaker.h"

namespace bgp::speaker {
namespace {

const char* const kPeer = "192.0.2.1";
const char* const kOther = "192.0.2.2";
constexpr Family kV4 = Family::IPv4;

// What the peer says of itself in its OPEN.
struct Says {
  uint16_t restart_time_s = 60;
  bool notification = false;
  bool restarting = false;
  FamilySet forwarding = FamilySet::both();
  uint32_t long_lived_s = 0;
  bool enhanced_refresh = false;
};
std::function<void(wire::Capabilities&)> open_of(const Says& says) {
  return [says](wire::Capabilities& c) {
    c.graceful_restart = wire::GracefulRestart{says.restarting, says.notification, says.restart_time_s, FamilySet::both(),
                                               says.forwarding};
    c.enhanced_route_refresh = says.enhanced_refresh;
    if (says.long_lived_s == 0) return;
    c.long_lived = wire::LongLivedGracefulRestart{FamilySet::both(), says.forwarding, says.long_lived_s, says.long_lived_s};
  };
}

SpeakerConfig two_peers(uint32_t long_lived_s = 0) {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001), neighbour(kOther, 65002)});
  for (PeerSettings& p : config.peers) p.session.graceful_restart.long_lived_stale_s = long_lived_s;
  return config;
}

struct Restarts : OneSpeaker {
  explicit Restarts(SpeakerConfig config = two_peers(), bool has_fib = false, FamilySet kept = {})
      : OneSpeaker(std::move(config), has_fib, kept) {}
  ConnId up(const Says& says = {}) { return establish(kPeer, 65001, open_of(says)); }
  void lose(ConnId conn) { handle(input::Closed{conn, "Connection reset by peer"}); }
  void end_of_rib(ConnId conn) {
    for (Family family : {Family::IPv4, Family::IPv6}) say(conn, wire::encode_end_of_rib(family));
  }
  // "3 routes, 2 stale"
  std::string counts(const char* address = kPeer) const {
    PrefixCounts c = peer(address).ipv4;
    return std::to_string(c.received) + " routes, " + std::to_string(c.stale) + " stale";
  }
};

// ---- the receiving speaker ----------------------------------------------------------------------------------------

TEST_CASE("RFC 4724 §4.2: the routes of a peer that restarts stay, used and told, until its restart time is over") {
  Restarts r;
  ConnId other = r.establish(kOther, 65002);
  ConnId conn = r.up({.restart_time_s = 60});
  r.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
  std::string told = r.heard[other.value];
  r.lose(conn);
  CHECK(r.counts() == "2 routes, 2 stale");
  CHECK(r.routes() == "10.0.0.0/8 best 192.0.2.1; 11.0.0.0/8 best 192.0.2.1");
  CHECK(r.heard[other.value] == told);
  CHECK(*r.peer(kPeer).stale_until == r.now + 60s);
  CHECK(r.logged("routes_kept") == 1);
  r.wait(59900ms);
  CHECK(r.counts() == "2 routes, 2 stale");
  r.wait(100ms);
  CHECK(r.counts() == "0 routes, 0 stale");
  CHECK(r.logged("stale_routes_removed") == 2 - 1);
  CHECK_FALSE(r.peer(kPeer).stale_until);
}

TEST_CASE("the FIB hears nothing of a restart that brings the same routes back") {
  Restarts r(two_peers(), true);
  ConnId conn = r.up();
  r.say(conn, announcement("10.0.0.0/8"));
  r.handle(input::NextHopStates{{{ip(kPeer), true, 0}}});
  r.end_of_rib(conn);
  r.outputs.clear();
  r.lose(conn);
  r.wait(10s);
  conn = r.up();
  r.say(conn, announcement("10.0.0.0/8"));
  r.end_of_rib(conn);
  CHECK(r.count<output::Routes>() == 0);
  CHECK(r.count<output::UnwatchNextHop>() == 0);
  CHECK(r.counts() == "1 routes, 0 stale");
}

TEST_CASE("fault 19: a peer that restarts with fewer routes loses the others at End-of-RIB, not before") {
  Restarts r;
  ConnId conn = r.up();
  r.say(conn, announcement("10.0.0.0/8 11.0.0.0/8 12.0.0.0/8"));
  r.end_of_rib(conn);
  r.lose(conn);
  r.wait(30s);
  conn = r.up();
  r.say(conn, announcement("11.0.0.0/8"));
  r.wait(45s);  // past the restart time: it counts until the session is back
  CHECK(r.counts() == "3 routes, 2 stale");
  r.say(conn, wire::encode_end_of_rib(Family::IPv6));
  CHECK(r.counts() == "3 routes, 2 stale");
  r.say(conn, wire::encode_end_of_rib(kV4));
  CHECK(r.routes() == "11.0.0.0/8 best 192.0.2.1");
}

TEST_CASE("limits::kStaleTime: a peer that is back and never says End-of-RIB has 360 s") {
  Restarts r;
  ConnId conn = r.up();
  r.say(conn, announcement("10.0.0.0/8"));
  r.lose(conn);
  conn = r.up();
  for (int i = 0; i < 12; ++i) {
    CHECK(r.counts() == "1 routes, 1 stale");
    r.wait(29900ms);
    r.say(conn, wire::encode_keepalive());
  }
  r.wait(1200ms);
  CHECK(r.counts() == "0 routes, 0 stale");
}

TEST_CASE("RFC 4724 §4.2: without the F-bit, or without the family or the capability, stale routes go at once") {
  std::function<void(wire::Capabilities&)> opens[] = {
      open_of({.forwarding = {}}),
      open_of({.forwarding = FamilySet::of(Family::IPv6)}),
      [](wire::Capabilities&) {},
      [](wire::Capabilities& c) { open_of({})(c), c.multiprotocol = FamilySet::of(Family::IPv6); },
  };
  for (const auto& open : opens) {
    Restarts r;
    ConnId conn = r.up();
    r.say(conn, announcement("10.0.0.0/8"));
    r.lose(conn);
    CHECK(r.counts() == "1 routes, 1 stale");
    r.establish(kPeer, 65001, open);
    CHECK(r.counts() == "0 routes, 0 stale");
  }
}

TEST_CASE("RFC 4724 §4.2: what was stale already goes with the next restart, what was said since stays") {
  Restarts r;
  ConnId conn = r.up();
  r.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
  r.lose(conn);
  conn = r.up();
  r.say(conn, announcement("11.0.0.0/8"));
  r.lose(conn);
  CHECK(r.routes() == "11.0.0.0/8 best 192.0.2.1");
  CHECK(r.counts() == "1 routes, 1 stale");
}

TEST_CASE("RFC 8538 §4.1: with the N-bit what was stale stays over further restarts, but no longer than limits::kStaleTime") {
  Restarts r;
  Says says{.restart_time_s = 60, .notification = true};
  ConnId conn = r.up(says);
  r.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
  r.lose(conn);
  for (int i = 0; i < 7; ++i) {  // lost every 60 s
    r.wait(30s);
    conn = r.up(says);
    r.say(conn, announcement("11.0.0.0/8"));
    r.wait(30s);
    CHECK(r.counts() == (i < 6 ? "2 routes, 1 stale" : "1 routes, 0 stale"));
    r.lose(conn);
  }
  CHECK(r.counts() == "1 routes, 1 stale");
  CHECK(*r.peer(kPeer).stale_until == r.now + 60s);  // begun anew: what is stale now was said in the last session
}

TEST_CASE("a peer that did not negotiate graceful restart takes its routes along, and so does one with a restart time of 0") {
  Restarts r;
  for (auto open : {std::function<void(wire::Capabilities&)>(), open_of({.restart_time_s = 0})}) {
    ConnId conn = r.establish(kPeer, 65001, open);
    r.say(conn, announcement("10.0.0.0/8"));
    CHECK(r.counts() == "1 routes, 0 stale");
    r.lose(conn);
    CHECK(r.counts() == "0 routes, 0 stale");
  }
}

TEST_CASE("RFC 8538: a NOTIFICATION keeps the routes when both sides said N, and a hard reset never does") {
  struct Row { bool n; wire::Notification said; const char* counts; };
  const wire::Notification reset = wire::cease(wire::CeaseReason::AdministrativeReset);
  for (const Row& row : {Row{false, reset, "0 routes, 0 stale"}, Row{true, reset, "1 routes, 1 stale"},
                         Row{true, wire::hard_reset(reset), "0 routes, 0 stale"}}) {
    Restarts r;
    ConnId conn = r.up({.notification = row.n});
    r.say(conn, announcement("10.0.0.0/8"));
    r.say(conn, wire::encode(row.said));
    CHECK(r.counts() == row.counts);
  }
}

TEST_CASE("fault 5: a peer that falls silent keeps its routes past the hold timer when both sides said N") {
  for (bool n : {false, true}) {
    Restarts r;
    ConnId conn = r.up({.notification = n});
    r.say(conn, announcement("10.0.0.0/8"));
    r.wait(91s);
    CHECK(r.heard[conn.value].ends_with("NOTIFICATION 4/0"));
    CHECK(r.counts() == (n ? "1 routes, 1 stale" : "0 routes, 0 stale"));
  }
}

TEST_CASE("a peer that leaves the configuration takes its routes along, stale or not") {
  for (bool is_lost : {false, true}) {
    Restarts r;
    ConnId conn = r.up();
    r.say(conn, announcement("10.0.0.0/8"));
    if (is_lost) r.lose(conn);
    r.reconfigure(config_of({neighbour(kOther, 65002)}));
    CHECK(r.routes() == "");
    r.reconfigure(two_peers());
    CHECK(r.counts() == "0 routes, 0 stale");
  }
}

TEST_CASE("a change that needs a new session keeps the routes if the peer keeps ours (N), and it is the same AS still") {
  struct Row { bool n; uint32_t as; const char* counts; };
  for (const Row& row : {Row{true, 65001, "1 routes, 1 stale"}, Row{false, 65001, "0 routes, 0 stale"},
                         Row{true, 65009, "0 routes, 0 stale"}}) {
    Restarts r;
    ConnId conn = r.up({.notification = row.n});
    r.say(conn, announcement("10.0.0.0/8"));
    SpeakerConfig config = two_peers();
    config.peers[0].session.hold_time_s = 30;
    config.peers[0].session.peer_as = Asn{row.as};
    r.reconfigure(config);
    CHECK(r.counts() == row.counts);
  }
}

TEST_CASE("another import policy judges stale routes too") {
  Restarts r;
  ConnId conn = r.up();
  r.say(conn, announcement("10.0.0.0/8"));
  r.lose(conn);
  SpeakerConfig config = two_peers();
  config.peers[0].import = std::make_shared<policy::Filter>();  // accepts nothing
  r.reconfigure(config);
  CHECK(r.routes() == "10.0.0.0/8 192.0.2.1, rejected by the import policy");
  CHECK(r.counts() == "1 routes, 1 stale");
}

// ---- RFC 9494 -----------------------------------------------------------------------------------------------------

TEST_CASE("RFC 9494 §4.2: after the restart time come the long-lived stale time and the least preference, then the end") {
  Restarts r(two_peers(600));
  ConnId other = r.establish(kOther, 65002, open_of({.long_lived_s = 600}));
  ConnId conn = r.up({.restart_time_s = 60, .long_lived_s = 3600});
  r.say(conn, announcement("10.0.0.0/8"));
  r.say(other, announcement("10.0.0.0/8", "02 03 0000fdea 0000fdeb 0000fdec", "", "c0000202"));
  CHECK(r.routes() == "10.0.0.0/8 best 192.0.2.1; 10.0.0.0/8 192.0.2.2");
  r.lose(conn);
  r.wait(59s);
  CHECK(r.routes() == "10.0.0.0/8 best 192.0.2.1; 10.0.0.0/8 192.0.2.2");
  auto keep_other_alive = [&](int times) {
    for (int i = 0; i < times; ++i) {
      r.wait(30s);
      r.say(other, wire::encode_keepalive());
    }
  };
  keep_other_alive(1);
  CHECK(r.routes() == "10.0.0.0/8 best 192.0.2.2; 10.0.0.0/8 192.0.2.1");
  CHECK(r.logged("routes_long_lived_stale") == 1);
  CHECK(r.counts() == "1 routes, 1 stale");
  keep_other_alive(19);  // 659 s since it was lost: the smaller of both times counts
  CHECK(r.counts() == "1 routes, 1 stale");
  keep_other_alive(1);
  CHECK(r.counts() == "0 routes, 0 stale");
}

TEST_CASE("RFC 9494: a restart time of 0 makes routes long-lived at once; back, they stay until End-of-RIB, their time running on") {
  Restarts r(two_peers(100));
  Says says{.restart_time_s = 0, .long_lived_s = 100};
  ConnId conn = r.up(says);
  r.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
  r.lose(conn);
  CHECK(r.logged("routes_long_lived_stale") == 1);
  r.wait(50s);
  conn = r.up(says);
  CHECK(r.counts() == "2 routes, 2 stale");
  r.say(conn, announcement("10.0.0.0/8"));
  CHECK(r.counts() == "2 routes, 1 stale");
  SUBCASE("End-of-RIB") {
    r.end_of_rib(conn);
    CHECK(r.counts() == "1 routes, 0 stale");
  }
  SUBCASE("no End-of-RIB") {
    r.wait(49s);
    CHECK(r.counts() == "2 routes, 1 stale");
    r.wait(1s);
    CHECK(r.counts() == "1 routes, 0 stale");
  }
  SUBCASE("lost again: the time runs on") {
    r.lose(conn);
    CHECK(r.counts() == "2 routes, 2 stale");
    r.wait(49s);
    CHECK(r.counts() == "2 routes, 2 stale");
    r.wait(1s);
    CHECK(r.counts() == "0 routes, 0 stale");
  }
}

TEST_CASE("RFC 9494 §4.2: with a long-lived stale time further restarts within the restart time delete nothing") {
  Restarts r(two_peers(100));
  Says says{.restart_time_s = 60, .long_lived_s = 100};
  ConnId conn = r.up(says);
  r.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
  r.lose(conn);
  conn = r.up(says);
  r.say(conn, announcement("11.0.0.0/8"));
  r.lose(conn);
  CHECK(r.counts() == "2 routes, 2 stale");
  r.wait(60s);
  CHECK(r.logged("routes_long_lived_stale") == 1);
  r.wait(99s);
  CHECK(r.counts() == "2 routes, 2 stale");
  r.wait(1s);
  CHECK(r.counts() == "0 routes, 0 stale");
}

TEST_CASE("RFC 9494 §4.2: when the long-lived time ends before End-of-RIB, what was said since does not outlive the session") {
  for (bool is_in_sync : {false, true}) {
    Restarts r(two_peers(100));
    Says says{.restart_time_s = 0, .long_lived_s = 100};
    ConnId conn = r.up(says);
    r.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
    r.lose(conn);
    r.wait(50s);
    conn = r.up(says);
    r.say(conn, announcement("11.0.0.0/8"));
    r.wait(50s);
    CHECK(r.counts() == "1 routes, 0 stale");
    CHECK_FALSE(r.peer(kPeer).stale_until);
    if (is_in_sync) r.end_of_rib(conn);
    r.lose(conn);
    CHECK(r.counts() == (is_in_sync ? "1 routes, 1 stale" : "0 routes, 0 stale"));
  }
}

TEST_CASE("RFC 9494 §4.2: back without the F-bit in the long-lived capability, or without it, the routes go") {
  for (bool has_capability : {false, true}) {
    Restarts r(two_peers(100));
    ConnId conn = r.up({.restart_time_s = 0, .long_lived_s = 100});
    r.say(conn, announcement("10.0.0.0/8"));
    r.lose(conn);
    CHECK(r.counts() == "1 routes, 1 stale");
    Says says{.long_lived_s = has_capability ? 100U : 0U};
    if (has_capability) says.forwarding = {};
    r.up(says);
    CHECK(r.counts() == "0 routes, 0 stale");
  }
}

// ---- RFC 7313 -----------------------------------------------------------------------------------------------------

TEST_CASE("RFC 7313 §4: what is not said again between BoRR and EoRR goes") {
  Restarts r;
  ConnId conn = r.up({.enhanced_refresh = true});
  r.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
  r.end_of_rib(conn);
  r.say(conn, wire::encode(wire::begin_of_refresh(kV4)));
  CHECK(r.counts() == "2 routes, 2 stale");
  r.say(conn, announcement("10.0.0.0/8"));
  r.say(conn, wire::encode(wire::end_of_refresh(Family::IPv6)));  // of the other family
  CHECK(r.counts() == "2 routes, 1 stale");
  r.say(conn, wire::encode(wire::end_of_refresh(kV4)));
  CHECK(r.routes() == "10.0.0.0/8 best 192.0.2.1");
  r.say(conn, wire::encode(wire::end_of_refresh(kV4)));  // without BoRR
  CHECK(r.counts() == "1 routes, 0 stale");
}

TEST_CASE("RFC 7313: BoRR means nothing before End-of-RIB, nor without the capability") {
  for (bool enhanced : {false, true}) {
    Restarts r;
    ConnId conn = r.up({.enhanced_refresh = enhanced});
    r.say(conn, announcement("10.0.0.0/8"));
    if (!enhanced) r.end_of_rib(conn);
    r.say(conn, wire::encode(wire::begin_of_refresh(kV4)));
    CHECK(r.counts() == "1 routes, 0 stale");
    r.say(conn, wire::encode(wire::end_of_refresh(kV4)));
    CHECK(r.counts() == "1 routes, 0 stale");
  }
}

TEST_CASE("RFC 7313 §4: an EoRR that never comes is not waited for longer than limits::kStaleTime") {
  Restarts r;
  ConnId conn = r.up({.enhanced_refresh = true});
  r.say(conn, announcement("10.0.0.0/8"));
  r.end_of_rib(conn);
  r.say(conn, wire::encode(wire::begin_of_refresh(kV4)));
  for (int i = 0; i < 12; ++i) {
    CHECK(r.counts() == "1 routes, 1 stale");
    r.wait(29900ms);
    r.say(conn, wire::encode_keepalive());
  }
  r.wait(1200ms);
  CHECK(r.counts() == "0 routes, 0 stale");
}

// Each costs a look at the whole table: one peer must not keep the others waiting with them.
TEST_CASE("a BoRR within limits::kRefreshInterval of the last is ignored, with its EoRR") {
  Restarts r;
  ConnId conn = r.up({.enhanced_refresh = true});
  r.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
  r.end_of_rib(conn);
  r.say(conn, wire::encode(wire::begin_of_refresh(kV4)));
  r.say(conn, announcement("10.0.0.0/8"));
  r.say(conn, wire::encode(wire::begin_of_refresh(kV4)));
  CHECK(r.counts() == "2 routes, 1 stale");
  r.say(conn, wire::encode(wire::end_of_refresh(kV4)));
  CHECK(r.counts() == "1 routes, 0 stale");
  r.say(conn, wire::encode(wire::begin_of_refresh(kV4)));
  r.say(conn, wire::encode(wire::end_of_refresh(kV4)));
  CHECK(r.counts() == "1 routes, 0 stale");
  r.wait(limits::kRefreshInterval);
  r.say(conn, wire::encode(wire::begin_of_refresh(kV4)));
  CHECK(r.counts() == "1 routes, 1 stale");
}

TEST_CASE("a peer that asks for refreshes without end and reads nothing does not make us remember each") {
  Restarts r;
  r.say(r.establish(kOther, 65002), announcement("10.0.0.0/8", "02 01 0000fdea", "", "c0000202"));
  ConnId conn = r.up({.enhanced_refresh = true});
  r.deaf.insert(conn.value);
  for (int i = 0; i < 1000; ++i) r.say(conn, wire::encode(wire::RouteRefresh{1, 0, 1}));
  r.deaf.erase(conn.value);
  std::string& heard = r.heard[conn.value];
  heard.clear();
  r.say(conn, wire::encode(wire::RouteRefresh{1, 0, 1}));
  CHECK(heard == "ROUTE-REFRESH UPDATE ROUTE-REFRESH");
}

TEST_CASE("a session that is lost within a refresh: the refresh's marks are no reason to drop anything") {
  Restarts r;
  ConnId conn = r.up({.enhanced_refresh = true});
  r.say(conn, announcement("10.0.0.0/8"));
  r.end_of_rib(conn);
  r.say(conn, wire::encode(wire::begin_of_refresh(kV4)));
  r.lose(conn);
  CHECK(r.counts() == "1 routes, 1 stale");
  CHECK(*r.peer(kPeer).stale_until == r.now + 60s);
}

TEST_CASE("RFC 7313 §4: our answer to a refresh stands between BoRR and EoRR, if the peer knows them") {
  for (bool enhanced : {false, true}) {
    Restarts r;
    r.say(r.establish(kOther, 65002), announcement("10.0.0.0/8", "02 01 0000fdea", "", "c0000202"));
    ConnId conn = r.up({.enhanced_refresh = enhanced});
    std::string& heard = r.heard[conn.value];
    heard.clear();
    r.say(conn, wire::encode(wire::RouteRefresh{1, 0, 1}));
    CHECK(heard == (enhanced ? "ROUTE-REFRESH UPDATE ROUTE-REFRESH" : "UPDATE"));
  }
}

// ---- we restart ---------------------------------------------------------------------------------------------------

const session::Negotiated& agreed(const Restarts& r, PeerSnapshot& room) {
  room = r.peer(kPeer);
  return *room.negotiated;
}

TEST_CASE("RFC 4724 §4.1: routes in the kernel make R and F until we have converged; then F alone, of every family") {
  Restarts r(config_of({neighbour(kPeer, 65001)}), true, FamilySet::of(kV4));
  ConnId conn = r.up();
  PeerSnapshot room;
  CHECK(agreed(r, room).our_open.capabilities.graceful_restart->restarting);
  CHECK(agreed(r, room).our_open.capabilities.graceful_restart->forwarding == FamilySet::of(kV4));
  r.end_of_rib(conn);
  CHECK(r.count<output::Converged>() == 1);
  r.lose(conn);
  r.up();
  CHECK_FALSE(agreed(r, room).our_open.capabilities.graceful_restart->restarting);
  CHECK(agreed(r, room).our_open.capabilities.graceful_restart->forwarding == FamilySet::both());
}

int updates(const Restarts& r, ConnId conn) {
  int n = 0;
  const std::string& heard = r.heard.at(conn.value);
  for (size_t at = heard.find("UPDATE"); at != std::string::npos; at = heard.find("UPDATE", at + 1)) ++n;
  return n;
}

TEST_CASE("RFC 4724 §4.1: our block is told at once, End-of-RIB when those who do not restart have said theirs") {
  SpeakerConfig config = two_peers();
  config.own_blocks = {prefix("10.1.0.0/26")};
  Restarts r(config, false, FamilySet::both());
  ConnId conn = r.up();
  ConnId other = r.establish(kOther, 65002, open_of({}));
  CHECK(updates(r, conn) == 1);
  r.end_of_rib(conn);
  r.say(other, announcement("10.0.0.0/8", "02 01 0000fdea", "", "c0000202"));
  CHECK(updates(r, conn) == 2);
  r.end_of_rib(other);
  CHECK(updates(r, conn) == 4);
  CHECK(r.count<output::Converged>() == 1);
}

TEST_CASE("two speakers that restart do not wait for each other's End-of-RIB; the FIB is swept when both have said it") {
  Restarts r(config_of({neighbour(kPeer, 65001)}), false, FamilySet::both());
  ConnId conn = r.up({.restarting = true});
  CHECK(updates(r, conn) == 2);
  CHECK(r.count<output::Converged>() == 0);
  r.end_of_rib(conn);
  CHECK(r.count<output::Converged>() == 1);
}

TEST_CASE("a peer without graceful restart, or one that is away, does not keep the others from their End-of-RIB") {
  Restarts r(two_peers(), false, FamilySet::both());
  ConnId conn = r.up();
  r.end_of_rib(conn);
  CHECK(updates(r, conn) == 0);  // the other one may be there any moment
  SUBCASE("away") {
    r.wait(5s);
    CHECK(updates(r, conn) == 2);
  }
  SUBCASE("without") {
    r.establish(kOther, 65002);
    CHECK(updates(r, conn) == 2);
    CHECK(r.count<output::Converged>() == 0);
  }
}

TEST_CASE("limits::kSelectionDeferral bounds how long our End-of-RIB waits for theirs") {
  Restarts r(config_of({neighbour(kPeer, 65001)}), false, FamilySet::both());
  ConnId conn = r.up();
  for (int i = 0; i < 4; ++i) {
    r.wait(29s);
    r.say(conn, wire::encode_keepalive());
  }
  CHECK(updates(r, conn) == 0);
  r.wait(4s);
  CHECK(updates(r, conn) == 2);
}

TEST_CASE("a speaker that does not restart says End-of-RIB at once") {
  Restarts r;
  CHECK(updates(r, r.up()) == 2);
}

TEST_CASE("fault 4: a stop leaves without a word those who keep our routes, and says 6/2 to the others") {
  Restarts r;
  ConnId conn = r.up(), other = r.establish(kOther, 65002);
  r.outputs.clear();
  std::string heard = r.heard[conn.value];
  r.handle(input::Shutdown{"bye"});
  CHECK(r.count<output::Close>() == 2);
  CHECK(r.heard[conn.value] == heard);
  CHECK(r.heard[other.value].ends_with("NOTIFICATION 6/2"));
  CHECK(r.logged("session_left") == 1);
}

}  // namespace
}  // namespace bgp::speaker
