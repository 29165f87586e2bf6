// Long-lived graceful restart, the receiving speaker (RFC 9494).
#include "restarts.h"

namespace bgp::speaker {
namespace {

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

}  // namespace
}  // namespace bgp::speaker
