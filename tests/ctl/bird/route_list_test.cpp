// What is expected here was captured from BIRD 1.6.8 with the same routes.
#include "ctl/bird/route_list.h"

#include <doctest/doctest.h>

#include "bgp/wire/attribute.h"

using namespace ctl::bird;
using bgp::Bytes;
using bgp::Family;

namespace {

const LocalTime kNow = std::chrono::local_days(std::chrono::year(2026) / 11 / 27) + std::chrono::hours(12);

Route bgp_route(const char* prefix, const char* gateway, Bytes attributes = {0x40, 1, 1, 0, 0x40, 2, 0}) {
  Route r;
  r.prefix = *bgp::Prefix::parse(prefix);
  r.way = Route::Way::Router;
  r.gateway = r.next_hop = gateway;
  r.interface = "v0";
  r.protocol = "Mesh_10_0_0_2";
  r.source = "BGP";
  r.since = kNow;
  r.is_primary = true;
  r.preference = 100;
  r.is_bgp = true;
  r.igp_metric = 0;
  r.attributes = std::move(attributes);
  return r;
}

Route block(const char* prefix) {
  Route r;
  r.prefix = *bgp::Prefix::parse(prefix);
  r.way = Route::Way::Blackhole;
  r.protocol = "static1";
  r.source = "static";
  r.since = kNow;
  r.is_primary = true;
  r.preference = 200;
  return r;
}

std::string list(const ShowRoute& command, std::vector<Route> routes) {
  RouteList out(command, Family::IPv4, kNow);
  std::erase_if(routes, [&](const Route& r) { return !out.wants(r.prefix); });
  for (const Route& route : out.choose(routes)) out.add(route);
  std::string lines = out.take();
  return lines + (lines.empty() ? "" : "\n") + out.finish();
}

}  // namespace

TEST_CASE("show route: a row each, the prefix once") {
  Route second = bgp_route("192.168.2.0/26", "10.0.0.3");
  second.is_primary = false;
  second.from = "10.0.0.4";
  Route lost = bgp_route("192.168.2.64/26", "10.77.0.9", {0x40, 1, 1, 2, 0x40, 2, 6, 2, 1, 0, 0, 0xfd, 0xe9});
  lost.way = Route::Way::Unreachable;
  lost.igp_metric = std::nullopt;
  lost.is_primary = false;
  lost.from = "10.0.0.2";
  Route workload = block("192.168.1.7/32");
  workload.way = Route::Way::Device;
  workload.interface = "cali1";
  workload.protocol = "kernel1";
  workload.preference = 10;
  CHECK(list({}, {block("192.168.1.0/26"), workload, bgp_route("192.168.2.0/26", "10.0.0.2"), second, lost}) ==
        "1007-192.168.1.0/26     blackhole [static1 12:00:00] * (200)\n"
        " 192.168.1.7/32     dev cali1 [kernel1 12:00:00] * (10)\n"
        " 192.168.2.0/26     via 10.0.0.2 on v0 [Mesh_10_0_0_2 12:00:00] * (100/0) [i]\n"
        "                    via 10.0.0.3 on v0 [Mesh_10_0_0_2 12:00:00 from 10.0.0.4] (100/0) [i]\n"
        " 192.168.2.64/26    unreachable [Mesh_10_0_0_2 12:00:00 from 10.0.0.2] (100/-) [AS65001?]\n"
        "0000 ");
}

TEST_CASE("a route that the kernel refused is marked") {
  Route route = bgp_route("192.168.2.0/26", "10.0.0.2");
  route.is_refused = true;
  CHECK(list({}, {route}).find("] ! (100/0)") != std::string::npos);
}

