// The RIB against a reference that has no groups, no log and no ids: whatever happens, and however slowly a peer reads,
// in the end it holds what the rules say. A failing seed is printed; it replays the run.
#include "rib_world.h"

namespace bgp::rib {
namespace {

policy::FilterPtr only_within(const char* text) {
  policy::Filter filter;
  filter.rules = {{{policy::PrefixRange{prefix(text), 0, 128}}, policy::Verdict::Accept}};
  return std::make_shared<policy::Filter>(filter);
}

// Some routes are passed over for what they carry, some are edited, by where they lie and by what they carry.
policy::FilterPtr editing() {
  policy::PrefixRange low{prefix("10.0.0.0/13"), 0, 128}, all{prefix("10.0.0.0/8"), 0, 128};
  auto filter = std::make_shared<policy::Filter>();
  filter->rules = {{{low}, policy::Verdict::Continue, false, {}, {.communities = {0x00010002}}},
                   {{}, policy::Verdict::Reject, false, {.is_ebgp = true, .as_path_prefix = {Asn{64514}}}},
                   {{low}, policy::Verdict::Accept, true, {.is_ebgp = false}, {.local_pref = 7}},
                   {{all}, policy::Verdict::Accept, false, {}, {.prepend = {Asn{65099}}}}};
  return filter;
}

// Chance plays the peers.
class Chaos {
 public:
  // With ADD-PATH, some peers take every path, and all say up to three of a prefix.
  Chaos(uint64_t seed, size_t filler, bool add_path) : chance_(seed), filler_(filler), path_ids_(add_path ? 3 : 1) {
    static const char* const kKinds[] = {"ebgp", "ebgp", "ebgp", "ibgp", "ibgp", "client", "client"};
    for (PeerId id = 1; id <= 7; ++id)
      world_.add(id, std::string(kKinds[id - 1]) + (add_path && chance_.below(3) != 0 ? "+" : ""));
    for (PeerId id = 1; id <= 7; ++id)
      if (chance_.below(4) != 0) world_.up(id);
  }

  World& world() { return world_; }

  void step() {
    PeerId id = static_cast<PeerId>(1 + chance_.below(7));
    WorldPeer& p = world_.peer(id);
    uint64_t what = chance_.below(100);
    if (!p.group) {
      if (what < 30) world_.up(id);
    } else if (what < 35) {
      Prefix prefix = any_prefix();
      world_.learn(id, prefix, any_attributes(p), World::next_hop_of(id, prefix.family()), any_rejection(),
                   any_path_id());
    } else if (what < 54) {
      world_.withdraw(id, any_prefix(), any_path_id());
    } else if (what < 55) {
      if (!p.facts.is_ebgp) world_.set_client(id, !p.facts.is_client);
    } else if (what < 57) {
      world_.down(id);
    } else if (what < 60) {
      p.group->refresh(id, chance_.below(2) == 0 ? Family::IPv4 : Family::IPv6);
    } else if (what < 64) {
      world_.move(id, any_filter());
    } else if (what < 68) {
      p.is_asleep = !p.is_asleep;
    } else if (what < 80) {
      for (uint64_t n = chance_.below(4); n > 0; --n) world_.rib().decide(1 + chance_.below(6));
    } else if (!p.is_asleep) {
      for (uint64_t n = chance_.below(6); n > 0; --n) world_.read(id, 1 + chance_.below(200));
    }
    if (chance_.below(50) == 0) world_.decide_all();
  }

  void settle() {
    for (auto& [id, p] : world_.peers()) p->is_asleep = false;
    world_.decide_all();
    world_.read_all(1 + chance_.below(5000));
  }

 private:
  // Few prefixes, so that ids are reused and peers meet on them.
  Prefix any_prefix() {
    uint32_t n = static_cast<uint32_t>(chance_.below(40));
    if (n % 4 == 0) {
      std::array<uint8_t, 16> bytes = {0x20, 1, 0xd, 0xb8, static_cast<uint8_t>(n)};
      return Prefix(IpAddress::v6(bytes), static_cast<uint8_t>(40 + n));
    }
    return Prefix(IpAddress::v4(0x0a000000 + (n << 16)), static_cast<uint8_t>(16 + n % 9));
  }
  Bytes any_attributes(const WorldPeer& p) {
    std::string text = "path 64601";
    for (uint64_t n = chance_.below(3); n > 0; --n) text += "," + std::to_string(64602 + chance_.below(3));
    if (!p.facts.is_ebgp) text += " lp " + std::to_string(100 + chance_.below(3));
    if (chance_.below(10) == 0) text += " no-export";
    if (chance_.below(15) == 0) text += " no-advertise";
    if (filler_ > 0) text += " filler " + std::to_string(filler_ - 4 * chance_.below(20));
    return attributes(text);
  }
  uint32_t any_path_id() { return static_cast<uint32_t>(chance_.below(path_ids_)); }
  Rejection any_rejection() { return chance_.below(8) == 0 ? Rejection::Policy : Rejection::None; }
  policy::FilterPtr any_filter() {
    switch (chance_.below(5)) {
      case 0: return policy::accept_all();
      case 1: return only_within("10.0.0.0/12");
      case 2: return only_within("10.16.0.0/12");
      case 3: return editing();
      default: return nullptr;
    }
  }

  Prng chance_;
  size_t filler_;
  uint64_t path_ids_;
  World world_;
};

void run(uint64_t seed, int rounds, int steps, size_t filler, bool add_path = false) {
  INFO("seed " << seed);
  Chaos chaos(seed, filler, add_path);
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < steps; ++i) chaos.step();
    chaos.settle();
    chaos.world().check_level("seed " + std::to_string(seed) + " round " + std::to_string(round));
  }
  // Nothing is left behind when all are gone.
  for (auto& [id, p] : chaos.world().peers())
    if (p->group) chaos.world().down(id);
  chaos.world().decide_all();
  CHECK(chaos.world().rib().tables().v4.prefixes.size() == 0);
  CHECK(chaos.world().rib().tables().v6.prefixes.size() == 0);
  CHECK(chaos.world().rib().tables().attrs.size() == 0);
}

TEST_CASE("whatever happens, every peer ends up with what the rules say (300 seeds)") {
  for (uint64_t seed = 0; seed < 300; ++seed) run(seed, 3, 150, 0);
}

TEST_CASE("with ADD-PATH peers hold every path that the rules let them have (150 seeds)") {
  for (uint64_t seed = 5000; seed < 5150; ++seed) run(seed, 3, 200, 0, true);
}

TEST_CASE("ADD-PATH peers that fall out of the log end up with what the rules say") {
  for (uint64_t seed = 6000; seed < 6001; ++seed) run(seed, 2, 9000, 3600, true);
}

TEST_CASE("peers that fall out of the log end up with what the rules say") {
  // 3.6 KB of attributes a route: the log is full after some 2,300 changes.
  for (uint64_t seed = 1000; seed < 1002; ++seed) run(seed, 2, 9000, 3600);
}

}  // namespace
}  // namespace bgp::rib
