#include <cstdlib>
#include <ctime>

#include "tests/ctl/cli/scene.h"

using namespace ctl::cli::testing;
using namespace ctl::protocol;

namespace {

PeerStatus peer(const char* address, PeerType type, const char* state, const char* since, const char* info) {
  PeerStatus p;
  p.peer_address = *bgp::IpAddress::parse(address);
  p.family = p.peer_address.family();
  p.peer_type = type;
  p.state = state;
  p.since = *parse_rfc3339(since);
  p.info = info;
  p.bgp_state = p.info == "Established" ? "Established" : "Connect";
  return p;
}

Scene with_status(std::vector<PeerStatus> peers) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  Scene calicoctl;
  NodeStatus status{
      .node = "node1", .router_id = "172.17.8.101", .as_number = 64512, .running = true, .peers = std::move(peers)};
  calicoctl.agent.statuses.push_back(status);
  return calicoctl;
}

}  // namespace

TEST_CASE("node status draws a table a family, mesh first, then global, then node specific") {
  Scene calicoctl =
      with_status({peer("192.10.0.0", PeerType::NodeSpecific, "start", "2016-12-05T16:28:57Z", "Connect"),
                   peer("10.20.30.40", PeerType::Global, "start", "2016-12-05T16:28:38Z", "Connect"),
                   peer("172.17.8.102", PeerType::NodeToNodeMesh, "up", "2016-12-05T23:30:04Z", "Established"),
                   peer("aa:bb::ff", PeerType::NodeToNodeMesh, "up", "2016-12-05T16:17:26Z", "Established")});
  auto result = calicoctl("node status");
  CHECK(result.exit == 0);
  CHECK(result.out ==
        "Calico process is running.\n"
        "\n"
        "IPv4 BGP status\n"
        "+--------------+-------------------+-------+----------+-------------+\n"
        "| PEER ADDRESS |     PEER TYPE     | STATE |  SINCE   |    INFO     |\n"
        "+--------------+-------------------+-------+----------+-------------+\n"
        "| 172.17.8.102 | node-to-node mesh | up    | 23:30:04 | Established |\n"
        "| 10.20.30.40  | global            | start | 16:28:38 | Connect     |\n"
        "| 192.10.0.0   | node specific     | start | 16:28:57 | Connect     |\n"
        "+--------------+-------------------+-------+----------+-------------+\n"
        "\n"
        "IPv6 BGP status\n"
        "+--------------+-------------------+-------+----------+-------------+\n"
        "| PEER ADDRESS |     PEER TYPE     | STATE |  SINCE   |    INFO     |\n"
        "+--------------+-------------------+-------+----------+-------------+\n"
        "| aa:bb::ff    | node-to-node mesh | up    | 16:17:26 | Established |\n"
        "+--------------+-------------------+-------+----------+-------------+\n"
        "\n");
}

TEST_CASE("node status without peers, and with one that is older than 20 hours") {
  CHECK(with_status({})("node status").out ==
        "Calico process is running.\n\nIPv4 BGP status\nNo IPv4 peers found.\n\nIPv6 BGP status\nNo IPv6 peers "
        "found.\n\n");
  Scene calicoctl = with_status({peer("10.0.0.1", PeerType::Global, "up", "2016-12-05T03:59:59Z", "Established"),
                                 peer("10.0.0.2", PeerType::Global, "up", "2016-12-05T04:00:01Z", "Established")});
  auto out = calicoctl("node status").out;
  CHECK(out.find("| 10.0.0.1     | global    | up    | 2016-12-05 | Established |\n") != std::string::npos);
  CHECK(out.find("| 10.0.0.2     | global    | up    | 04:00:01   | Established |\n") != std::string::npos);
}

TEST_CASE("node status wraps what is wider than 30") {
  Scene calicoctl = with_status(
      {peer("10.0.0.1", PeerType::Global, "start", "2016-12-05T23:00:00Z", "Active Socket: Connection reset by peer")});
  auto out = calicoctl("node status").out;
  CHECK(out.find("| 10.0.0.1     | global    | start | 23:00:00 | Active Socket: Connection      |\n"
                 "|              |           |       |          | reset by peer                  |\n") !=
        std::string::npos);
}

TEST_CASE("node status where nothing runs, and where it may not be asked") {
  Scene calicoctl;
  auto away = calicoctl("node status");
  CHECK(away.out == "Calico process is not running.\n");
  CHECK(away.exit == 1);
  auto json = calicoctl("node status -o json");
  CHECK(json.out.find("\"running\": false") != std::string::npos);
  CHECK(json.exit == 1);
  calicoctl.agent.statuses = {bgp::Err(Error{ErrorCode::NotPermitted, "may not open /x", {}, 0})};
  auto denied = calicoctl("node status");
  CHECK(denied.out == "Need super user privileges: may not open /x\n");
  CHECK(denied.exit == 1);
}

