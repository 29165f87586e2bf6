// ADD-PATH, RFC 7911: several paths of one prefix from one peer, and all of them to those who want them.
#include "bgp/base/limits.h"
#include "rib_world.h"

namespace bgp::rib {
namespace {

const Prefix kTen = *Prefix::parse("10.0.0.0/8");

// eBGP peers 1 to 3; 4 and 5 are iBGP and take ADD-PATH, 6 is an eBGP peer that takes it, 7 an iBGP one that does not.
struct Seven {
  World world;
  Seven() {
    const char* const kinds[] = {"ebgp", "ebgp", "ebgp", "ibgp+", "ibgp+", "ebgp+", "ibgp"};
    for (PeerId id = 1; id <= 7; ++id) world.add(id, kinds[id - 1]), world.up(id);
    settle();
  }
  void settle() {
    world.decide_all();
    world.read_all();
  }
  void learn(PeerId id, const std::string& attrs, uint32_t path_id = 0) {
    world.learn(id, kTen, attributes(attrs), World::next_hop_of(id, Family::IPv4), Rejection::None, path_id);
  }
  // "1:path 64601 2:path 64602": what the peer holds of kTen, by path id; the path as text.
  std::string held(PeerId id) {
    settle();
    std::string out;
    for (const auto& [route, heard] : world.peer(id).table)
      out += (out.empty() ? "" : " ") + std::to_string(route.second) + ":" + wire::as_path_text(heard.attributes);
    return out;
  }
};

TEST_CASE("one peer's paths of a prefix live side by side, replaced and withdrawn each by its identifier") {
  Seven w;
  w.learn(1, "path 64513,1", 7);
  w.learn(1, "path 64513,2", 9);
  w.settle();
  CHECK(w.world.rib().path_count(1, Family::IPv4) == 2);
  CHECK(w.world.rib().paths(kTen)[0].path_id == 7);
  CHECK(w.world.rib().paths(kTen)[0].step == DecisionStep::PathIdentifier);
  w.learn(1, "path 64513,3,4", 7);  // an implicit replacement of that path alone
  w.settle();
  CHECK(w.world.rib().path_count(1, Family::IPv4) == 2);
  CHECK(w.world.rib().paths(kTen)[0].path_id == 9);
  CHECK(w.world.rib().paths(kTen)[0].step == DecisionStep::AsPathLength);
  w.world.withdraw(1, kTen, 9);
  w.world.withdraw(1, kTen, 8);  // never said
  w.settle();
  CHECK(w.world.rib().paths(kTen).size() == 1);
  CHECK(w.world.rib().paths(kTen)[0].path_id == 7);
  w.world.down(1);
  CHECK(w.held(5) == "");
}

TEST_CASE("limits::kPathsPerPeerMax: more paths of one prefix from one peer are not taken, the first stay") {
  Rib rib({.assume_next_hops_reachable = true, .emit_route_changes = false});
  for (PeerId id = 1; id <= 2; ++id) rib.set_peer(id, {true, false, BgpIdentifier{id}, IpAddress::v4(id), id});
  AttrId attr = rib.attrs().intern(attributes("path 1"), {ip("10.0.0.1"), {}});
  for (uint32_t i = 1; i <= limits::kPathsPerPeerMax; ++i)
    CHECK(rib.learn(1, Family::IPv4, entry_of(kTen, i), attr));
  CHECK_FALSE(rib.learn(1, Family::IPv4, entry_of(kTen, 1000), attr));
  CHECK(rib.path_count(1, Family::IPv4) == limits::kPathsPerPeerMax);
  CHECK(rib.learn(1, Family::IPv4, entry_of(kTen, 1), attr));  // those that are there may change
  CHECK(rib.learn(2, Family::IPv4, entry_of(kTen, 1000), attr));
  rib.withdraw(1, Family::IPv4, entry_of(kTen, 5));
  CHECK(rib.learn(1, Family::IPv4, entry_of(kTen, 1000), attr));
}

TEST_CASE("who takes ADD-PATH is told every path, each under an identifier; others the best one") {
  Seven w;
  w.learn(1, "path 64513,1");
  w.learn(2, "path 64514,2,3");
  CHECK(w.held(4) == "1:64513 1 2:64514 2 3");
  CHECK(w.held(5) == w.held(4));
  CHECK(w.held(6) == "1:64512 64513 1 2:64512 64514 2 3");
  CHECK(w.held(7) == "0:64513 1");
  CHECK(w.held(2) == "0:64512 64513 1");
  w.world.check_level("two paths");
}

TEST_CASE("an identifier stays with its path while that lives, whatever comes and goes beside it") {
  Seven w;
  w.learn(1, "path 64513,1"), w.settle();
  w.learn(2, "path 64514,2"), w.settle();
  w.learn(3, "path 64515,3");
  CHECK(w.held(4) == "1:64513 1 2:64514 2 3:64515 3");
  w.learn(2, "path 64514,2,2,2");  // other attributes, and it is no longer among the best
  CHECK(w.held(4) == "1:64513 1 2:64514 2 2 2 3:64515 3");
  w.world.withdraw(1, kTen);
  CHECK(w.held(4) == "2:64514 2 2 2 3:64515 3");
  w.learn(1, "path 64513,9", 5);  // a new path may have the free identifier
  CHECK(w.held(4) == "1:64513 9 2:64514 2 2 2 3:64515 3");
}

TEST_CASE("an identifier that becomes free is not given away in the same breath") {
  Seven w;
  w.learn(1, "path 64513,1", 1);
  CHECK(w.held(4) == "1:64513 1");
  w.world.withdraw(1, kTen, 1);
  w.learn(1, "path 64513,2", 2);
  CHECK(w.held(4) == "2:64513 2");
}

TEST_CASE("a path is not told back to its source, and the rules of reflection hold for each path alone") {
  Seven w;
  w.learn(4, "path 64513,4"), w.settle();  // from iBGP: not for iBGP peers
  w.learn(6, "path 64516,6"), w.settle();
  w.learn(1, "path 64513,1 no-export");
  CHECK(w.held(4) == "1:64516 6 2:64513 1");
  CHECK(w.held(5) == "1:64516 6 2:64513 1");
  CHECK(w.held(6) == "1:64512 64513 4");
  w.world.set_client(4, true);
  CHECK(w.held(5) == "1:64516 6 2:64513 1 3:64513 4");
  w.world.check_level("a client");
}

TEST_CASE("a path whose next hop cannot be reached is not told, and told when it can") {
  World world(false);
  world.add(1, "ebgp"), world.add(2, "ebgp"), world.add(3, "ibgp+");
  for (PeerId id = 1; id <= 3; ++id) world.up(id);
  world.learn(1, kTen), world.learn(2, kTen);
  auto paths_held = [&] {
    world.decide_all();
    world.read_all();
    return world.peer(3).table.size();
  };
  CHECK(paths_held() == 0);
  for (PeerId id = 1; id <= 2; ++id) {
    ScopedAddress next_hop(World::next_hop_of(id, Family::IPv4).address);
    world.rib().next_hops().set_state(next_hop, true, 0);
    world.rib().next_hops_changed({next_hop});
    CHECK(paths_held() == id);
  }
}

TEST_CASE("a newcomer, a refresh and a sleeper are told every path; a sleeper is withdrawn all that went") {
  Seven w;
  WorldPeer& sleeper = w.world.peer(5);
  for (PeerId id = 1; id <= 3; ++id) w.learn(id, "path 64513," + std::to_string(id)), w.settle();
  CHECK(w.held(5) == "1:64513 1 2:64513 2 3:64513 3");
  sleeper.is_asleep = true;
  sleeper.group->refresh(5, Family::IPv4);
  w.world.withdraw(1, kTen);
  w.world.withdraw(2, kTen);
  w.settle();
  w.learn(3, "path 64513,33");
  w.settle();
  sleeper.is_asleep = false;
  CHECK(w.held(5) == "3:64513 33");
  w.world.down(5);
  w.world.up(5);
  CHECK(w.held(5) == "3:64513 33");
  CHECK(sleeper.group->reach(Family::IPv4, 0) == 2);
  w.world.check_level("the end");
}

TEST_CASE("a prefix of ours that is a block and a route of the kernel is told once") {
  Seven w;
  AttrId attr = w.world.rib().attrs().intern_local(attributes(""));
  for (LocalKind kind : {LocalKind::Block, LocalKind::Kernel})
    w.world.rib().learn(kLocalPeer, Family::IPv4, entry_of(kTen, static_cast<uint32_t>(kind)), attr);
  w.world.rib().attrs().release(attr);
  CHECK(w.held(4) == "1:");
}

TEST_CASE("limits::kPathsToldMax: the rest of a prefix's paths is not told, the best and what was told stays") {
  World world;
  world.add(1, "ibgp+");
  world.up(1);
  for (PeerId id = 2; id <= 8; ++id) {
    world.add(id, "ebgp");
    world.up(id);
    for (uint32_t n = 1; n <= limits::kPathsPerPeerMax; ++n)
      world.learn(id, kTen, attributes("path 64513," + std::to_string(n)), World::next_hop_of(id, Family::IPv4),
                  Rejection::None, n);
  }
  world.decide_all();
  world.read_all();
  CHECK(world.peer(1).table.size() == limits::kPathsToldMax);
  auto before = world.peer(1).table;
  world.learn(8, kTen, attributes("path 64513"), World::next_hop_of(8, Family::IPv4), Rejection::None, 64);  // the best now
  world.decide_all();
  world.read_all();
  CHECK(world.peer(1).table.size() == limits::kPathsToldMax);
  size_t kept = 0;
  bool has_best = false;
  for (const auto& [route, heard] : world.peer(1).table) {
    kept += before.contains(route) && before.at(route) == heard ? 1 : 0;
    has_best = has_best || wire::as_path_text(heard.attributes) == "64513";
  }
  CHECK(has_best);
  CHECK(kept >= limits::kPathsToldMax - 1);
}

}  // namespace
}  // namespace bgp::rib
