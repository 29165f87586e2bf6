// What a peer says wrongly: NOTIFICATION where the stream or the session cannot be saved, treat-as-withdraw where it can.
#include "one_speaker.h"

namespace bgp::speaker {
namespace {

const char* const kPeer = "192.0.2.1";

OneSpeaker with_one_peer() { return OneSpeaker(config_of({neighbour(kPeer, 65001)})); }

Bytes open_bytes(uint32_t as, uint16_t hold_time_s, uint32_t identifier) {
  wire::Open open;
  open.my_as = Asn{as};
  open.hold_time_s = hold_time_s;
  open.identifier = BgpIdentifier{identifier};
  open.capabilities.four_octet_as = Asn{as};
  return wire::encode(open);
}
Bytes with_octet(Bytes bytes, size_t at, uint8_t value) {
  bytes[at] = value;
  return bytes;
}

TEST_CASE("RFC 4271 §6.1, §6.2: what is wrong before the session is up is answered and closed") {
  const Bytes good = open_bytes(65001, 90, 1);
  struct Row {
    const char* what;
    Bytes bytes;
    const char* answer;
  };
  const Row rows[] = {
      {"a broken marker", with_octet(good, 3, 0), "OPEN NOTIFICATION 1/1"},
      {"a length below 19", with_octet(good, 17, 18), "OPEN NOTIFICATION 1/2"},
      {"a length beyond 4096", with_octet(good, 16, 0x11), "OPEN NOTIFICATION 1/2"},
      {"an unknown type", with_octet(wire::encode_keepalive(), 18, 9), "OPEN NOTIFICATION 1/3"},
      {"version 3", with_octet(good, 19, 3), "OPEN NOTIFICATION 2/1"},
      {"another AS", open_bytes(65002, 90, 1), "OPEN NOTIFICATION 2/2"},
      {"identifier 0", open_bytes(65001, 90, 0), "OPEN NOTIFICATION 2/3"},
      {"hold time 2", open_bytes(65001, 2, 1), "OPEN NOTIFICATION 2/6"},
      {"an UPDATE before the OPEN", withdrawal("10.0.0.0/8"), "OPEN NOTIFICATION 5/1"},
      {"a KEEPALIVE before the OPEN", wire::encode_keepalive(), "OPEN NOTIFICATION 5/1"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    OneSpeaker one = with_one_peer();
    ConnId conn = one.connect(kPeer);
    one.say(conn, row.bytes);
    CHECK(one.heard[conn.value] == row.answer);
    CHECK(one.count<output::Close>() == 1);
    CHECK(one.peer(kPeer).state == session::State::Idle);
    CHECK(one.logged("notification_sent") == 1);
  }
}

TEST_CASE("RFC 4271 §6.3: an UPDATE whose fields do not add up ends the session, and its routes go") {
  OneSpeaker one = with_one_peer();
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8"));
  CHECK(one.routes() == "10.0.0.0/8 best 192.0.2.1");
  one.say(conn, message(wire::MessageType::Update, hex("00 ff 00 00")));
  CHECK(one.heard[conn.value] == "OPEN KEEPALIVE UPDATE UPDATE NOTIFICATION 3/1");
  CHECK(one.routes() == "");
  CHECK(one.peer(kPeer).counters.flaps == 1);
}

TEST_CASE("an UPDATE with a prefix of 33 bits ends the session with 3/10") {
  OneSpeaker one = with_one_peer();
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, message(wire::MessageType::Update, hex("0006 21 0a000000 00 0000")));
  CHECK(one.heard[conn.value] == "OPEN KEEPALIVE UPDATE UPDATE NOTIFICATION 3/10");
}

TEST_CASE("RFC 7606: a malformed attribute withdraws its routes, the session stays, and it is counted") {
  OneSpeaker one = with_one_peer();
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
  one.say(conn, announcement("10.0.0.0/8", "02 01 0000fde9", "c0 08 03 000102"));  // 3 octets of communities
  CHECK(one.routes() == "11.0.0.0/8 best 192.0.2.1");
  PeerSnapshot peer = one.peer(kPeer);
  CHECK(peer.state == session::State::Established);
  CHECK(peer.malformed.total == FaultCounts{1, 0, 0});
  CHECK(peer.malformed.by_attribute == std::map<uint8_t, FaultCounts>{{8, {1, 0, 0}}});
  CHECK(peer.malformed.last.starts_with("attribute 8 COMMUNITIES: "));
  CHECK(peer.malformed.last_bytes == hex("c0 08 03 000102"));
  CHECK(one.logged("malformed_update") == 1);
}

TEST_CASE("faults are counted by attribute, and those that reset the session too") {
  OneSpeaker one = with_one_peer();
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8", "02 01 0000fde9", "c0 07 01 00 c0 08 01 00"));  // two in one message
  one.say(conn, announcement("10.0.0.0/8", "02 01 0000fde9", "c0 08 01 00"));
  one.say(conn, message(wire::MessageType::Update, hex("0000 0005 80 0f 02 0002")));
  MalformedCounts malformed = one.peer(kPeer).malformed;
  CHECK(malformed.by_attribute == std::map<uint8_t, FaultCounts>{{7, {0, 1, 0}}, {8, {2, 0, 0}}, {15, {0, 0, 1}}});
  CHECK(malformed.total == FaultCounts{2, 1, 1});
  CHECK(malformed.last.starts_with("attribute 15 MP_UNREACH_NLRI: "));
  CHECK(malformed.last_bytes == hex("80 0f 02 0002"));
  CHECK(malformed.last_at == one.now);
}

TEST_CASE("of a message that resets the session for no one attribute, the first octets of the body are kept") {
  OneSpeaker one = with_one_peer();
  ConnId conn = one.establish(kPeer, 65001);
  Bytes body = tests::support::operator+(hex("ffff"), Bytes(limits::kFaultBytesMax, 0xaa));
  one.say(conn, message(wire::MessageType::Update, body));
  MalformedCounts malformed = one.peer(kPeer).malformed;
  CHECK(malformed.by_attribute == std::map<uint8_t, FaultCounts>{{0, {0, 0, 1}}});
  CHECK(malformed.last_bytes == Bytes(body.begin(), body.begin() + limits::kFaultBytesMax));
}

TEST_CASE("a flood of malformed messages is one line a second, with its number") {
  OneSpeaker one = with_one_peer();
  ConnId conn = one.establish(kPeer, 65001);
  Bytes bad = announcement("10.0.0.0/8", "02 01 0000fde9", "c0 08 03 000102");
  for (int i = 0; i < 100; ++i) one.say(conn, bad);
  CHECK(one.logged("malformed_update") == 1);
  one.wait(1s);
  one.say(conn, bad);
  CHECK(one.logged("malformed_update") == 2);
  CHECK(one.peer(kPeer).malformed.total.treated_as_withdraw == 101);
}

TEST_CASE("loops, our own next hop and martians are kept, named and not used") {
  struct Row {
    const char* what;
    Bytes bytes;
    const char* routes;
  };
  const Row rows[] = {
      {"our AS in the path", announcement("10.0.0.0/8", "02 02 0000fde9 0000fde8"),
       "10.0.0.0/8 192.0.2.1, our own AS is in the path"},
      {"our address as the next hop", announcement("10.0.0.0/8", "02 01 0000fde9", "", "c00002fe"),
       "10.0.0.0/8 192.0.2.1, the next hop is ourselves"},
      {"a martian", announcement("127.0.0.0/8"), "127.0.0.0/8 192.0.2.1, rejected by the import policy"},
      {"a default route is none", announcement("0.0.0.0/0"), "0.0.0.0/0 best 192.0.2.1"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    OneSpeaker one = with_one_peer();
    ConnId conn = one.establish(kPeer, 65001);
    one.say(conn, row.bytes);
    CHECK(one.routes() == row.routes);
    CHECK(one.peer(kPeer).ipv4.received == 1);
  }
}

TEST_CASE("RFC 4456 §8: a route that we originated, or that passed our cluster, is kept and not used") {
  struct Row {
    const char* more;
    const char* reason;
  };
  const Row rows[] = {{"80 09 04 00000063", "we are the originator"},
                      {"80 09 04 00000001 80 0a 08 00000005 00000063", "our cluster is in the cluster list"}};
  for (const Row& row : rows) {
    OneSpeaker one(config_of({neighbour(kPeer, 65000)}));
    ConnId conn = one.establish(kPeer, 65000);
    one.say(conn, announcement("10.0.0.0/8", "02 01 0000fde9", std::string("40 05 04 00000064") + row.more));
    CHECK(one.routes() == std::string("10.0.0.0/8 192.0.2.1, ") + row.reason);
  }
}

TEST_CASE("the martian test on the hot path agrees with policy::reject_martians()") {
  OneSpeaker one = with_one_peer();
  ConnId conn = one.establish(kPeer, 65001);
  const char* const texts[] = {"0.0.0.0/0",  "0.0.0.0/1",   "0.0.0.0/7",  "0.0.0.0/8",   "0.1.0.0/16",  "126.0.0.0/7",
                               "127.0.0.0/8", "127.1.0.0/16", "128.0.0.0/1", "192.0.0.0/3", "224.0.0.0/3", "224.0.0.0/4",
                               "240.0.0.0/4", "255.0.0.0/8", "223.0.0.0/8"};
  for (const char* text : texts) {
    INFO(text);
    one.say(conn, announcement(text));
    bool is_accepted = policy::reject_martians()->evaluate(prefix(text)) == policy::Verdict::Accept;
    CHECK(one.peer(kPeer).ipv4.accepted == (is_accepted ? 1 : 0));
    one.say(conn, withdrawal(text));
  }
  const char* const texts6[] = {"::/0", "::/127", "::/128", "::1/128", "::2/128", "fe00::/7", "fe80::/9", "fe80::/10",
                                "fe80::1/128", "fec0::/10", "ff00::/7", "ff00::/8", "ff02::/16", "2001:db8::/32"};
  for (const char* text : texts6) {
    if (!Prefix::parse(text)) continue;
    INFO(text);
    Bytes mp = hex("0002 01 10 20010db8000000000000000000000001 00");
    wire::append_nlri(mp, prefix(text));
    Bytes attributes;
    wire::append_attribute(attributes, wire::flag::kOptional, 14, mp);
    attributes = tests::support::operator+(attributes, hex("40 01 01 00 40 02 06 02 01 0000fde9"));
    one.say(conn, message(wire::MessageType::Update, update_body({}, attributes, {})));
    bool is_accepted = policy::reject_martians()->evaluate(prefix(text)) == policy::Verdict::Accept;
    CHECK(one.peer(kPeer).ipv6.received == 1);
    CHECK(one.peer(kPeer).ipv6.accepted == (is_accepted ? 1 : 0));
    Bytes gone = hex("0002 01");
    wire::append_nlri(gone, prefix(text));
    attributes.clear();
    wire::append_attribute(attributes, wire::flag::kOptional, 15, gone);
    one.say(conn, message(wire::MessageType::Update, update_body({}, attributes, {})));
  }
}

TEST_CASE("a connection from a stranger is closed without a word") {
  OneSpeaker one = with_one_peer();
  ConnId conn = one.connect("192.0.2.77");
  CHECK(one.heard[conn.value] == "");
  CHECK(one.count<output::Close>() == 1);
  CHECK(one.logged("connection_turned_away") == 1);
}

TEST_CASE("whatever octets come, nothing asserts, and what follows an error is not read") {
  Prng chance(5);
  for (int run = 0; run < 300; ++run) {
    INFO("run " << run);
    OneSpeaker one = with_one_peer();
    ConnId conn = one.establish(kPeer, 65001);
    Bytes bytes = announcement("10.0.0.0/8 11.0.0.0/8", "02 01 0000fde9", "80 04 04 00000001");
    for (uint64_t flips = 1 + chance.below(6); flips > 0; --flips)
      bytes[16 + chance.below(bytes.size() - 16)] = static_cast<uint8_t>(chance.next());
    one.say(conn, bytes);
    one.say(conn, bytes);
    one.wait(1s);
    const std::string& heard = one.heard[conn.value];
    size_t notification = heard.find("NOTIFICATION");
    CHECK((notification == std::string::npos) == (one.speaker.snapshot(one.now).peers[0].state == session::State::Established));
    if (notification == std::string::npos) continue;
    CHECK(heard.find("NOTIFICATION", notification + 1) == std::string::npos);  // the second message was not read
    auto all = [](const Prefix&) { return true; };
    CHECK(one.speaker.routes({}, 10, all).routes.empty());
  }
}

TEST_CASE("limits::kPathsPerPeerMax: paths that are not taken are counted for the peer, and named in the log once in a while") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001)});
  config.peers[0].change().session.add_path.receive = true;
  OneSpeaker one(config);
  ConnId conn = one.establish(kPeer, 65001, [](wire::Capabilities& c) { c.add_path_send = FamilySet::both(); });
  auto say = [&](uint32_t path_id) {
    Bytes prefix;
    ByteWriter(prefix).u32(path_id);
    prefix.insert(prefix.end(), {8, 10});
    Bytes attributes = hex("40 01 01 00 40 02 06 02 01 0000fde9 40 03 04 c0000201");
    one.say(conn, message(wire::MessageType::Update, update_body({}, attributes, prefix)));
  };
  for (uint32_t id = 1; id <= limits::kPathsPerPeerMax; ++id) say(id);
  CHECK(one.peer(kPeer).refused_paths == 0);
  for (uint32_t id = 1000; id < 1005; ++id) say(id);
  CHECK(one.peer(kPeer).refused_paths == 5);
  CHECK(one.peer(kPeer).ipv4.received == limits::kPathsPerPeerMax);
  CHECK(one.logged("paths_refused") == 1);
  one.wait(limits::kRefusedLogInterval);
  say(2000);
  CHECK(one.logged("paths_refused") == 2);
  CHECK(one.peer(kPeer).refused_paths == 6);
}

}  // namespace
}  // namespace bgp::speaker