TEST_CASE("node status as JSON and YAML") {
  Scene calicoctl = with_status({peer("10.0.0.1", PeerType::Global, "up", "2016-12-05T23:00:00Z", "Established")});
  auto json = calicoctl("node status -o json").out;
  CHECK(json.starts_with("{\n  \"node\": \"node1\",\n  \"routerID\": \"172.17.8.101\",\n"));
  auto back = parse_node_status(json);
  REQUIRE(back.ok());
  CHECK(back->peers.at(0).peer_address.to_string() == "10.0.0.1");
  auto yaml = calicoctl("node status --output=yaml").out;
  CHECK(yaml.starts_with("asNumber: 64512\nnode: node1\npeers:\n"));
  CHECK(yaml.find("peerType: global\n") != std::string::npos);
}

TEST_CASE("--watch shows the table again only when it changed") {
  Scene calicoctl = with_status({peer("10.0.0.1", PeerType::Global, "start", "2016-12-05T23:00:00Z", "Connect")});
  auto& looks = calicoctl.agent.statuses;
  looks.push_back(looks[0]);
  (*looks[1]).peers[0].received.keepalive = 9;
  looks.push_back(looks[0]);
  (*looks[2]).peers[0].info = "Established";
  calicoctl.looks = 5;
  auto out = calicoctl("node status --watch").out;
  size_t tables = 0;
  for (size_t at = 0; (at = out.find("Calico process is running.", at)) != std::string::npos; ++at) ++tables;
  CHECK(tables == 2);
}

TEST_CASE("node routes shows page after page, and why") {
  Scene calicoctl;
  RouteRow a{.prefix = *bgp::Prefix::parse("10.0.0.0/8"),
             .next_hop = "192.0.2.1",
             .peer = "192.0.2.1",
             .origin = "IGP",
             .as_path = "65001 65002",
             .local_pref = 100,
             .med = std::nullopt,
             .communities = {"65000:1"},
             .best = true,
             .installed = true,
             .reason = "shortest AS path"};
  RouteRow b = a;
  b.prefix = *bgp::Prefix::parse("11.0.0.0/8");
  b.peer = "local";
  b.next_hop.clear();
  b.best = b.installed = false;
  calicoctl.agent.pages = {{{a}, b.prefix}, {{b}, std::nullopt}};
  auto table = calicoctl("node routes");
  CHECK(table.exit == 0);
  CHECK(
      table.out ==
      "BEST   PREFIX       NEXTHOP     PEER        ASPATH        ORIGIN   LOCALPREF   MED   INSTALLED   REASON         "
      "    \n"
      "*      10.0.0.0/8   192.0.2.1   192.0.2.1   65001 65002   IGP      100         -     yes         shortest AS "
      "path   \n"
      "\n"
      "BEST   PREFIX       NEXTHOP   PEER    ASPATH        ORIGIN   LOCALPREF   MED   INSTALLED   REASON             \n"
      "       11.0.0.0/8   -         local   65001 65002   IGP      100         -     no          shortest AS path   \n"
      "\n");
  CHECK(calicoctl.agent.queries.at(1).from == b.prefix);

  calicoctl.agent.pages = {{{a}, b.prefix}, {{b}, std::nullopt}};
  CHECK(calicoctl("node routes 10.0.0.1 -o json").out == "[\n  " + to_json(a) + ",\n  " + to_json(b) + "\n]\n");
  CHECK(calicoctl.agent.queries.back().prefix == bgp::Prefix::parse("10.0.0.1/32"));
  calicoctl.agent.pages = {{}};
  CHECK(calicoctl("node routes -o json").out == "[]\n");
  CHECK(calicoctl("node routes nonsense").exit == 1);
  CHECK(calicoctl("node routes").out == "Calico process is not running.\n");
}

TEST_CASE("node status says that memory is short, and what to do, only while it is") {
  Scene calicoctl = with_status({});
  CHECK(calicoctl("node status").out.find("emory") == std::string::npos);
  calicoctl.agent.statuses[0]->short_memory = {100 << 20, 128 << 20};
  CHECK(calicoctl("node status").out.starts_with(
      "Calico process is running.\n"
      "Memory is short: 100 of 128 MiB. New sessions are refused; next, the peer with most routes is told Cease 6/8.\n"
      "Let peers send less, limit them (max-prefixes), or give the agent more memory (--memory-max).\n\nIPv4"));
  CHECK(calicoctl("node status -o json").out.find("\"shortMemory\": {") != std::string::npos);
}

TEST_CASE("node status says that what is stored is not in use, and why") {
  Scene calicoctl = with_status({});
  calicoctl.agent.statuses[0]->configuration_refused = "it has no address";
  CHECK(calicoctl("node status").out.starts_with(
      "Calico process is running.\nThe configuration is refused, what was in use before stays: it has no address\n\nIPv4"));
  CHECK(calicoctl("node status -o json").out.find("\"configurationRefused\": \"it has no address\"") != std::string::npos);
}

