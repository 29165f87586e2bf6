// Peers that read nothing, or speak one octet at a time: their own session pays, nobody else's (virtual time).
#include <doctest/doctest.h>

#include "bgp/base/limits.h"
#include "one_speaker.h"

namespace bgp::speaker {
namespace {

// One octet a second, until the connection is closed or `bytes` is said. Returns how long it took.
Duration trickle(OneSpeaker& one, ConnId conn, const Bytes& bytes) {
  Instant start = one.now;
  int closes = one.count<output::Close>();
  for (uint8_t byte : bytes) {
    one.say(conn, Bytes{byte});
    one.wait(1s);
    if (one.count<output::Close>() != closes) break;
  }
  return one.now - start;
}

Bytes keepalives(int count) {
  Bytes bytes;
  for (int i = 0; i < count; ++i) bytes = tests::support::operator+(bytes, wire::encode_keepalive());
  return bytes;
}

}  // namespace

TEST_CASE("RFC 9687: a peer that reads nothing is let go after the send hold, and another does not notice") {
  PeerSettings deaf = neighbour("192.0.2.1", 65001);
  PeerSettings well = neighbour("192.0.2.2", 65002);
  for (PeerSettings* peer : {&deaf, &well}) peer->session.hold_time_s = 9;
  deaf.session.send_hold_time_s = 10;
  OneSpeaker one(config_of({deaf, well}));
  ConnId deaf_conn = one.establish("192.0.2.1", 65001);
  ConnId well_conn = one.establish("192.0.2.2", 65002);
  one.deaf.insert(deaf_conn.value);
  for (int second = 1; second <= 12; ++second) {
    one.wait(1s);
    one.say(deaf_conn, wire::encode_keepalive());
    one.say(well_conn, wire::encode_keepalive());
    one.say(well_conn, announcement("10." + std::to_string(second) + ".0.0/16", "02 01 0000fdea"));
    CHECK(one.peer("192.0.2.1").state == (second < 10 ? session::State::Established : session::State::Idle));
    CHECK(one.peer("192.0.2.2").ipv4.accepted == static_cast<uint64_t>(second));
  }
  CHECK(one.peer("192.0.2.1").last_fault.to_string() == "BGP Error: Send hold timer expired");
  CHECK(one.peer("192.0.2.2").counters.flaps == 0);
}

TEST_CASE("a peer that says its OPEN one octet a second has 15 s for it") {
  OneSpeaker one(config_of({neighbour("192.0.2.1", 65001)}));
  ConnId conn = one.connect("192.0.2.1");
  wire::Open open;
  open.my_as = Asn{65001};
  open.identifier = BgpIdentifier{1};
  CHECK(trickle(one, conn, wire::encode(open)) == limits::kInboundOpenWait);
  CHECK(one.heard[conn.value] == "OPEN NOTIFICATION 4/0");
}

TEST_CASE("an Established peer that speaks one octet a second lives as long as whole messages come in time") {
  PeerSettings slow = neighbour("192.0.2.1", 65001);
  slow.session.hold_time_s = 30;
  OneSpeaker one(config_of({slow}));
  ConnId conn = one.establish("192.0.2.1", 65001);
  CHECK(trickle(one, conn, keepalives(10)) == 190s);
  CHECK(one.peer("192.0.2.1").state == session::State::Established);
  Bytes long_one = announcement("10.0.0.0/8", "02 01 0000fde9");
  CHECK(trickle(one, conn, long_one) == 29s);  // the last KEEPALIVE came a second before
  CHECK(one.heard[conn.value].ends_with("NOTIFICATION 4/0"));
}

}  // namespace bgp::speaker
