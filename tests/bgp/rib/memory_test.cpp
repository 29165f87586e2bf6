#include "rib_world.h"

namespace bgp::rib {
namespace {

Prefix nth(Family family, uint32_t n) {
  if (family == Family::IPv4) return Prefix(IpAddress::v4(0x0b000000U + (n << 8)), 24);
  std::array<uint8_t, 16> bytes = {0x20, 1, 0xd, 0xb8, 0, static_cast<uint8_t>(n >> 16), static_cast<uint8_t>(n >> 8), static_cast<uint8_t>(n)};
  return Prefix(IpAddress::v6(bytes), 64);
}

TEST_CASE("what a peer takes: its paths, its share of rows, and of attribute sets among all that use them") {
  World world;
  for (PeerId id = 1; id <= 3; ++id) world.add(id, "ebgp"), world.up(id);
  for (uint32_t n = 0; n < 100; ++n) world.learn(1, nth(Family::IPv4, n), "path 64513");
  for (uint32_t n = 200; n < 210; ++n) world.learn(2, nth(Family::IPv4, n), "path 64514 filler 4000 med " + std::to_string(n));
  std::vector<uint64_t> bytes = world.rib().bytes_by_peer();
  CHECK(bytes[1] >= 100 * (16 + 12));
  CHECK(bytes[1] < 100 * 64);
  CHECK(bytes[2] >= 10 * 4000);
  CHECK(bytes[3] == 0);
  world.learn(3, nth(Family::IPv4, 0));
  std::vector<uint64_t> shared = world.rib().bytes_by_peer();
  CHECK(shared[1] < bytes[1]);
  CHECK(shared[3] < 128);
}

TEST_CASE("memory given back: nothing that is left moves for anybody who can see it, and all goes on") {
  for (uint64_t seed = 0; seed < 4; ++seed) {
    INFO("seed " << seed);
    Prng chance(seed);
    World world;
    for (PeerId id = 1; id <= 4; ++id) world.add(id, id == 4 ? "ebgp+" : "ebgp"), world.up(id);
    world.peer(3).is_asleep = seed % 2 == 1;
    for (Family family : kFamilies) {
      for (uint32_t n = 0; n < 30; ++n) world.learn(1, nth(family, n), "path 64513 med " + std::to_string(n % 7));
      for (uint32_t n = 10; n < 25'000; ++n)
        if (chance.below(5) != 0) world.learn(2, nth(family, n), attributes("path 64514 med " + std::to_string(n)), World::next_hop_of(2, family));
      world.decide_all();
      world.read_all();
      for (uint32_t n = 0; n < 20; ++n) world.learn(1, nth(family, n));
    }
    world.decide_all();
    world.down(2);
    world.decide_all();
    world.read_all();
    world.decide_all();
    uint32_t rows = world.rib().tables().v4.prefixes.id_end();
    world.rib().give_back_memory();
    CHECK(world.rib().tables().attrs.size() < 40);
    if (!world.peer(3).is_asleep) {  // else it still has to hear of what went: those rows stay
      CHECK(world.rib().tables().v4.prefixes.id_end() < rows / 2);
      world.check_level("given back, seed " + std::to_string(seed));
    }
    for (uint32_t n = 5; n < 3000; n += 3) world.learn(1, nth(Family::IPv4, n), "path 64513,7"), world.withdraw(1, nth(Family::IPv6, n));
    world.up(2);
    for (uint32_t n = 0; n < 9000; ++n) world.learn(2, nth(Family::IPv6, n), "path 64514,9 med " + std::to_string(n % 1000));
    world.peer(3).is_asleep = false;
    world.decide_all();
    world.read_all();
    world.check_level("seed " + std::to_string(seed));
  }
}

// A prefix that flaps for ever would else keep the memory of those that left: the next large peer would be sent away for it.
TEST_CASE("memory is given back while something waits for a decision") {
  World world;
  for (PeerId id = 1; id <= 4; ++id) world.add(id, id == 4 ? "ebgp+" : "ebgp"), world.up(id);
  for (uint32_t n = 0; n < 20; ++n) world.learn(1, nth(Family::IPv4, n));
  for (uint32_t n = 0; n < 20'000; ++n)
    world.learn(2, nth(Family::IPv4, n), "path 64514 med " + std::to_string(n));
  world.decide_all();
  world.read_all();
  world.down(2);
  world.decide_all();
  world.read_all();
  world.decide_all();
  for (uint32_t n = 0; n < 10; ++n) world.learn(1, nth(Family::IPv4, n), "path 64513,7");
  world.withdraw(1, nth(Family::IPv4, 19));
  world.peer(3).group->refresh(3, Family::IPv4, true);
  world.read(3, 1);
  REQUIRE(world.rib().has_work());
  world.rib().give_back_memory();
  CHECK(world.rib().tables().v4.prefixes.id_end() < 100);
  CHECK(world.rib().tables().attrs.size() < 40);
  world.read_all();
  CHECK(world.peer(3).end_of_refreshes == 0);
  world.decide_all();
  world.read_all();
  CHECK(world.peer(3).end_of_refreshes == 1);
  world.check_level("given back, undecided");
}

}  // namespace
}  // namespace bgp::rib
