// Enhanced route refresh (RFC 7313).
#include "restarts.h"

namespace bgp::speaker {
namespace {

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
  r.wait_nearly_stale_time(conn, "1 routes, 1 stale");
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

}  // namespace
}  // namespace bgp::speaker
