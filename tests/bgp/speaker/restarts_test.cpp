// Graceful restart, the receiving speaker (RFC 4724, 8538).
#include "restarts.h"

namespace bgp::speaker {
namespace {

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
  r.wait_nearly_stale_time(conn, "1 routes, 1 stale");
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
    config.peers[0].change().session.hold_time_s = 30;
    config.peers[0].change().session.peer_as = Asn{row.as};
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
  config.peers[0].change().import = std::make_shared<policy::Filter>();  // accepts nothing
  r.reconfigure(config);
  CHECK(r.routes() == "10.0.0.0/8 192.0.2.1, rejected by the import policy");
  CHECK(r.counts() == "1 routes, 1 stale");
}

TEST_CASE("equal settings are no change, whether they are the same object or another") {
  for (bool same_object : {true, false}) {
    CAPTURE(same_object);
    Restarts r;
    ConnId conn = r.up({.notification = true});
    r.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
    r.lose(conn);
    SpeakerConfig limited = two_peers();
    limited.peers[0].change().session.max_prefix = {1, 75, session::MaxPrefixConfig::Action::Stop, 0};
    r.reconfigure(limited);
    r.up({.notification = true});
    SpeakerConfig other = limited;
    other.multipath.ebgp = 2;
    if (!same_object) other.peers[0].change();
    r.reconfigure(other);
    CHECK(r.peer(kPeer).state == session::State::Established);
  }
}

}  // namespace
}  // namespace bgp::speaker
