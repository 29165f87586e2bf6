// What is expected here was captured from BIRD 1.6.8 with the same peers; where we do not count, it has BIRD's "---".
#include "ctl/bird/show.h"

#include <doctest/doctest.h>

using namespace ctl::bird;
using namespace std::chrono_literals;

namespace {

LocalTime at(int h, int m, int s) {
  return std::chrono::local_days(std::chrono::year(2026) / 11 / 27) + std::chrono::hours(h) + std::chrono::minutes(m) +
         std::chrono::seconds(s);
}

Protocol protocol(const char* name, const char* type, const char* state, uint32_t preference) {
  Protocol p;
  p.name = name;
  p.type = type;
  p.state = state;
  p.since = at(18, 31, 47);
  p.preference = preference;
  p.input_filter = p.output_filter = "ACCEPT";
  return p;
}

View view() {
  View v;
  v.status = {"v0.1.0", "10.0.0.1", at(18, 31, 54), at(18, 31, 47), at(18, 31, 48), {}};
  v.protocols = {protocol("static1", "Static", "up", 200), protocol("Mesh_10_0_0_2", "BGP", "up", 100),
                 protocol("Global_10_0_0_9", "BGP", "start", 100), protocol("Node_10_0_0_8", "BGP", "down", 100)};
  v.protocols[0].routes = {2, 0, 0, 2};
  v.protocols[1].routes = {3, 0, 3, 2};
  v.protocols[1].changes = {4, 1, 0, 2};
  v.protocols[1].bgp = {"Established", "", "10.0.0.2", 64512, false,
                        BgpSession{"10.0.0.2", {"refresh", "AS4"}, {"internal", "AS4"}, "10.0.0.1", 240}};
  v.protocols[2].bgp = {"Connect", "Socket: No route to host", "10.0.0.9", 64513, false, {}};
  v.protocols[3].bgp = {"Down", "", "10.0.0.8", 64512, false, {}};
  v.table = {5, 5, 4};
  v.filtered = {1, 1, 0};
  v.protocols[1].routes.filtered = 1;
  return v;
}

}  // namespace

TEST_CASE("the greeting is what Calico takes as ready") { CHECK(greeting("v0.1.0") == "0001 BIRD v0.1.0 ready."); }

TEST_CASE("show status") {
  CHECK(show(ShowStatus{}, view()) ==
        "1000-BIRD v0.1.0\n"
        "1011-Router ID is 10.0.0.1\n"
        " Current server time is 2026-11-27 18:31:54\n"
        " Last reboot on 2026-11-27 18:31:47\n"
        " Last reconfiguration on 2026-11-27 18:31:48\n"
        "0013 Daemon is up and running");
}

TEST_CASE("while a graceful restart is under way, show status has the code that the readiness probe waits on") {
  View v = view();
  v.status.recovery = {3, 100, 120};
  CHECK(show(ShowStatus{}, v).find("0024-Graceful restart recovery in progress\n"
                                   "   Waiting for 3 protocols to recover\n"
                                   "   Wait timer is 100/120\n"
                                   "0013 ") != std::string::npos);
}

TEST_CASE("show protocols") {
  CHECK(show(ShowProtocols{}, view()) ==
        "2002-name     proto    table    state  since       info\n"
        "1002-static1  Static   master   up     18:31:47    \n"
        " Mesh_10_0_0_2 BGP      master   up     18:31:47    Established   \n"
        " Global_10_0_0_9 BGP      master   start  18:31:47    Connect       Socket: No route to host\n"
        " Node_10_0_0_8 BGP      master   down   18:31:47    \n"
        "0000 ");
}

