// However TCP cuts the stream, and in whatever order a peer writes its attributes, the routes are the same.
#include "one_speaker.h"

namespace bgp::speaker {
namespace {

const char* const kPeer = "192.0.2.1";

Bytes a_stream() {
  Bytes stream = announcement("10.0.0.0/8 11.0.0.0/8", "02 02 0000fde9 0000000a");
  for (const Bytes& more : {wire::encode_keepalive(), announcement("12.0.0.0/8", "02 01 0000fde9", "80 04 04 00000005"),
                            withdrawal("11.0.0.0/8"), announcement("10.0.0.0/8", "02 01 0000fde9", "c0 08 03 000102"),
                            announcement("13.0.0.0/8")})
    stream.insert(stream.end(), more.begin(), more.end());
  return stream;
}

// What there is to see after the pieces came, one after another.
std::string seen_after(const std::vector<Bytes>& pieces) {
  OneSpeaker one(config_of({neighbour(kPeer, 65001)}));
  ConnId conn = one.establish(kPeer, 65001);
  for (const Bytes& piece : pieces) one.say(conn, piece);
  PeerSnapshot peer = one.peer(kPeer);
  return one.routes() + " " + std::to_string(peer.counters.updates_in) + " " + std::to_string(peer.ipv4.accepted) + " " +
         std::to_string(peer.malformed.total.treated_as_withdraw) + " " + one.heard[conn.value];
}

TEST_CASE("fault 8: a stream cut at every octet makes the same routes") {
  Bytes stream = a_stream();
  std::string whole = seen_after({stream});
  CHECK(whole.starts_with("12.0.0.0/8 best 192.0.2.1; 13.0.0.0/8 best 192.0.2.1 5 2 1 "));
  for (size_t at = 1; at < stream.size(); ++at) {
    INFO("cut at " << at);
    auto middle = stream.begin() + static_cast<std::ptrdiff_t>(at);
    CHECK(seen_after({Bytes(stream.begin(), middle), Bytes(middle, stream.end())}) == whole);
  }
}

TEST_CASE("fault 8: octet by octet, too") {
  std::vector<Bytes> octets;
  for (uint8_t octet : a_stream()) octets.push_back({octet});
  CHECK(seen_after(octets) == seen_after({a_stream()}));
}

TEST_CASE("fault 8: a hundred messages in one segment are a hundred messages") {
  Bytes segment;
  std::vector<Bytes> single;
  for (int n = 0; n < 100; ++n) {
    single.push_back(announcement("10." + std::to_string(n) + ".0.0/16"));
    segment.insert(segment.end(), single.back().begin(), single.back().end());
  }
  CHECK(seen_after({segment}) == seen_after(single));
}

// A 2-octet peer 65001 behind which are AS 70000 and 80000.
TEST_CASE("fault 17: AS4_PATH makes the path whole wherever it stands, and a malformed one is left out") {
  struct Row {
    const char* attributes;
    const char* path;
  };
  const char* const origin_and_next_hop = "40 01 01 00 40 03 04 c0000201";
  const Row rows[] = {
      {"40 02 08 02 03 fde9 5ba0 5ba0 c0 11 0a 02 02 00011170 00013880", "65001 70000 80000"},
      {"c0 11 0a 02 02 00011170 00013880 40 02 08 02 03 fde9 5ba0 5ba0", "65001 70000 80000"},
      {"c0 11 0a 02 09 00011170 00013880 40 02 08 02 03 fde9 5ba0 5ba0", "65001 23456 23456"},
      {"c0 11 12 02 04 00011170 00013880 00000001 00000002 40 02 08 02 03 fde9 5ba0 5ba0", "65001 23456 23456"},
  };
  for (const Row& row : rows) {
    INFO(row.attributes);
    OneSpeaker one(config_of({neighbour(kPeer, 65001)}));
    ConnId conn = one.connect(kPeer);
    wire::Open old;  // no capability at all
    old.my_as = Asn{65001};
    old.identifier = BgpIdentifier{1};
    one.say(conn, wire::encode(old));
    one.say(conn, wire::encode_keepalive());
    Bytes attributes = hex(std::string(row.attributes) + origin_and_next_hop);
    one.say(conn, message(wire::MessageType::Update, update_body({}, attributes, nlri("10.0.0.0/8"))));
    RoutePage page = one.speaker.routes(std::nullopt, 10, [](const Prefix&) { return true; });
    REQUIRE(page.routes.size() == 1);
    CHECK(wire::as_path_text(page.routes[0].attributes) == row.path);
  }
}

}  // namespace
}  // namespace bgp::speaker
