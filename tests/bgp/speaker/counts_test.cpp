// What is counted of a peer's routes.
#include "one_speaker.h"

namespace bgp::speaker {
namespace {

const char* const kPeer = "192.0.2.1";
const char* const kOther = "192.0.2.2";
const char* const kSilent = "192.0.2.3";

TEST_CASE("updates, loops, filtered routes and withdraws are counted, those that change nothing as well") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001)});
  OneSpeaker one(config);
  ConnId conn = one.establish(kPeer, 65001);
  one.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
  one.say(conn, announcement("10.0.0.0/8"));
  one.say(conn, announcement("12.0.0.0/8", "02 02 0000fde9 0000fde8"));  // our own AS
  one.say(conn, announcement("127.0.0.0/8"));                            // a martian
  one.say(conn, withdrawal("10.0.0.0/8 99.0.0.0/8"));
  PeerSnapshot peer = one.speaker.snapshot(one.now).peers[0];
  CHECK(peer.imports[0].updates == 5);
  CHECK(peer.imports[0].loops == 1);
  CHECK(peer.imports[0].filtered == 1);
  CHECK(peer.imports[0].withdraws == 2);
  CHECK(peer.imports[1].updates == 0);
}

TEST_CASE("the table's paths are counted by who brought them, and a peer that was never up has none") {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001), neighbour(kOther, 65002), neighbour(kSilent, 65003)});
  OneSpeaker one(config);
  ConnId conn = one.establish(kPeer, 65001);
  ConnId other = one.establish(kOther, 65002);
  one.say(conn, announcement("10.0.0.0/8 11.0.0.0/8"));
  one.say(other, announcement("10.0.0.0/8", "02 02 0000fdea 0000fde9", "", "c0000202"));
  one.say(other, announcement("12.0.0.0/8", "02 02 0000fdea 0000fde8", "", "c0000202"));  // a loop
  one.handle(input::LocalRoutes{.added = {prefix("10.1.1.1/32")}, .removed = {}});
  TableCounts counts = one.speaker.table_counts(Family::IPv4);
  CHECK(counts.peers[ip(kPeer)].accepted == 2);
  CHECK(counts.peers[ip(kPeer)].selected == 2);
  CHECK(counts.peers[ip(kOther)].accepted == 1);
  CHECK(counts.peers[ip(kOther)].rejected == 1);
  CHECK(counts.peers[ip(kOther)].selected == 0);
  CHECK(counts.peers[ip(kSilent)].accepted == 0);
  CHECK(counts.peers[ip(kSilent)].selected == 0);
  CHECK(counts.kernel.selected == 1);
  CHECK(counts.all.accepted == 4);
  CHECK(counts.all.selected == 3);
  CHECK(counts.prefixes == 3);
  CHECK(counts.rejected_prefixes == 1);
  CHECK(one.speaker.table_counts(Family::IPv6).all.accepted == 0);
}

TEST_CASE("while End-of-RIB is held back after a restart, the snapshot says until when") {
  FamilySet kept = FamilySet::both();
  OneSpeaker one(config_of({neighbour(kPeer, 65001)}), false, kept);
  CHECK(one.speaker.snapshot(one.now).recovering_until == one.now + limits::kSelectionDeferral);
  one.wait(limits::kSelectionDeferral + 1s);
  CHECK(!one.speaker.snapshot(one.now).recovering_until);
}

}  // namespace
}  // namespace bgp::speaker
