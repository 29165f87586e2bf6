// We restart, or stop (RFC 4724 §4.1).
#include "restarts.h"

namespace bgp::speaker {
namespace {

const session::Negotiated& agreed(const Restarts& r, PeerSnapshot& room) {
  room = r.peer(kPeer);
  return *room.negotiated;
}

TEST_CASE("RFC 4724 §4.1: routes in the kernel make R and F until we have converged; then F alone, of every family") {
  Restarts r(config_of({neighbour(kPeer, 65001)}), true, FamilySet::of(kV4));
  ConnId conn = r.up();
  PeerSnapshot room;
  CHECK(agreed(r, room).our_open.capabilities.graceful_restart->restarting);
  CHECK(agreed(r, room).our_open.capabilities.graceful_restart->forwarding == FamilySet::of(kV4));
  r.end_of_rib(conn);
  CHECK(r.count<output::Converged>() == 1);
  r.lose(conn);
  r.up();
  CHECK_FALSE(agreed(r, room).our_open.capabilities.graceful_restart->restarting);
  CHECK(agreed(r, room).our_open.capabilities.graceful_restart->forwarding == FamilySet::both());
}

int updates(const Restarts& r, ConnId conn) {
  int n = 0;
  const std::string& heard = r.heard.at(conn.value);
  for (size_t at = heard.find("UPDATE"); at != std::string::npos; at = heard.find("UPDATE", at + 1)) ++n;
  return n;
}

TEST_CASE("RFC 4724 §4.1: our block is told at once, End-of-RIB when those who do not restart have said theirs") {
  SpeakerConfig config = two_peers();
  config.own_blocks = {prefix("10.1.0.0/26")};
  Restarts r(config, false, FamilySet::both());
  ConnId conn = r.up();
  ConnId other = r.establish(kOther, 65002, open_of({}));
  CHECK(updates(r, conn) == 1);
  r.end_of_rib(conn);
  r.say(other, announcement("10.0.0.0/8", "02 01 0000fdea", "", "c0000202"));
  CHECK(updates(r, conn) == 2);
  r.end_of_rib(other);
  CHECK(updates(r, conn) == 4);
  CHECK(r.count<output::Converged>() == 1);
}

TEST_CASE("two speakers that restart do not wait for each other's End-of-RIB; the FIB is swept when both have said it") {
  Restarts r(config_of({neighbour(kPeer, 65001)}), false, FamilySet::both());
  ConnId conn = r.up({.restarting = true});
  CHECK(updates(r, conn) == 2);
  CHECK(r.count<output::Converged>() == 0);
  r.end_of_rib(conn);
  CHECK(r.count<output::Converged>() == 1);
}

TEST_CASE("a peer without graceful restart, or one that is away, does not keep the others from their End-of-RIB") {
  Restarts r(two_peers(), false, FamilySet::both());
  ConnId conn = r.up();
  r.end_of_rib(conn);
  CHECK(updates(r, conn) == 0);  // the other one may be there any moment
  SUBCASE("away") {
    r.wait(5s);
    CHECK(updates(r, conn) == 2);
  }
  SUBCASE("without") {
    r.establish(kOther, 65002);
    CHECK(updates(r, conn) == 2);
    CHECK(r.count<output::Converged>() == 0);
  }
}

TEST_CASE("limits::kSelectionDeferral bounds how long our End-of-RIB waits for theirs") {
  Restarts r(config_of({neighbour(kPeer, 65001)}), false, FamilySet::both());
  ConnId conn = r.up();
  for (int i = 0; i < 4; ++i) {
    r.wait(29s);
    r.say(conn, wire::encode_keepalive());
  }
  CHECK(updates(r, conn) == 0);
  r.wait(4s);
  CHECK(updates(r, conn) == 2);
}

TEST_CASE("a speaker that does not restart says End-of-RIB at once") {
  Restarts r;
  CHECK(updates(r, r.up()) == 2);
}

TEST_CASE("fault 4: a stop leaves without a word those who keep our routes, and says 6/2 to the others") {
  Restarts r;
  ConnId conn = r.up(), other = r.establish(kOther, 65002);
  r.outputs.clear();
  std::string heard = r.heard[conn.value];
  r.handle(input::Shutdown{"bye"});
  CHECK(r.count<output::Close>() == 2);
  CHECK(r.heard[conn.value] == heard);
  CHECK(r.heard[other.value].ends_with("NOTIFICATION 6/2"));
  CHECK(r.logged("session_left") == 1);
}

}  // namespace
}  // namespace bgp::speaker
