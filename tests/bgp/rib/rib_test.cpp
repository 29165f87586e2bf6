// Loc-RIB and what the FIB hears of it.
#include "bgp/base/limits.h"
#include "rib_with_fib.h"

namespace bgp::rib {
namespace {

TEST_CASE("a prefix that changes again in the same window waits for its end; a first change and a new path do not") {
  WithFib w(true);
  w.learn(1, "10.0.0.0/8");
  CHECK(w.changes() == "10.0.0.0/8 via 10.0.0.1");
  CHECK_FALSE(w.rib.has_window());  // that was news, not a change
  w.learn(1, "10.0.0.0/8", "path 64513,64514");
  w.learn(2, "10.0.0.0/8", "path 64515");
  CHECK(w.changes() == "10.0.0.0/8 via 10.0.0.2");
  CHECK(w.rib.has_window());
  w.withdraw(2, "10.0.0.0/8");
  w.withdraw(1, "10.0.0.0/8");
  CHECK(w.changes() == "");
  CHECK_FALSE(w.rib.has_work());
  CHECK_FALSE(w.rib.is_settled());
  w.learn(1, "11.0.0.0/8");
  CHECK(w.changes() == "11.0.0.0/8 via 10.0.0.1");
  w.rib.end_window();
  CHECK(w.changes() == "10.0.0.0/8 none");
  w.learn(1, "10.0.0.0/8");  // nobody can reach it: this is urgent
  CHECK(w.changes() == "10.0.0.0/8 via 10.0.0.1");
  CHECK(w.rib.is_settled());
}

TEST_CASE("a prefix that is gone before its window ends leaves nothing behind") {
  WithFib w(true);
  w.learn(1, "10.0.0.0/8");
  CHECK(w.changes() == "10.0.0.0/8 via 10.0.0.1");
  w.withdraw(1, "10.0.0.0/8");
  CHECK(w.changes() == "10.0.0.0/8 none");
  CHECK(w.rib.has_window());
  w.rib.give_back_memory();
  CHECK_FALSE(w.rib.has_window());
  w.learn(1, "12.0.0.0/8");
  CHECK(w.changes() == "12.0.0.0/8 via 10.0.0.1");
}

TEST_CASE("the FIB hears of a route, of its equals and of its end") {
  WithFib w;
  w.learn(1, "10.0.0.0/8");
  CHECK(w.changes() == "10.0.0.0/8 via 10.0.0.1");
  w.learn(2, "10.0.0.0/8");
  CHECK(w.changes() == "10.0.0.0/8 via 10.0.0.1 10.0.0.2");
  w.withdraw(2, "10.0.0.0/8");
  CHECK(w.changes() == "10.0.0.0/8 via 10.0.0.1");
  w.withdraw(1, "10.0.0.0/8");
  CHECK(w.changes() == "10.0.0.0/8 none");
}

TEST_CASE("a path that is worse changes nothing for the FIB") {
  WithFib w;
  w.learn(1, "10.0.0.0/8");
  w.changes();
  w.learn(2, "10.0.0.0/8", "path 64513,64514");
  CHECK(w.changes() == "");
  w.withdraw(2, "10.0.0.0/8");
  CHECK(w.changes() == "");
}

TEST_CASE("a block of ours is a blackhole, a route of the kernel is none of the FIB's business") {
  WithFib w;
  w.learn_local("10.0.0.0/26", LocalKind::Block);
  CHECK(w.changes() == "10.0.0.0/26 blackhole");
  w.learn_local("10.0.1.1/32", LocalKind::Kernel);
  CHECK(w.changes() == "10.0.1.1/32 none");
  w.learn(1, "10.0.1.1/32");
  CHECK(w.changes() == "");
}

TEST_CASE("a route with no reachable next hop is not selected until it can be reached") {
  WithFib w;
  Rib rib({.assume_next_hops_reachable = false, .emit_route_changes = true});
  rib.set_peer(1, {true, false, BgpIdentifier{1}, ip("10.100.0.1"), 1});
  AttrId attr = rib.attrs().intern(attributes("path 1"), {ip("10.0.0.1"), {}});
  rib.learn(1, Family::IPv4, entry_of(prefix("10.0.0.0/8")), attr);
  rib.decide(100);
  CHECK(rib.take_route_changes().empty());
  CHECK_FALSE(rib.paths(prefix("10.0.0.0/8"))[0].is_best);
  CHECK(rib.next_hops().set_state(ip("10.0.0.1"), true, 0));
  rib.next_hops_changed({ip("10.0.0.1")});
  rib.decide(100);
  CHECK(rib.take_route_changes().size() == 1);
  CHECK(rib.next_hops().set_state(ip("10.0.0.1"), false, 0));
  rib.next_hops_changed({ip("10.0.0.1")});
  rib.decide(100);
  CHECK(rib.take_route_changes() ==
        std::vector<RouteChange>{{prefix("10.0.0.0/8"), RouteChange::Kind::None, {}}});
}

TEST_CASE("ten flaps within a turn are one decision") {
  WithFib w;
  for (int i = 0; i < 10; ++i) {
    w.learn(1, "10.0.0.0/8");
    w.withdraw(1, "10.0.0.0/8");
  }
  w.learn(1, "10.0.0.0/8");
  CHECK(w.changes() == "10.0.0.0/8 via 10.0.0.1");
}

TEST_CASE("decide() works in slices and says whether there is more") {
  WithFib w;
  for (const char* text : {"10.0.0.0/8", "11.0.0.0/8", "2001:db8::/32"}) w.learn(1, text);
  CHECK(w.rib.decide(1));
  CHECK(w.rib.decide(1));
  CHECK_FALSE(w.rib.decide(1));
  CHECK(w.rib.take_route_changes().size() == 3);
}

TEST_CASE("a peer's paths can be judged again by a new import policy") {
  WithFib w;
  w.learn(1, "10.0.0.0/8");
  w.learn(2, "10.0.0.0/8", "path 64513,64514");
  w.changes();
  w.rib.rejudge(1, [](const Prefix&, AttrId attr) { return Rib::Judgement{Rejection::Policy, attr}; });
  CHECK(w.changes() == "10.0.0.0/8 via 10.0.0.2");
  CHECK(w.rib.rejected_count(1, Family::IPv4) == 1);
  w.rib.rejudge(1, [](const Prefix&, AttrId attr) { return Rib::Judgement{Rejection::None, attr}; });
  CHECK(w.changes() == "10.0.0.0/8 via 10.0.0.1");
}

TEST_CASE("a path that policy edits is used edited, and judged again by what was received") {
  WithFib w;
  w.learn(1, "10.0.0.0/8");
  w.learn(2, "10.0.0.0/8", "path 64513,64514");
  w.changes();
  AttrId received = w.rib.paths(prefix("10.0.0.0/8"))[0].attr;
  auto edit_to = [&](const char* text) {
    AttrStore& attrs = w.rib.attrs();
    std::vector<AttrId> asked;
    AttrId edited = attrs.intern_edited(attributes(text), received);
    w.rib.rejudge(1, [&](const Prefix&, AttrId attr) {
      asked.push_back(attr);
      return Rib::Judgement{Rejection::None, edited};
    });
    attrs.release(edited);
    CHECK(asked == std::vector{received});
  };
  edit_to("path 64513 lp 50");
  CHECK(w.changes() == "10.0.0.0/8 via 10.0.0.2");
  edit_to("path 64513 lp 500");
  CHECK(w.changes() == "10.0.0.0/8 via 10.0.0.1");
  uint32_t sets = w.rib.attrs().size();
  edit_to("path 64513");  // as it came: nothing of an edited set is left
  CHECK(w.rib.attrs().size() == sets - 1);
  CHECK(w.rib.paths(prefix("10.0.0.0/8"))[0].attr == received);
}

TEST_CASE("paths() shows every path, the best first, with the step that decided") {
  WithFib w;
  w.learn(2, "10.0.0.0/8", "path 64513,64514");
  w.learn(1, "10.0.0.0/8");
  std::vector<PathView> views = w.rib.paths(prefix("10.0.0.0/8"));
  REQUIRE(views.size() == 2);
  CHECK(views[0].peer == 1);
  CHECK(views[0].is_best);
  CHECK_FALSE(views[1].is_best);
  CHECK(views[0].step == DecisionStep::AsPathLength);
  CHECK(w.rib.paths(prefix("11.0.0.0/8")).empty());
}

TEST_CASE("a peer that goes takes its paths along, and its slot starts anew") {
  WithFib w;
  w.learn(1, "10.0.0.0/8");
  w.learn(1, "2001:db8::/32");
  w.learn(2, "10.0.0.0/8", "path 64513,64514");
  w.changes();
  w.rib.forget_peer(1);
  CHECK(w.changes() == "10.0.0.0/8 via 10.0.0.2; 2001:db8::/32 none");
  CHECK(w.rib.path_count(1, Family::IPv4) == 0);
  CHECK(w.rib.path_count(1, Family::IPv6) == 0);
}

TEST_CASE("limits::kEcmpLegsMax: the FIB is given no more legs than it takes") {
  Rib rib({.assume_next_hops_reachable = true, .emit_route_changes = true});
  for (PeerId id = 1; id <= 100; ++id) {
    rib.set_peer(id, {true, false, BgpIdentifier{id}, IpAddress::v4(0x0a640000U + id), id});
    AttrId attr = rib.attrs().intern(attributes("path 1"), {IpAddress::v4(0x0a000000U + id), {}});
    rib.learn(id, Family::IPv4, entry_of(prefix("10.0.0.0/8")), attr);
  }
  rib.decide(100);
  CHECK(rib.take_route_changes()[0].next_hops.size() == limits::kEcmpLegsMax);
}

}  // namespace
}  // namespace bgp::rib
