// Neighbours that are not named, and who may connect at all.
#include <doctest/doctest.h>

#include "bgp/base/limits.h"
#include "one_speaker.h"

namespace bgp::speaker {
namespace {

DynamicPeers range_of(const char* cidr, uint32_t as, uint16_t max = 256) {
  DynamicPeers range{prefix(cidr), max, neighbour("0.0.0.0", as)};
  range.settings.session.graceful_restart.restart_time_s = 0;
  return range;
}

SpeakerConfig with_ranges(std::vector<DynamicPeers> ranges, const std::vector<PeerSettings>& peers = {}) {
  SpeakerConfig config = config_of(peers);
  config.dynamic_peers = std::move(ranges);
  return config;
}

std::string peers_of(const OneSpeaker& one) {
  std::string all;
  for (const PeerSnapshot& peer : one.speaker.snapshot(one.now).peers)
    all += (all.empty() ? "" : " ") + peer.address.to_string();
  return all;
}

const output::Listen& last_listen(const OneSpeaker& one) {
  const output::Listen* last = nullptr;
  for (const Output& output : one.outputs)
    if (const auto* listen = std::get_if<output::Listen>(&output)) last = listen;
  REQUIRE(last != nullptr);
  return *last;
}

}  // namespace

TEST_CASE("whoever connects from the range becomes a peer, and is forgotten when the session is gone") {
  OneSpeaker one(with_ranges({range_of("192.0.2.0/24", 65001)}));
  CHECK(peers_of(one) == "");
  ConnId conn = one.establish("192.0.2.7", 65001);
  CHECK(peers_of(one) == "192.0.2.7");
  one.say(conn, announcement("10.0.0.0/8"));
  CHECK(one.routes() == "10.0.0.0/8 best 192.0.2.7");
  one.handle(input::Closed{conn, "Connection closed"});
  CHECK(peers_of(one) == "");
  CHECK(one.routes() == "");
  one.establish("192.0.2.7", 65001);
  CHECK(peers_of(one) == "192.0.2.7");
}

TEST_CASE("an attempt that comes to nothing leaves nothing behind") {
  OneSpeaker one(with_ranges({range_of("192.0.2.0/24", 65001)}));
  one.connect("192.0.2.7");
  CHECK(peers_of(one) == "192.0.2.7");
  one.wait(limits::kInboundOpenWait);
  CHECK(peers_of(one) == "192.0.2.7");  // it sits out its idle hold
  one.wait(session::PeerConfig().idle_hold_max);
  CHECK(peers_of(one) == "");
}

TEST_CASE("a range whose password is missing lets nobody in") {
  DynamicPeers held = range_of("192.0.2.0/24", 65001);
  held.settings.session.held = "password secret bgp/peer: no such file";
  OneSpeaker one(with_ranges({held}));
  one.connect("192.0.2.7");
  CHECK(peers_of(one) == "");
  CHECK(one.logged("connection_turned_away") == 1);
}

TEST_CASE("the longest range counts, and a name more than any") {
  OneSpeaker one(with_ranges({range_of("192.0.0.0/16", 65001), range_of("192.0.2.0/24", 65002)},
                             {neighbour("192.0.2.9", 65003)}));
  one.establish("192.0.1.1", 65001);
  one.establish("192.0.2.1", 65002);
  one.establish("192.0.2.9", 65003);
  CHECK(peers_of(one) == "192.0.1.1 192.0.2.1 192.0.2.9");
}

TEST_CASE("no more of a range than its max; others have their own") {
  OneSpeaker one(with_ranges({range_of("192.0.2.0/24", 65001, 2), range_of("198.51.100.0/24", 65001, 1)}));
  one.establish("192.0.2.1", 65001);
  ConnId second = one.establish("192.0.2.2", 65001);
  one.connect("192.0.2.3");
  CHECK(one.logged("connection_turned_away") == 1);
  CHECK(peers_of(one) == "192.0.2.1 192.0.2.2");
  one.establish("198.51.100.1", 65001);
  one.handle(input::Closed{second, "Connection closed"});
  one.establish("192.0.2.3", 65001);
}

TEST_CASE("a range that is gone ends its sessions with 6/3; one that changed resets them, or does not") {
  OneSpeaker one(with_ranges({range_of("192.0.2.0/24", 65001)}));
  ConnId conn = one.establish("192.0.2.1", 65001);
  DynamicPeers patient = range_of("192.0.2.0/24", 65001);
  patient.settings.session.connect_retry = 9s;
  one.reconfigure(with_ranges({patient}));
  CHECK(one.peer("192.0.2.1").state == session::State::Established);
  one.reconfigure(with_ranges({}));
  CHECK(peers_of(one) == "");
  CHECK(one.heard[conn.value].ends_with("NOTIFICATION 6/3"));
}

TEST_CASE("a dynamic peer that gets a name keeps its session") {
  OneSpeaker one(with_ranges({range_of("192.0.2.0/24", 65001)}));
  ConnId conn = one.establish("192.0.2.1", 65001);
  PeerSettings named = range_of("192.0.2.0/24", 65001).settings;
  named.session.address = ip("192.0.2.1");
  one.reconfigure(with_ranges({}, {named}));
  CHECK(one.peer("192.0.2.1").state == session::State::Established);
  one.handle(input::Closed{conn, "Connection closed"});
  CHECK(peers_of(one) == "192.0.2.1");
}

TEST_CASE("paths that are equal but for the peer: the lower address wins, whoever came first") {
  OneSpeaker one(with_ranges({range_of("192.0.2.0/24", 65001)}));
  for (const char* address : {"192.0.2.5", "192.0.2.3", "192.0.2.9"}) {
    ConnId conn = one.connect(address);
    wire::Open open;
    open.my_as = Asn{65001};
    open.identifier = BgpIdentifier{7};
    open.capabilities.four_octet_as = Asn{65001};
    one.say(conn, wire::encode(open));
    one.say(conn, wire::encode_keepalive());
    one.say(conn, announcement("10.0.0.0/8"));
  }
  CHECK(one.routes().starts_with("10.0.0.0/8 best 192.0.2.3"));
}

TEST_CASE("strangers are closed at once, counted, and logged once in ten seconds") {
  OneSpeaker one(config_of({neighbour("192.0.2.1", 65001)}));
  for (int i = 0; i < 100; ++i) one.connect("203.0.113.1");
  CHECK(one.count<output::Close>() == 100);
  CHECK(one.logged("connection_turned_away") == 1);
  one.wait(limits::kTurnedAwayLogInterval);
  one.connect("203.0.113.1");
  CHECK(one.logged("connection_turned_away") == 2);
}

TEST_CASE("more half-open connections than there may be are closed at once; an Established one is none") {
  OneSpeaker one(with_ranges({range_of("10.0.0.0/8", 65001, 65535)}));
  one.establish("10.1.0.1", 65001);
  for (uint32_t i = 0; i < limits::kHalfOpenMax; ++i)
    one.connect(IpAddress::v4(0x0a020000 + i).to_string().c_str());
  CHECK(one.logged("connection_turned_away") == 0);
  one.connect("10.1.0.2");
  CHECK(one.logged("connection_turned_away") == 1);
  one.wait(limits::kInboundOpenWait);
  one.establish("10.1.0.2", 65001);
}

// ---- what the listening sockets are told ----------------------------------------------------------------------------

TEST_CASE("the listener is told passwords and hops, by address and by range, and told again when they change") {
  PeerSettings with_key = neighbour("192.0.2.1", 65001);
  with_key.session.password = Secret("one");
  OneSpeaker one(with_ranges({range_of("198.51.100.0/24", 65001)}, {with_key, neighbour("192.0.2.2", 65001)}));
  REQUIRE(last_listen(one).guards.size() == 1);
  CHECK(last_listen(one).guards[0].range == prefix("192.0.2.1/32"));
  one.reconfigure(one.speaker.config());
  CHECK(one.count<output::Listen>() == 1);

  SpeakerConfig changed = one.speaker.config();
  changed.peers[0].change().session.password = Secret("two");
  changed.dynamic_peers[0].settings.session.ttl_security_hops = 2;
  one.reconfigure(changed);
  REQUIRE(last_listen(one).guards.size() == 2);
  CHECK(last_listen(one).guards[0].password == Secret("two"));
  CHECK(last_listen(one).guards[1].range == prefix("198.51.100.0/24"));
  CHECK(last_listen(one).guards[1].ttl_security_hops == 2);
  CHECK_FALSE(last_listen(one).hops_v4);

  for (auto& peer : changed.peers) peer.change().session.ttl_security_hops = 1;
  one.reconfigure(changed);
  CHECK(last_listen(one).hops_v4 == 2);
  CHECK_FALSE(last_listen(one).hops_v6);
}

TEST_CASE("a new password resets the session, and the log says why and not what") {
  PeerSettings with_key = neighbour("192.0.2.1", 65001);
  with_key.session.password = Secret("CANARY-one");
  OneSpeaker one(config_of({with_key}));
  ConnId conn = one.establish("192.0.2.1", 65001);
  with_key.session.password = Secret("CANARY-two");
  one.reconfigure(config_of({with_key}));
  CHECK(one.heard[conn.value].ends_with("NOTIFICATION 6/6"));
  std::string all;
  for (const Output& output : one.outputs)
    if (const auto* log = std::get_if<output::Log>(&output)) all += to_text(log->record) + "\n";
  CHECK(all.find("because=password") != std::string::npos);
  CHECK(all.find("CANARY") == std::string::npos);
}

TEST_CASE("TCP-AO: another key beside the old one is told to the connection and the listener; the session stays") {
  const AoKey old_key{1, 1, AoAlgorithm::HmacSha1_96, Secret("CANARY-1")}, new_key{2, 2, AoAlgorithm::HmacSha1_96, Secret("CANARY-2")};
  PeerSettings with_key = neighbour("192.0.2.1", 65001);
  with_key.session.tcp_ao = {old_key};
  OneSpeaker one(config_of({with_key, neighbour("192.0.2.2", 65002)}));
  ConnId conn = one.establish("192.0.2.1", 65001);
  one.establish("192.0.2.2", 65002);
  REQUIRE(last_listen(one).guards.size() == 1);
  CHECK(last_listen(one).guards[0].tcp_ao == AoKeys{old_key});

  SpeakerConfig changed = one.speaker.config();
  changed.peers[0].change().session.tcp_ao = {new_key, old_key};
  one.reconfigure(changed);
  REQUIRE(one.count<output::Rekey>() == 1);
  for (const Output& output : one.outputs) {
    const auto* rekey = std::get_if<output::Rekey>(&output);
    if (!rekey) continue;
    CHECK(rekey->conn == conn);
    CHECK(rekey->remote == ip("192.0.2.1"));
    CHECK(rekey->from == AoKeys{old_key});
    CHECK(rekey->to == AoKeys{new_key, old_key});
  }
  CHECK(last_listen(one).guards[0].tcp_ao == AoKeys{new_key, old_key});
  CHECK(one.peer("192.0.2.1").state == session::State::Established);

  changed.peers[0].change().session.tcp_ao = {{3, 3, AoAlgorithm::HmacSha1_96, Secret("CANARY-3")}};
  one.reconfigure(changed);
  CHECK(one.count<output::Rekey>() == 1);
  CHECK(one.heard[conn.value].ends_with("NOTIFICATION 6/6"));
  std::string all;
  for (const Output& output : one.outputs)
    if (const auto* log = std::get_if<output::Log>(&output)) all += to_text(log->record) + "\n";
  CHECK(all.find("because=\"TCP-AO keys\"") != std::string::npos);
  CHECK(all.find("CANARY") == std::string::npos);
}

TEST_CASE("TCP-AO: a dial has the chain with it") {
  PeerSettings dialled = neighbour("192.0.2.1", 65001);
  dialled.session.passive = false;
  dialled.session.tcp_ao = {{1, 2, AoAlgorithm::Aes128Cmac96, Secret("x")}};
  OneSpeaker one(config_of({dialled}));
  for (const Output& output : one.outputs)
    if (const auto* connect = std::get_if<output::Connect>(&output)) CHECK(connect->tcp_ao == dialled.session.tcp_ao);
  CHECK(one.count<output::Connect>() == 1);
}

TEST_CASE("what the rim knows of a failed dial stands beside it in status") {
  PeerSettings dialled = neighbour("192.0.2.1", 65001);
  dialled.session.passive = false;
  OneSpeaker one(config_of({dialled}));
  one.handle(input::ConnectFailed{ConnId{1}, "Connection timed out"});
  one.handle(input::ConnectHint{ip("192.0.2.1"), "TCP-MD5: segments with another password came"});
  CHECK(one.peer("192.0.2.1").last_fault.to_string() ==
        "Socket: Connection timed out (TCP-MD5: segments with another password came)");
  CHECK(one.logged("connect_hint") == 1);
}

// ---- the end ----------------------------------------------------------------------------------------------------------

TEST_CASE("a shutdown says nothing to those who agreed to graceful restart, unless it is for good") {
  for (bool keeps_routes : {true, false}) {
    OneSpeaker one(config_of({neighbour("192.0.2.1", 65001), neighbour("192.0.2.2", 65002)}));
    ConnId plain = one.establish("192.0.2.1", 65001);
    ConnId graceful = one.connect("192.0.2.2");
    wire::Open open;
    open.my_as = Asn{65002};
    open.identifier = BgpIdentifier{2};
    open.capabilities.four_octet_as = Asn{65002};
    open.capabilities.graceful_restart = wire::GracefulRestart{false, true, 120, FamilySet::both(), {}};
    one.say(graceful, wire::encode(open));
    one.say(graceful, wire::encode_keepalive());
    one.handle(input::Shutdown{"upgrade", keeps_routes});
    CHECK(one.count<output::Close>() == 2);  // each once: a second one would find the socket gone, and its last words unsaid
    CHECK(one.heard[plain.value].ends_with("NOTIFICATION 6/2"));
    CHECK((one.heard[graceful.value].find("NOTIFICATION") == std::string::npos) == keeps_routes);
  }
}

// An id is 16 bits, and one whose owner may still be named somewhere is not used again.
TEST_CASE("neighbours that come and go while a route flaps do not use up the ids of peers") {
  OneSpeaker one(with_ranges({range_of("192.0.2.0/24", 65001)}));
  ConnId flapping = one.establish("192.0.2.7", 65001);
  for (int i = 0; i < 9'000; ++i) {
    one.say(flapping, announcement("10.0.0.0/8", "02 01 0000fde9", i % 2 == 0 ? "80 04 04 00000001" : ""));
    ConnId conn = one.connect("192.0.2.8");
    one.handle(input::Closed{conn, "Connection closed"});
  }
  CHECK(peers_of(one) == "192.0.2.7");
  ConnId last = one.establish("192.0.2.9", 65001);
  one.say(last, announcement("11.0.0.0/8"));
  RoutePage page = one.speaker.routes(prefix("11.0.0.0/8"), 1, [](const Prefix&) { return true; });
  REQUIRE(page.routes.size() == 1);
  CHECK(page.routes[0].view.peer <= limits::kPeerIdsMax);
}

}  // namespace bgp::speaker
