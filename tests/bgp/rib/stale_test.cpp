// Stale paths: RFC 4724 §4.2, RFC 7313 §4, RFC 9494 §4.2 and §4.3; and what a restarting speaker says last (§4.1).
#include "rib_world.h"

namespace bgp::rib {
namespace {

constexpr Family kV4 = Family::IPv4;

// p1, p2: eBGP; p3: iBGP, knows LLGR; p4: iBGP, does not.
struct Four {
  World world;
  Four() {
    for (PeerId id = 1; id <= 4; ++id) world.add(id, id <= 2 ? "ebgp" : "client");
    world.peer(3).key.target.takes_llgr_stale = true;
    for (PeerId id = 1; id <= 4; ++id) world.up(id);
    settle();
  }
  Rib& rib() { return world.rib(); }
  void settle() {
    world.decide_all();
    world.read_all();
  }
  // "10.0.0.0/8 via p1 (only path)"
  std::string best(const char* text) {
    std::vector<PathView> paths = rib().paths(prefix(text));
    if (paths.empty() || !paths[0].is_best) return "none";
    return "p" + std::to_string(paths[0].peer) + " (" + to_string(paths[0].step) + ")";
  }
  std::string counts(PeerId id) {
    return std::to_string(rib().path_count(id, kV4)) + " paths, " + std::to_string(rib().stale_count(id, kV4)) + " stale";
  }
  bool holds(PeerId id, const char* text) { return world.peer(id).table.contains({prefix(text), 0}); }
};

TEST_CASE("a stale path is used and told as before, and nobody is told anything about it") {
  Four four;
  four.world.learn(1, prefix("10.0.0.0/8"));
  four.settle();
  size_t told = four.world.peer(2).everything.size();
  four.rib().mark_stale(1, kV4);
  four.settle();
  CHECK(four.counts(1) == "1 paths, 1 stale");
  CHECK(four.best("10.0.0.0/8") == "p1 (only path)");
  CHECK(four.world.peer(2).everything.size() == told);
}

TEST_CASE("RFC 4724 §4.2: what is said again stays, with new attributes or the same; the rest goes with the sweep") {
  Four four;
  for (const char* text : {"10.0.0.0/8", "11.0.0.0/8", "12.0.0.0/8"}) four.world.learn(1, prefix(text));
  four.world.learn(2, prefix("12.0.0.0/8"), "path 64515,64516");
  four.settle();
  size_t told = four.world.peer(3).everything.size();
  four.rib().mark_stale(1, kV4);
  four.world.learn(1, prefix("10.0.0.0/8"));
  four.settle();
  CHECK(four.world.peer(3).everything.size() == told);  // the same once more is no news
  four.world.learn(1, prefix("11.0.0.0/8"), "path 64513 med 7");
  CHECK(four.counts(1) == "3 paths, 1 stale");
  four.rib().sweep_stale(1, kV4);
  four.settle();
  CHECK(four.counts(1) == "2 paths, 0 stale");
  CHECK(four.best("10.0.0.0/8") == "p1 (only path)");
  CHECK(four.best("12.0.0.0/8") == "p2 (only path)");
  four.world.peer(1).announced.erase({prefix("12.0.0.0/8"), 0});
  four.world.check_level("swept");
}

TEST_CASE("a withdrawal ends a stale path like any other; another peer's paths and the other family are not touched") {
  Four four;
  four.world.learn(1, prefix("10.0.0.0/8"));
  four.world.learn(2, prefix("10.0.0.0/8"));
  four.world.learn(1, prefix("2001:db8::/32"));
  four.rib().mark_stale(1, kV4);
  CHECK(four.rib().stale_count(1, Family::IPv6) == 0);
  CHECK(four.counts(2) == "1 paths, 0 stale");
  four.world.withdraw(1, prefix("10.0.0.0/8"));
  CHECK(four.counts(1) == "0 paths, 0 stale");
  four.rib().sweep_stale(1, kV4);
  CHECK(four.counts(2) == "1 paths, 0 stale");
}

TEST_CASE("rejected paths become stale and are swept as well, and every count stays true") {
  Four four;
  four.world.learn(1, prefix("10.0.0.0/8"), attributes("path 64513"), World::next_hop_of(1, kV4), Rejection::Policy);
  four.rib().mark_stale(1, kV4);
  CHECK(four.counts(1) == "1 paths, 1 stale");
  CHECK(four.rib().rejected_count(1, kV4) == 1);
  four.rib().mark_stale(1, kV4);  // twice is once
  four.rib().sweep_stale(1, kV4);
  CHECK(four.counts(1) == "0 paths, 0 stale");
  CHECK(four.rib().rejected_count(1, kV4) == 0);
}

// ---- RFC 9494 -----------------------------------------------------------------------------------------------------

TEST_CASE("RFC 9494 §4.2: long-lived stale paths get LLGR_STALE, those with NO_LLGR go") {
  Four four;
  four.world.learn(1, prefix("10.0.0.0/8"), "path 64513 no-export");
  four.world.learn(1, prefix("11.0.0.0/8"), "path 64513 no-llgr");
  four.world.learn(1, prefix("12.0.0.0/8"), "path 64513 llgr-stale");
  four.settle();
  four.rib().mark_stale(1, kV4);
  four.rib().make_long_lived(1, kV4);
  four.settle();
  CHECK(four.counts(1) == "2 paths, 2 stale");
  CHECK(four.world.peer(3).table.at({prefix("10.0.0.0/8"), 0}).attributes == attributes("path 64513 no-export llgr-stale lp 100"));
  CHECK(four.world.peer(3).table.at({prefix("12.0.0.0/8"), 0}).attributes == attributes("path 64513 llgr-stale lp 100"));
  CHECK_FALSE(four.holds(3, "11.0.0.0/8"));
}

TEST_CASE("RFC 9494 §4.2: what policy edited becomes long-lived, and so does what it was made from") {
  Four four;
  AttrStore& attrs = four.rib().attrs();
  four.world.learn(1, prefix("10.0.0.0/8"));
  AttrId edited = attrs.intern_edited(attributes("path 64513 lp 7"), four.rib().paths(prefix("10.0.0.0/8"))[0].attr);
  four.rib().rejudge(1, [&](const Prefix&, AttrId) { return Rib::Judgement{Rejection::None, edited}; });
  attrs.release(edited);
  four.settle();
  four.rib().mark_stale(1, kV4);
  four.rib().make_long_lived(1, kV4);
  four.settle();
  CHECK(four.world.peer(3).table.at({prefix("10.0.0.0/8"), 0}).attributes == attributes("path 64513 llgr-stale lp 7"));
  four.rib().rejudge(1, [](const Prefix&, AttrId received) { return Rib::Judgement{Rejection::None, received}; });
  four.settle();
  CHECK(four.world.peer(3).table.at({prefix("10.0.0.0/8"), 0}).attributes == attributes("path 64513 llgr-stale lp 100"));
}

TEST_CASE("RFC 9494 §4.3: a path with LLGR_STALE is the least preferred, whatever else speaks for it") {
  Four four;
  four.world.learn(1, prefix("10.0.0.0/8"), "path 64513 lp 500");
  four.world.learn(2, prefix("10.0.0.0/8"), "path 64515,64516,64517 lp 10");
  four.settle();
  CHECK(four.best("10.0.0.0/8") == "p1 (local preference)");
  four.rib().mark_stale(1, kV4);
  four.settle();
  CHECK(four.best("10.0.0.0/8") == "p1 (local preference)");  // RFC 4724: stale alone changes nothing
  four.rib().make_long_lived(1, kV4);
  four.settle();
  CHECK(four.best("10.0.0.0/8") == "p2 (stale for long (LLGR))");
  four.world.learn(1, prefix("10.0.0.0/8"), "path 64513 lp 500");
  four.settle();
  CHECK(four.best("10.0.0.0/8") == "p1 (local preference)");
}

TEST_CASE("RFC 9494 §4.3: a path with LLGR_STALE is told to those who know long-lived graceful restart alone") {
  Four four;
  four.world.learn(1, prefix("10.0.0.0/8"));
  four.settle();
  CHECK(four.holds(4, "10.0.0.0/8"));
  four.rib().mark_stale(1, kV4);
  four.rib().make_long_lived(1, kV4);
  four.settle();
  CHECK(four.holds(3, "10.0.0.0/8"));
  CHECK_FALSE(four.holds(4, "10.0.0.0/8"));
  four.world.learn(2, prefix("13.0.0.0/8"), "path 64515 llgr-stale");  // from whomever it came
  four.settle();
  CHECK(four.holds(3, "13.0.0.0/8"));
  CHECK_FALSE(four.holds(4, "13.0.0.0/8"));
}

// ---- End-of-RIB and EoRR ------------------------------------------------------------------------------------------

TEST_CASE("RFC 4724 §4.1: while End-of-RIB is held everything else is told, and it comes after all that was said since") {
  World world;
  world.rib().hold_end_of_rib();
  world.add(1, "ebgp");
  world.add(2, "ebgp");
  world.up(1);
  world.up(2);
  world.learn(1, prefix("10.0.0.0/8"));
  world.decide_all();
  world.read_all();
  CHECK(world.peer(2).table.size() == 1);
  world.learn(1, prefix("11.0.0.0/8"));
  world.decide_all();
  CHECK(world.peer(2).end_of_ribs == 0);
  world.rib().release_end_of_rib();
  world.read(2, 1);
  world.read_all();
  CHECK(world.peer(2).table.size() == 2);
  for (PeerId id : {PeerId{1}, PeerId{2}}) CHECK(world.peer(id).end_of_ribs == 2);
  world.learn(1, prefix("12.0.0.0/8"));
  world.decide_all();
  world.read_all();
  world.check_level("released");
  CHECK(world.peer(2).end_of_ribs == 2);
}

TEST_CASE("RFC 7313 §4: EoRR follows when everything was told again; none before the first End-of-RIB") {
  Four four;
  for (const char* text : {"10.0.0.0/8", "11.0.0.0/8"}) four.world.learn(1, prefix(text));
  four.settle();
  WorldPeer& p = four.world.peer(2);
  CHECK(p.group->refresh(2, kV4, true));
  CHECK_FALSE(p.group->refresh(2, kV4, true));  // asked twice, answered once
  four.settle();
  CHECK(p.end_of_refreshes == 1);
  CHECK_FALSE(p.group->refresh(2, kV4, false));
  four.settle();
  CHECK(p.end_of_refreshes == 1);
  four.world.down(2);
  four.world.up(2);
  CHECK_FALSE(p.group->refresh(2, kV4, true));
  four.settle();
  CHECK(p.end_of_refreshes == 1);
}

// Else the peer would hear BoRR, EoRR, routes, EoRR, and be without our routes in between.
TEST_CASE("an EoRR that is written and not sent is not left behind the BoRR of the next refresh") {
  Four four;
  four.world.learn(1, prefix("10.0.0.0/8"));
  four.settle();
  WorldPeer& p = four.world.peer(2);
  CHECK(p.group->refresh(2, kV4, true));
  size_t messages = p.messages;
  while (p.messages == messages) four.world.read(2, 1);  // the route
  REQUIRE(p.group->read(2, 1000).size() == 23);  // EoRR
  CHECK_FALSE(p.group->refresh(2, kV4, true));
  four.world.read(2, 1);
  CHECK(p.end_of_refreshes == 0);
  four.settle();
  CHECK(p.messages == messages + 3);  // the route, again, EoRR
  CHECK(p.end_of_refreshes == 1);
}

TEST_CASE("neither EoRR nor End-of-RIB overtakes a route that is about to be decided again") {
  Four four;
  four.world.learn(1, prefix("10.0.0.0/8"));
  four.settle();
  WorldPeer& p = four.world.peer(2);
  four.world.learn(1, prefix("10.0.0.0/8"), "path 64513 med 7");  // not decided yet
  p.group->refresh(2, kV4, true);
  four.world.read_all();
  CHECK(p.end_of_refreshes == 0);
  size_t messages = p.messages;
  four.settle();
  CHECK(p.messages == messages + 2);  // the route, and EoRR
  CHECK(p.end_of_refreshes == 1);
}

// A peer that restarted has kept that route, and would drop it for the time until it is decided.
TEST_CASE("the first member of a new group hears End-of-RIB after what waited for a decision when it came") {
  World world;
  world.add(1, "ebgp"), world.up(1);
  for (const char* kind : {"ibgp", "ibgp+"}) {
    world.learn(1, prefix("10.0.0.0/8"));
    world.decide_all();
    world.learn(1, prefix("10.0.0.0/8"), "path 64513 med 7");  // not decided yet
    world.add(2, kind), world.up(2);
    world.read_all();
    CHECK(world.peer(2).end_of_ribs == 0);
    world.decide_all();
    world.read_all();
    CHECK(world.peer(2).end_of_ribs == 2);
    world.check_level(kind);
    world.down(2);
  }
}

TEST_CASE("a member that moves with End-of-RIB or EoRR unsent is told them in its new group") {
  Four four;
  four.world.learn(1, prefix("10.0.0.0/8"));
  four.settle();
  WorldPeer& p = four.world.peer(2);
  p.group->refresh(2, kV4, true);
  four.world.read(2, 1);  // EoRR is not written yet, or written and not sent
  four.world.move(2, std::make_shared<policy::Filter>());
  four.settle();
  CHECK(p.end_of_refreshes == 1);
  four.world.down(2);
  four.world.up(2);
  p.end_of_ribs = 0;
  while (!p.group->read(2, 1).empty() && p.end_of_ribs == 0 && p.messages < 100) {
    four.world.move(2, p.messages % 2 == 0 ? policy::accept_all() : std::make_shared<const policy::Filter>());
    if (four.world.read(2, 1) == 0) break;
  }
  four.settle();
  CHECK(p.end_of_ribs == 2);
}

}  // namespace
}  // namespace bgp::rib
