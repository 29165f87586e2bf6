#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "bgp/base/limits.h"
#include "ctl/protocol/frame.h"
#include "ctl/protocol/routes.h"
#include "ctl/protocol/status.h"
#include "ctl/protocol/store_calls.h"
#include "ctl/protocol/version.h"

using namespace ctl::protocol;

namespace {

bgp::IpAddress address(const char* text) { return *bgp::IpAddress::parse(text); }
bgp::Prefix prefix(const char* text) { return *bgp::Prefix::parse(text); }

PeerStatus a_peer() {
  PeerStatus p;
  p.family = bgp::Family::IPv6;
  p.peer_address = address("aa:bb::ff");
  p.peer_type = PeerType::NodeSpecific;
  p.state = "start";
  p.since = *parse_rfc3339("2016-12-05T23:30:04.250Z");
  p.info = "Active Socket: Connection refused";
  p.bgp_state = "Active";
  p.local_address = address("aa:bb::1");
  p.local_as = 64512;
  p.peer_as = 4294967295;
  p.last_error = "Socket: Connection refused";
  p.flaps = 3;
  p.prefixes = {5, 4, 3};
  p.received = {1, 2, 3, 4, 5};
  p.sent = {6, 7, 8, 9, 10};
  return p;
}

PeerDetail a_detail() {
  PeerDetail d;
  d.status = a_peer();
  d.peer_identifier = "192.0.2.1";
  d.capabilities_ours = {"route refresh", "4-octet AS 64512"};
  d.capabilities_theirs = {"route refresh"};
  d.capabilities_agreed = {"route refresh"};
  d.timers = {90, 30, 10, 5};
  d.last_notification_received = NotificationInfo{6, 2, "Administrative shutdown", d.status.since};
  d.stale = StaleInfo{7, d.status.since};
  d.malformed = {{3, 2, 1},
                 {{0, "", {0, 0, 1}}, {7, "AGGREGATOR", {0, 2, 0}}, {8, "COMMUNITIES", {3, 0, 0}}},
                 LastFault{"attribute 8 COMMUNITIES: length is no multiple", "c00803000102", d.status.since}};
  d.refused_paths = 17;
  d.bfd = BfdInfo{d.status.since, true, {"Down", "control detection time expired", 7, 100'000, 200'000, 3},
                  {"Init", "no diagnostic", 9, 300'000, 400'000, 5}, 100'000, 900'000, 11, 12, 13, 14, 15};
  d.history = {{d.status.since, "Idle", "Connect", "started"}, {d.status.since, "Connect", "Active", "refused"}};
  return d;
}

bool is_one_inert_line(const std::string& text) {
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return true;
}

RouteRow row(const char* where, const char* peer) {
  RouteRow r;
  r.prefix = prefix(where);
  r.next_hop = "192.0.2.1";
  r.peer = peer;
  r.origin = "IGP";
  r.as_path = "64512 {65001 65002}";
  r.med = 7;
  r.communities = {"65000:1", "65000:1:2"};
  r.best = true;
  r.reason = "LocalPref";
  return r;
}

}  // namespace