TEST_CASE("show protocols all") {
  CHECK(show(ShowProtocols{.all = true, .name = "Mesh_10_0_0_2"}, view()) ==
        "2002-name     proto    table    state  since       info\n"
        "1002-Mesh_10_0_0_2 BGP      master   up     18:31:47    Established   \n"
        "1006-  Preference:     100\n"
        "   Input filter:   ACCEPT\n"
        "   Output filter:  ACCEPT\n"
        "   Routes:         3 imported, 1 filtered, 3 exported, 2 preferred\n"
        "   Route change stats:     received   rejected   filtered    ignored   accepted\n"
        "     Import updates:              4          1          0        ---          3\n"
        "     Import withdraws:            2        ---        ---        ---        ---\n"
        "     Export updates:            ---        ---        ---        ---        ---\n"
        "     Export withdraws:          ---        ---        ---        ---        ---\n"
        "   BGP state:          Established\n"
        "     Neighbor address: 10.0.0.2\n"
        "     Neighbor AS:      64512\n"
        "     Neighbor ID:      10.0.0.2\n"
        "     Neighbor caps:    refresh AS4\n"
        "     Session:          internal AS4\n"
        "     Source address:   10.0.0.1\n"
        "     Hold timer:       -/240\n"
        "     Keepalive timer:  -/80\n"
        " \n"
        "0000 ");
  CHECK(show(ShowProtocols{.all = true, .name = "Node_10_0_0_8"}, view()) ==
        "2002-name     proto    table    state  since       info\n"
        "1002-Node_10_0_0_8 BGP      master   down   18:31:47    \n"
        "1006-  Preference:     100\n"
        "   Input filter:   ACCEPT\n"
        "   Output filter:  ACCEPT\n"
        "   BGP state:          Down\n"
        "     Neighbor address: 10.0.0.8\n"
        "     Neighbor AS:      64512\n"
        " \n"
        "0000 ");
}

TEST_CASE("a protocol that is not there") {
  CHECK(show(ShowProtocols{.name = "nosuch"}, view()) == "9002 nosuch is not a protocol");
  CHECK(show(ShowProtocols{.name = "no*", .is_pattern = true}, view()) == "8003 No protocols match");
}

TEST_CASE("what a peer said cannot make a line of its own") {
  View v = view();
  v.protocols[2].bgp->last_error = "Received: x\n0000 \n\x1b[31m";
  CHECK(show(ShowProtocols{.name = "Global_10_0_0_9"}, v).find("Connect       Received: x\\x0a0000 \\x0a\\x1b[31m\n0000 ") !=
        std::string::npos);
  CHECK(show(ShowProtocols{.all = true}, v).find('\x1b') == std::string::npos);
}

TEST_CASE("since is a time for 20 hours, then a date") {
  CHECK(short_time(at(1, 2, 3), at(21, 2, 2)) == "01:02:03");
  CHECK(short_time(at(1, 2, 3), at(21, 2, 3)) == "2026-11-27");
}

TEST_CASE("show symbols") {
  CHECK(show(ShowSymbols{.type = "routing table"}, view()) == "1010-master  \trouting table\n0000 ");
  CHECK(show(ShowSymbols{.type = "protocol"}, view()) ==
        "1010-static1 \tprotocol\n Mesh_10_0_0_2\tprotocol\n Global_10_0_0_9\tprotocol\n Node_10_0_0_8\tprotocol\n0000 ");
  CHECK(show(ShowSymbols{.type = "filter"}, view()) == "0000 ");
  CHECK(show(ShowSymbols{.name = "static1"}, view()) == "1010 static1 \tprotocol");
  CHECK(show(ShowSymbols{.name = "nosuch"}, view()) == "1010 nosuch  \tundefined");
}

TEST_CASE("show route count") {
  CHECK(show_count({.count = true}, view()) == "0014 5 of 5 routes for 5 networks");
  CHECK(show_count({.primary = true, .count = true}, view()) == "0014 4 of 5 routes for 5 networks");
  CHECK(show_count({.count = true, .protocol = "Mesh_10_0_0_2"}, view()) == "0014 3 of 5 routes for 5 networks");
  CHECK(show_count({.filtered = true, .count = true}, view()) == "0014 1 of 1 routes for 1 networks");
}