TEST_CASE("node peer shows a session in full") {
  ::setenv("TZ", "UTC", 1);
  Scene calicoctl;
  PeerDetail d;
  d.status = peer("10.0.0.1", PeerType::Global, "start", "2016-12-05T23:00:00Z", "Active Received: Bad peer AS");
  d.status.local_as = 64512;
  d.status.peer_as = 64513;
  d.capabilities_ours = {"route refresh", "4-octet AS 64512"};
  d.last_notification_received = NotificationInfo{2, 2, "Bad peer AS", d.status.since};
  d.history = {{d.status.since, "OpenSent", "Idle", "Received: Bad peer AS"}};
  d.stale = StaleInfo{7, d.status.since};
  d.refused_paths = 17;
  d.malformed = {{2, 0, 0},
                 {{8, "COMMUNITIES", {1, 0, 0}}, {99, "", {1, 0, 0}}},
                 LastFault{"attribute 8 COMMUNITIES: length is no multiple", "c00803000102", d.status.since}};
  calicoctl.agent.detail = d;
  auto text = calicoctl("node peer 10.0.0.1");
  CHECK(calicoctl.agent.asked == "10.0.0.1");
  CHECK(text.exit == 0);
  for (const char* line :
       {"Peer 10.0.0.1 (global)\n", "  BGP state:              Active Received: Bad peer AS\n",
        "  AS number:              local 64512, peer 64513\n",
        "  Ours:                   route refresh\n                          4-octet AS 64512\n",
        "  Theirs:                 -\n", "  Received:               2/2 Bad peer AS, 2016-12-05T23:00:00.000Z\n",
        "  Stale routes:           7, until 2016-12-05T23:00:00.000Z\n",
        "  Paths refused:          17: too many of one prefix, or the table is full\n",
        "\nMalformed UPDATEs\n"
        "  Faults:                 2 treated as withdrawn, 0 attributes discarded, 0 sessions reset\n"
        "  8 COMMUNITIES:          1 treated as withdrawn, 0 attributes discarded, 0 sessions reset\n"
        "  99:                     1 treated as withdrawn, 0 attributes discarded, 0 sessions reset\n"
        "  Last:                   attribute 8 COMMUNITIES: length is no multiple, 2016-12-05T23:00:00.000Z\n"
        "  Its octets:             c00803000102\n",
        "  2016-12-05T23:00:00.000Z  OpenSent -> Idle  Received: Bad peer AS\n"})
    CHECK_MESSAGE(text.out.find(line) != std::string::npos, line);
  CHECK(*parse_peer_detail(calicoctl("node peer 10.0.0.1 -o json").out) == d);
  calicoctl.agent.detail->malformed = {};
  calicoctl.agent.detail->stale = std::nullopt;
  calicoctl.agent.detail->refused_paths = 0;
  CHECK(calicoctl("node peer 10.0.0.1").out.find("refused") == std::string::npos);
  CHECK(calicoctl("node peer 10.0.0.1").out.find("Stale") == std::string::npos);
  CHECK(calicoctl("node peer 10.0.0.1").out.find("Malformed UPDATEs\n  Faults:                 none\n") != std::string::npos);
  CHECK(calicoctl("node peer 10.0.0.1").out.find("BFD") == std::string::npos);
  calicoctl.agent.detail = bgp::Err(Error{ErrorCode::NotFound, "10.0.0.2 is no peer of this node", {}, 0});
  auto absent = calicoctl("node peer 10.0.0.2");
  CHECK(absent.out == "Error executing command: 10.0.0.2 is no peer of this node\n");
  CHECK(absent.exit == 1);
}

TEST_CASE("node peer shows the BFD session of a peer that has one") {
  Scene calicoctl;
  PeerDetail d;
  d.status = peer("10.0.0.1", PeerType::Global, "up", "2016-12-05T23:00:00Z", "Established");
  BfdInfo bfd;
  bfd.since = d.status.since;
  bfd.multihop = true;
  bfd.local = {"Up", "control detection time expired", 7, 100'000, 100'000, 3};
  bfd.remote = {"Up", "no diagnostic", 9, 300'000, 12'500, 5};
  bfd.tx_interval_us = 100'000;
  bfd.detection_time_us = 1'500'000;
  bfd.packets_received = 10;
  bfd.packets_sent = 20;
  bfd.ups = 2;
  bfd.downs = 1;
  d.bfd = bfd;
  calicoctl.agent.detail = d;
  auto has = [&](const char* text) {
    CHECK_MESSAGE(calicoctl("node peer 10.0.0.1").out.find(text) != std::string::npos, text);
  };
  has("\nBFD\n"
      "  State:                  Up since 2016-12-05T23:00:00.000Z, multihop\n"
      "  Last diagnostic:        control detection time expired\n"
      "  Remote state:           Up, no diagnostic\n"
      "  Discriminators:         local 7, remote 9\n"
      "  Intervals wanted:       sends every 100 ms, takes every 100 ms, x 3\n"
      "  Intervals of remote:    sends every 300 ms, takes every 12.5 ms, x 5\n"
      "  Transmit interval:      100 ms\n"
      "  Detection time:         1500 ms\n"
      "  Packets:                10 received, 20 sent, 0 discarded\n"
      "  Changes:                2 up, 1 down\n");
  calicoctl.agent.detail->bfd->remote = {};
  calicoctl.agent.detail->bfd->detection_time_us = 0;
  has("  Remote state:           not heard\n"
      "  Discriminators:         local 7, remote -\n");
}