TEST_CASE("show route all has every attribute in BIRD's words") {
  const Bytes attributes = {0x40, 1, 1, 2,                                                      // ORIGIN
                            0x40, 2, 20, 2, 2, 0, 0, 0xfd, 0xe9, 0, 0, 0xfd, 0xea,              // AS_PATH
                                         1, 2, 0, 0, 0xfd, 0xeb, 0, 0, 0xfd, 0xec,
                            0x80, 4, 4, 0, 0, 0, 5,                                             // MED
                            0x40, 6, 0,                                                         // ATOMIC_AGGREGATE
                            0xc0, 7, 8, 0, 0, 0xfd, 0xe9, 192, 0, 2, 1,                         // AGGREGATOR
                            0xc0, 8, 8, 0xfd, 0xe9, 0, 5, 0xff, 0xff, 0xff, 1,                  // COMMUNITIES
                            0x80, 9, 4, 10, 0, 0, 9, 0x80, 10, 8, 1, 1, 1, 1, 2, 2, 2, 2,       // ORIGINATOR_ID, CLUSTER_LIST
                            0xc0, 16, 24, 0, 2, 0xfd, 0xe9, 0, 0, 0, 7, 1, 3, 1, 2, 3, 4, 0, 5, // EXTENDED COMMUNITIES
                                          0x43, 1, 0, 0, 0x12, 0x34, 0x56, 0x78,
                            0xc0, 32, 12, 0, 0, 0xfc, 0, 0, 0, 0, 1, 0, 0, 0, 2,                // LARGE_COMMUNITY
                            0xe0, 99, 4, 0xde, 0xad, 0xbe, 0xef};
  CHECK(list({.all = true}, {bgp_route("10.50.0.0/16", "10.0.0.2", attributes), block("192.168.1.0/26")}) ==
        "1007-10.50.0.0/16       via 10.0.0.2 on v0 [Mesh_10_0_0_2 12:00:00] * (100/0) [?]\n"
        "1008-\tType: BGP unicast univ\n"
        "1012-\tBGP.origin: Incomplete\n"
        " \tBGP.as_path: 65001 65002 { 65003 65004 }\n"
        " \tBGP.next_hop: 10.0.0.2\n"
        " \tBGP.med: 5\n"
        " \tBGP.local_pref: 100\n"
        " \tBGP.atomic_aggr: \n"
        " \tBGP.aggregator: 192.0.2.1 AS65001\n"
        " \tBGP.community: (65001,5) (65535,65281)\n"
        " \tBGP.originator_id: 10.0.0.9\n"
        " \tBGP.cluster_list: 1.1.1.1 2.2.2.2\n"
        " \tBGP.ext_community: (rt, 65001, 7) (ro, 1.2.3.4, 5) (generic, 0x43010000, 0x12345678)\n"
        " \tBGP.large_community: (64512, 1, 2)\n"
        " \tBGP.63 [t]: de ad be ef\n"
        "1007-192.168.1.0/26     blackhole [static1 12:00:00] * (200)\n"
        "1008-\tType: static unicast univ\n"
        "0000 ");
}

TEST_CASE("show route for an address takes the longest prefix, a prefix alone itself") {
  const std::vector<Route> routes = {block("10.0.0.0/8"), block("10.1.0.0/16"), block("10.1.2.0/24")};
  ShowRoute command{.net = bgp::Prefix::parse("10.1.9.9/32"), .is_for = true};
  CHECK(list(command, routes) == "1007-10.1.0.0/16        blackhole [static1 12:00:00] * (200)\n0000 ");
  CHECK(list({.net = bgp::Prefix::parse("10.0.0.0/8")}, routes) ==
        "1007-10.0.0.0/8         blackhole [static1 12:00:00] * (200)\n0000 ");
  CHECK(list({.net = bgp::Prefix::parse("10.1.9.0/24")}, routes) == "8001 Network not in table");
}

TEST_CASE("a filtered route is shown when it is asked for, and counts for nothing else") {
  Route filtered = bgp_route("10.99.0.0/24", "10.0.0.2");
  filtered.is_filtered = true;
  filtered.is_primary = false;
  const std::vector<Route> routes = {filtered, block("10.99.0.0/24"), block("192.168.1.0/26")};
  CHECK(list({.stats = true, .protocol = "static1"}, routes) ==
        "1007-10.99.0.0/24       blackhole [static1 12:00:00] * (200)\n"
        " 192.168.1.0/26     blackhole [static1 12:00:00] * (200)\n"
        "0014 2 of 2 routes for 2 networks");
  CHECK(list({.filtered = true}, routes) ==
        "1007-10.99.0.0/24       via 10.0.0.2 on v0 [Mesh_10_0_0_2 12:00:00] (100/0) [i]\n0000 ");
}

TEST_CASE("primary shows the first of each prefix, protocol those of one") {
  Route second = bgp_route("192.168.2.0/26", "10.0.0.3");
  second.protocol = "Mesh_10_0_0_3";
  const std::vector<Route> routes = {bgp_route("192.168.2.0/26", "10.0.0.2"), second};
  CHECK(list({.primary = true, .stats = true}, routes).ends_with("\n0014 1 of 2 routes for 1 networks"));
  CHECK(list({.protocol = "Mesh_10_0_0_3"}, routes) ==
        "1007-192.168.2.0/26     via 10.0.0.3 on v0 [Mesh_10_0_0_3 12:00:00] * (100/0) [i]\n0000 ");
}

TEST_CASE("nothing of the other family is wanted") {
  CHECK(!RouteList({}, Family::IPv6, kNow).wants(*bgp::Prefix::parse("10.0.0.0/8")));
  CHECK(RouteList({}, Family::IPv6, kNow).wants(*bgp::Prefix::parse("fd00::/8")));
}
