// Anything may happen in any order, sent by a peer that means harm: what a Peer promises its caller still holds.
#include <doctest/doctest.h>

#include <set>

#include "session_support.h"

namespace bgp::session {
namespace {

// The caller's books: which connections are open, which is up.
struct Books {
  std::set<uint32_t> open;
  std::optional<uint32_t> up;

  void carry_out(const ActionList& actions) {
    for (const Action& action : actions) std::visit(*this, action);
    REQUIRE(open.size() <= 2);
  }
  void operator()(const action::Connect& a) { REQUIRE(open.insert(a.conn.value).second); }
  void operator()(const action::Send& a) { REQUIRE(open.contains(a.conn.value)); }
  void operator()(const action::Close& a) { REQUIRE(open.erase(a.conn.value) == 1); }
  void operator()(const action::Up& a) {
    REQUIRE_FALSE(up.has_value());
    REQUIRE(open.contains(a.conn.value));
    up = a.conn.value;
  }
  void operator()(const action::Down& a) {
    REQUIRE(up == a.conn.value);
    up.reset();
  }
  void operator()(const action::RefreshRequested&) { REQUIRE(up.has_value()); }
  void operator()(const action::RefreshMarked&) { REQUIRE(up.has_value()); }
  void operator()(const action::Log& a) { REQUIRE(a.record.peer == "192.0.2.2"); }
};

Message random_message(Prng& chance) {
  wire::Open open = neighbours_open(BgpIdentifier{static_cast<uint32_t>(chance.below(3)) + 1});
  if (chance.below(10) == 0) open.my_as = Asn{1};
  switch (chance.below(12)) {
    case 0: return UpdateMessage{};
    case 1: return wire::cease(wire::CeaseReason::ConnectionCollisionResolution);
    case 2: return wire::RouteRefresh{};
    case 3:
    case 4:
    case 5:
    case 6: return KeepaliveMessage{};
    default: return open;
  }
}

uint32_t pick(const std::set<uint32_t>& open, Prng& chance) {
  if (open.empty() || chance.below(20) == 0) return static_cast<uint32_t>(chance.below(2000));
  return *std::next(open.begin(), static_cast<long>(chance.below(open.size())));
}

void something_happens(World& world, Books& books, Prng& chance, uint32_t& next_accepted) {
  uint32_t conn = pick(books.open, chance);
  switch (chance.below(20)) {
    case 0: world.start(); break;
    case 1: if (chance.below(10) == 0) world.stop(); else world.start(); break;
    case 2: if (chance.below(10) == 0) world.reset(wire::cease(wire::CeaseReason::AdministrativeReset)); break;
    case 3:
    case 4:
    case 5: {
      // Three may be open for a moment: the peer's answer says which one goes.
      uint32_t newcomer = next_accepted++;
      books.open.insert(newcomer);
      world.accepted(newcomer);
      break;
    }
    case 6: books.open.erase(conn); world.closed(conn); break;
    case 7: world.connected(conn); break;
    case 8: world.bad_message(conn, wire::bad_marker()); break;
    case 9: world.pass(Duration(static_cast<Duration::rep>(chance.below(40'000'000'000)))); break;
    default: world.received(conn, random_message(chance));
  }
}

}  // namespace

TEST_CASE("whatever happens: two connections at most, one session at most, and no action on what is closed") {
  uint64_t sessions = 0;
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    Prng chance(seed);
    World world;
    Books books;
    uint32_t next_accepted = 1000;
    for (int i = 0; i < 400; ++i) {
      world.last.clear();
      something_happens(world, books, chance, next_accepted);
      books.carry_out(world.last);
      REQUIRE(world.peer.connection().has_value() == books.up.has_value());
      if (books.up) REQUIRE(world.peer.is_established(ConnId{*books.up}));
      world.pass(0s);
      books.carry_out(world.last);
      REQUIRE(world.peer.next_deadline() > world.now);
    }
    sessions += world.peer.counters().flaps;
  }
  CHECK(sessions > 500);  // or this test would not have tested much
}

}  // namespace bgp::session