TEST_CASE("controls that JSON lets through, DEL and C1, are escaped (found by fuzzing)") {
  const std::string line = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"m\x7f \\\"\",\"params\":{\"a\x7f\":\"\xc2\x9b[2J \xc2\xa0\"}}";
  auto read = parse_request(line);
  REQUIRE(read.ok());
  const std::string again = to_line(*read);
  CHECK(again.find("{\"a\\u007f\":\"\\u009b[2J \xc2\xa0\"}") != std::string::npos);
  CHECK(again.find(R"("method":"m\u007f \"")") != std::string::npos);
  CHECK(is_one_inert_line(again.substr(0, again.find('\n'))));
  CHECK(*parse_request(again) == *read);
}

TEST_CASE("a node's status crosses the socket unchanged") {
  NodeStatus status{
      .node = "node1", .router_id = "192.0.2.9", .as_number = 64512, .running = true, .peers = {a_peer()}};
  status.peers.push_back({});
  status.short_memory = {100, 128};
  status.started = *parse_rfc3339("2016-12-05T23:30:04.000Z");
  status.recovering_until = *parse_rfc3339("2016-12-05T23:32:04.000Z");
  status.configuration_refused = "it has no address";
  auto back = parse_node_status(to_json(status));
  REQUIRE(back.ok());
  CHECK(*back == status);
  status.datastore = DatastoreStatus{.type = "etcdv3", .state = "away", .degraded = true, .reason = "no answer", .since = {},
                                     .revision = 7, .skipped = {{"/calico/k", "value is no JSON"}}};
  back = parse_node_status(to_json(status));
  REQUIRE(back.ok());
  CHECK(*back == status);
}

TEST_CASE("of a datastore elsewhere, status says whether the node is degraded, and quotes nobody unescaped") {
  NodeStatus status{.node = "n", .router_id = "1.2.3.4", .as_number = 1, .running = true, .peers = {}};
  status.datastore = DatastoreStatus{.type = "etcdv3", .state = "refused", .degraded = true, .reason = "\x1b[31m", .since = {},
                                     .revision = 7, .skipped = {{"/calico/\n", "bad"}}};
  CHECK(to_json(status) ==
        R"({"node":"n","routerID":"1.2.3.4","asNumber":1,"running":true,"peers":[],"datastore":{"type":"etcdv3",)"
        R"("state":"refused","degraded":true,"reason":"\\x1b[31m","since":"1970-01-01T00:00:00.000Z","revision":7,)"
        R"("skipped":[{"key":"/calico/\\x0a","reason":"bad"}]}})");
}

TEST_CASE("status has exactly the fields that the interface names, in its order") {
  NodeStatus status{.node = "n", .router_id = "1.2.3.4", .as_number = 1, .running = true, .peers = {a_peer()}};
  CHECK(
      to_json(status) ==
      R"({"node":"n","routerID":"1.2.3.4","asNumber":1,"running":true,"peers":[{"family":"IPv6",)"
      R"("peerAddress":"aa:bb::ff","port":179,"peerType":"node specific","state":"start",)"
      R"("since":"2016-12-05T23:30:04.250Z","info":"Active Socket: Connection refused","bgpState":"Active",)"
      R"("localAddress":"aa:bb::1","localAS":64512,"peerAS":4294967295,"lastError":"Socket: Connection refused",)"
      R"("flaps":3,"prefixes":{"received":5,"accepted":4,"advertised":3},"messages":{"received":{"open":1,"update":2,)"
      R"("notification":3,"keepalive":4,"routeRefresh":5},"sent":{"open":6,"update":7,"notification":8,"keepalive":9,)"
      R"("routeRefresh":10}}}]})");
}

TEST_CASE("a peer in full crosses the socket unchanged") {
  auto back = parse_peer_detail(to_json(a_detail()));
  REQUIRE(back.ok());
  CHECK(*back == a_detail());
}

TEST_CASE("what a peer put into its texts cannot leave its JSON string or steer a terminal") {
  PeerDetail d = a_detail();
  d.status.last_error = "\x1b]0;owned\x07\nline two\xff\xc3(";
  d.last_notification_received->text = "\"},{\"evil\":\"\xe2\x80\xae";
  d.capabilities_theirs = {std::string("fqdn \0x", 7)};
  std::string json = to_json(d);
  CHECK(is_one_inert_line(json));
  auto back = parse_peer_detail(json);
  REQUIRE(back.ok());
  CHECK(*back->status.last_error == "\\x1b]0;owned\\x07\\x0aline two\\xff\\xc3(");
  CHECK(back->last_notification_received->text == "\"},{\"evil\":\"\\xe2\\x80\\xae");
  CHECK(back->capabilities_theirs[0] == "fqdn \\x00x");
  CHECK_MESSAGE(to_json(*back) == json, "escaping twice changes nothing");
}

TEST_CASE("a status of another shape is refused, not misread") {
  for (const char* json : {"", "[]", "{}", "null", R"({"node":1})", R"({"node":"n","routerID":"1","asNumber":-1})",
                           R"({"node":"n","routerID":"1","asNumber":4294967296,"running":true,"peers":[]})",
                           R"({"node":"n","routerID":"1","asNumber":1,"running":true,"peers":[{}]})"}) {
    CAPTURE(json);
    CHECK(!parse_node_status(json).ok());
  }
}

TEST_CASE("peers are shown mesh first, then global, then node specific, each by address as a number") {
  std::vector<PeerStatus> peers;
  auto add = [&](PeerType type, const char* text) {
    peers.emplace_back().peer_address = address(text);
    peers.back().peer_type = type;
  };
  add(PeerType::NodeSpecific, "1.1.1.1");
  add(PeerType::Global, "10.0.0.10");
  add(PeerType::Global, "10.0.0.9");
  add(PeerType::NodeToNodeMesh, "192.0.2.1");
  sort_for_display(peers);
  std::string order;
  for (const auto& peer : peers) order += peer.peer_address.to_string() + " ";
  CHECK(order == "192.0.2.1 10.0.0.9 10.0.0.10 1.1.1.1 ");
}

TEST_CASE("state and info are BIRD's words") {
  CHECK(state_word("Established", true) == "up");
  CHECK(state_word("Active", true) == "start");
  CHECK(state_word("Idle", false) == "down");
  CHECK(info_text("Established", "Socket: old") == "Established");
  CHECK(info_text("Connect", std::nullopt) == "Connect");
  CHECK(info_text("Active", "Received: Bad peer AS") == "Active Received: Bad peer AS");
}

TEST_CASE("times are RFC 3339") {
  for (const char* text : {"1970-01-01T00:00:00.000Z", "2016-02-29T23:59:59.999Z", "2026-11-22T21:39:00.001Z"})
    CHECK(to_rfc3339(*parse_rfc3339(text)) == text);
  CHECK(to_rfc3339(*parse_rfc3339("2016-12-06T01:30:04.5+02:00")) == "2016-12-05T23:30:04.500Z");
  for (const char* text :
       {"", "2016-12-05", "2016-13-05T00:00:00Z", "2016-02-30T00:00:00Z", "2016-12-05T24:00:00Z", "2016-12-05T00:00:00",
        "2016-12-05T00:00:00.Z", "2016-12-05T00:00:00Zx", "2016-12-05T00:00:00+2:00"})
    CHECK_MESSAGE(!parse_rfc3339(text), text);
}

TEST_CASE("routes cross the socket unchanged") {
  RoutePage page{.rows = {row("10.0.0.0/8", "192.0.2.1"), row("2001:db8::/32", "local")},
                 .next = prefix("2001:db9::/32")};
  page.rows[1].local_pref = 100;
  page.rows[1].communities.clear();
  auto back = parse_route_page(to_json(page));
  REQUIRE(back.ok());
  CHECK(*back == page);
  RoutesQuery query{.prefix = prefix("10.0.0.0/8"), .from = prefix("10.1.0.0/16")};
  CHECK(*parse_routes_query(to_json(query)) == query);
  CHECK(*parse_routes_query("{}") == RoutesQuery{});
  CHECK(!parse_routes_query(R"({"prefix":"10.0.0.1/8"})").ok());
}

TEST_CASE("a page that is too long is cut between prefixes, and says where to go on") {
  RoutePage page{
      .rows = {row("10.0.0.0/8", "a"), row("10.0.0.0/8", "b"), row("11.0.0.0/8", "a"), row("12.0.0.0/8", "a")},
      .next = std::nullopt};
  CHECK(to_json_within(page, 1 << 20) == to_json(page));
  auto cut = parse_route_page(to_json_within(page, to_json(page).size() - 1));
  REQUIRE(cut.ok());
  CHECK(cut->rows.size() == 3);
  CHECK(cut->next == prefix("12.0.0.0/8"));
  auto least = parse_route_page(to_json_within(page, 1));
  CHECK_MESSAGE(least->rows.size() == 2, "a prefix is never split, and one always fits");
  CHECK(least->next == prefix("11.0.0.0/8"));
}

TEST_CASE("a query for a prefix finds what is inside it; for an address also what covers it") {
  RoutesQuery network{.prefix = prefix("10.0.0.0/8"), .from = {}};
  CHECK(matches(network, prefix("10.0.0.0/8")));
  CHECK(matches(network, prefix("10.1.0.0/16")));
  CHECK(!matches(network, prefix("0.0.0.0/0")));
  RoutesQuery host{.prefix = prefix("10.1.2.3/32"), .from = {}};
  CHECK(matches(host, prefix("10.0.0.0/8")));
  CHECK(matches(host, prefix("0.0.0.0/0")));
  CHECK(!matches(host, prefix("10.1.2.4/32")));
  CHECK(matches({}, prefix("::/0")));
}

TEST_CASE("requests and answers are JSON-RPC 2.0 lines") {
  Request request{.id = "7", .method = "node.peer", .params = address_params("192.0.2.1")};
  CHECK(to_line(request) == R"({"jsonrpc":"2.0","id":7,"method":"node.peer","params":{"address":"192.0.2.1"}})");
  CHECK(*parse_request(to_line(request)) == request);
  CHECK(*parse_address_params(request.params) == "192.0.2.1");

  auto good = parse_incoming(to_line(Response{"7", std::string("{\"a\":1}")}));
  REQUIRE(good.ok());
  CHECK(*std::get<Response>(*good).result == "{\"a\":1}");
  Error conflict{ErrorCode::Conflict, "somebody else wrote it", "/calico/x", 12};
  auto bad = parse_incoming(to_line(Response{"\"x\"", bgp::Err(conflict)}));
  REQUIRE(bad.ok());
  CHECK(std::get<Response>(*bad).id == "\"x\"");
  CHECK(std::get<Response>(*bad).result.error() == conflict);
  auto notice = parse_incoming(to_line(Notice{"store.changed", "{\"changes\":[]}"}));
  REQUIRE(notice.ok());
  CHECK(std::get<Notice>(*notice).params == "{\"changes\":[]}");
}

TEST_CASE("what is no request is answered with the reason and the id it had") {
  struct Case {
    const char* line;
    int code;
    const char* id;
  };
  for (const Case& c :
       {Case{"", -32700, "null"}, Case{"{", -32700, "null"}, Case{"\xff", -32700, "null"}, Case{"[]", -32600, "null"},
        Case{"{}", -32600, "null"}, Case{R"({"id":3,"method":"version"})", -32600, "3"},
        Case{R"({"jsonrpc":"2.0","id":{},"method":"version"})", -32600, "null"},
        Case{R"({"jsonrpc":"2.0","id":"a","method":1})", -32600, "\"a\""},
        Case{R"({"jsonrpc":"2.0","id":4,"method":"x","params":[1]})", -32602, "4"}}) {
    CAPTURE(c.line);
    auto request = parse_request(c.line);
    REQUIRE(!request.ok());
    CHECK(static_cast<int>(request.error().error.code) == c.code);
    CHECK(request.error().id == c.id);
  }
  std::string deep(200000, '[');
  CHECK_MESSAGE(!parse_request(deep).ok(), "nesting does not exhaust the stack");
}

TEST_CASE("store calls cross the socket unchanged, even bytes that are no text") {
  using namespace config::store;
  Entry entry{"/calico/a", std::string("\x00\xff\xfe{\"x\"}\n", 10), 5};
  CHECK(*parse_entry(to_json(std::optional(entry))) == entry);
  CHECK(*parse_entry("null") == std::nullopt);
  CHECK(is_one_inert_line(to_json(std::optional(entry))));
  CHECK(*parse_key_params(key_params("/k\xff")) == "/k\xff");
  CHECK(*parse_list_query(to_json(ListQuery{"/a/", "/a/b"})) == ListQuery{"/a/", "/a/b"});
  CHECK(*parse_watch_query(to_json(WatchQuery{"/a/", 77})) == WatchQuery{"/a/", 77});
  CHECK(*parse_revision(revision_json(1ULL << 60)) == 1ULL << 60);

  std::vector<Write> writes = {{"/a", "1", 0}, {"/b", std::nullopt, 9}, {"/c", "", std::nullopt}};
  auto back = parse_writes(to_json(writes));
  REQUIRE(back.ok());
  REQUIRE(back->size() == 3);
  CHECK((*back)[0].expected_revision == 0);
  CHECK((*back)[1].value == std::nullopt);
  CHECK((*back)[1].expected_revision == 9);
  CHECK((*back)[2].value == "");
  CHECK((*back)[2].expected_revision == std::nullopt);

  auto changes = parse_changes(to_json(std::vector<Change>{{"/a", "1", 3}, {"/b", std::nullopt, 4}}));
  REQUIRE(changes.ok());
  CHECK((*changes)[0].value == "1");
  CHECK((*changes)[1].value == std::nullopt);
  CHECK((*changes)[1].revision == 4);
}

TEST_CASE("a long listing comes in pages that together are the whole") {
  config::store::Listing all{.entries = {{"/a", "1", 1}, {"/b", "2", 2}, {"/c", "3", 3}}, .revision = 3};
  ListQuery query{"/", std::nullopt};
  std::string keys;
  int pages = 0;
  do {
    auto page = parse_list_page(to_json(page_of(all, query, 1)));
    REQUIRE(page.ok());
    CHECK(page->listing.revision == 3);
    for (const auto& entry : page->listing.entries) keys += entry.key;
    query.from = page->next;
    ++pages;
  } while (query.from && pages < 10);
  CHECK(keys == "/a/b/c");
  CHECK(pages == 3);
}

TEST_CASE("every store error comes back as itself") {
  using Kind = config::store::StoreError::Kind;
  for (Kind kind : {Kind::Conflict, Kind::Busy, Kind::Corrupt, Kind::ReadOnly, Kind::Unreachable, Kind::Unknown,
                    Kind::NotPermitted}) {
    config::store::StoreError error{kind, "why", "/key", 42};
    auto back = to_store_error(from_store_error(error));
    CHECK(back.kind == kind);
    CHECK(back.reason == "why");
    CHECK(back.key == "/key");
    CHECK(back.holder_pid == 42);
  }
}

TEST_CASE("the version is the one that CMake knows") {
  std::ifstream file(CALICO_SOURCE_DIR "/CMakeLists.txt");
  std::stringstream text;
  text << file.rdbuf();
  CHECK(text.str().find("project(calico_bgp VERSION " + this_build().version.substr(1) + " ") != std::string::npos);
  CHECK(*parse_version(to_json(this_build())) == this_build());
}

TEST_CASE("an error whose code or holder is no int of ours is refused, not converted") {
  for (const char* code : {"-380857777777777777777777777777777777", "1.5", "4294967296", "-4294967296", "18446744073709551615", "\"1\"", "null"}) {
    CAPTURE(code);
    const std::string error = std::string("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"message\":\"x\",\"code\":");
    CHECK_FALSE(parse_incoming(error + code + "}}").ok());
    CHECK_FALSE(parse_incoming(error + "2,\"data\":{\"key\":\"k\",\"holderPid\":" + code + "}}}").ok());
  }
  CHECK(parse_incoming("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"message\":\"x\",\"code\":-32700}}").ok());
}
