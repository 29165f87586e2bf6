// Whole speakers against each other, in virtual time. Each case runs over seeds; a failing one prints its seed.
#include "sim_network.h"

namespace sim {
namespace {

using session::State;
using speaker::PeerSettings;
using speaker::SpeakerConfig;

constexpr uint32_t kAs = 64512;

PeerSettings peer_towards(int self, int other, uint32_t local_as, uint32_t peer_as) {
  PeerSettings p;
  p.session.address = address_of(other);
  p.session.local_as = Asn{local_as};
  p.session.peer_as = Asn{peer_as};
  p.session.identifier = BgpIdentifier{100U + static_cast<uint32_t>(self)};
  p.session.families = FamilySet::both();
  p.session.hold_time_s = 30;
  return p;
}

// A node with one block of its own, 10.1.N.0/26, and these neighbours; all in one AS.
SpeakerConfig node(int self, std::initializer_list<int> others, uint32_t as = kAs, uint32_t peer_as = kAs) {
  SpeakerConfig config;
  config.local_as = Asn{as};
  config.identifier = BgpIdentifier{100U + static_cast<uint32_t>(self)};
  for (int other : others) config.peers.push_back(peer_towards(self, other, as, peer_as));
  config.own_blocks = {prefix("10.1." + std::to_string(self) + ".0/26")};
  config.export_filter = policy::accept_all();
  return config;
}
speaker::SpeakerConfigPtr as_ptr(SpeakerConfig config) { return std::make_shared<SpeakerConfig>(std::move(config)); }

using Routes = std::map<std::string, std::string>;

// Two nodes that dial each other at the same instant.
struct Pair : Network {
  explicit Pair(uint64_t seed, Options options = {}) : Network(seed, options) {
    add(as_ptr(node(0, {1})));
    add(as_ptr(node(1, {0})));
  }
  void check_settled() {
    CHECK(are_joined(0, 1));
    CHECK(open_connections(0, 1) == 1);
    CHECK(loc_rib(0) == Routes{{"10.1.0.0/26", "local"}, {"10.1.1.0/26", "10.0.0.2"}});
    CHECK(loc_rib(1) == Routes{{"10.1.0.0/26", "10.0.0.1"}, {"10.1.1.0/26", "local"}});
  }
};

TEST_CASE("two nodes that dial each other come up on one connection and exchange their routes (200 seeds)") {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    INFO("seed " << seed);
    Pair pair(seed);
    pair.run_for(20s);
    pair.check_settled();
    CHECK(pair.converged(0) == 1);
    CHECK(pair.converged(1) == 1);
  }
}

TEST_CASE("the same seed gives the same run") {
  auto story = [](uint64_t seed) {
    Pair pair(seed);
    pair.run_for(100s);
    std::string all;
    for (int node : {0, 1})
      for (const LogRecord& record : pair.logs(node)) all += to_text(record) + "\n";
    return all;
  };
  CHECK(story(7) == story(7));
}

TEST_CASE("reads and writes of single octets change nothing") {
  for (uint64_t seed = 0; seed < 10; ++seed) {
    INFO("seed " << seed);
    Pair pair(seed, {.latency_max = 5ms, .read_bytes_max = 1, .write_bytes_max = 1});
    pair.run_for(60s);
    pair.check_settled();
  }
}

TEST_CASE("a reset at any moment is recovered from") {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    INFO("seed " << seed);
    Pair pair(seed, {.latency_max = 20ms, .read_bytes_max = 1 + seed % 50, .write_bytes_max = 1 + seed % 70});
    for (int i = 0; i < 5; ++i) {
      pair.run_for(std::chrono::milliseconds(1 + seed * 7 % 200 * static_cast<uint64_t>(i)));
      pair.reset(0, 1);
    }
    pair.run_for(90s);
    pair.check_settled();
  }
}

TEST_CASE("a node that refuses is tried again until it answers") {
  Pair pair(1);
  pair.refuse(0, true);
  pair.refuse(1, true);
  pair.run_for(200s);
  CHECK_FALSE(pair.are_joined(0, 1));
  CHECK(pair.peer(0, 1).last_fault.to_string() == "Socket: Connection refused");
  CHECK(pair.converged(0) == 1);
  pair.refuse(0, false);
  pair.run_for(70s);
  pair.check_settled();
}

TEST_CASE("a cable that is cut ends the session by the hold timer; its routes stay for the restart time; healing mends all") {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    Pair pair(seed);
    pair.run_for(30s);
    pair.cut(0, 1);
    pair.run_for(31s);
    CHECK_FALSE(pair.are_joined(0, 1));
    CHECK(pair.peer(0, 1).ipv4.stale == 1);
    CHECK(pair.loc_rib(0) == Routes{{"10.1.0.0/26", "local"}, {"10.1.1.0/26", "10.0.0.2"}});
    CHECK(pair.peer(0, 1).counters.flaps == 1);
    bool heals_in_time = seed % 2 == 0;
    pair.run_for(heals_in_time ? 60s : 121s);
    CHECK(pair.peer(0, 1).ipv4.stale == (heals_in_time ? 1 : 0));
    CHECK(pair.loc_rib(0).size() == (heals_in_time ? 2 : 1));
    pair.heal(0, 1);
    pair.run_for(150s);
    pair.check_settled();
  }
}

// ---- a mesh of three ----------------------------------------------------------------------------------------------

struct Mesh : Network {
  explicit Mesh(uint64_t seed) : Network(seed) {
    add(as_ptr(node(0, {1, 2})));
    add(as_ptr(node(1, {0, 2})));
    add(as_ptr(node(2, {0, 1})));
    run_for(20s);
    take_notifications();  // of collisions
  }
  void check_settled() {
    for (auto [a, b] : {std::pair(0, 1), std::pair(0, 2), std::pair(1, 2)}) {
      CHECK(are_joined(a, b));
      CHECK(open_connections(a, b) == 1);
    }
    for (int n = 0; n < 3; ++n) CHECK(loc_rib(n).size() == 3);
  }
  uint64_t flaps() {
    uint64_t all = 0;
    for (int a = 0; a < 3; ++a)
      for (int b = 0; b < 3; ++b)
        if (a != b) all += peer(a, b).counters.flaps;
    return all;
  }
};

TEST_CASE("a mesh of three is full, and nobody hears a route twice") {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    INFO("seed " << seed);
    Mesh mesh(seed);
    mesh.check_settled();
    CHECK(mesh.flaps() == 0);
    CHECK(mesh.peer(0, 1).ipv4.received == 1);
    CHECK(mesh.peer(0, 1).ipv4.advertised == 1);
  }
}

TEST_CASE("the same configuration again, and a peer that moves from the mesh to a global one, touch no session") {
  Mesh mesh(1);
  SpeakerConfig config = node(0, {1, 2});
  mesh.handle(0, speaker::input::Reconfigure{as_ptr(config)});
  config.peers[0].change().type = speaker::PeerType::NodeToNodeMesh;
  mesh.handle(0, speaker::input::Reconfigure{as_ptr(config)});
  mesh.run_for(60s);
  CHECK(mesh.peer(0, 1).type == speaker::PeerType::NodeToNodeMesh);
  CHECK(mesh.flaps() == 0);
  mesh.check_settled();
}

TEST_CASE("a change that needs a reset resets the session that it changes, and no other") {
  Mesh mesh(2);
  SpeakerConfig config = node(0, {1, 2});
  config.peers[0].change().session.hold_time_s = 60;
  mesh.handle(0, speaker::input::Reconfigure{as_ptr(config)});
  mesh.run_for(60s);
  CHECK(mesh.peer(0, 1).counters.flaps == 1);
  CHECK(mesh.peer(0, 2).counters.flaps == 0);
  CHECK(mesh.peer(1, 2).counters.flaps == 0);
  CHECK(mesh.take_notifications() == "0->1 6/6");
  mesh.check_settled();
}

TEST_CASE("RFC 4486, 8538: a peer that is removed is told Cease 6/3, and its routes are gone") {
  Mesh mesh(3);
  mesh.handle(0, speaker::input::Reconfigure{as_ptr(node(0, {2}))});
  mesh.run_for(5s);
  CHECK(mesh.take_notifications() == "0->1 6/9 (6/3)");
  CHECK(mesh.loc_rib(0).size() == 2);
  CHECK(mesh.loc_rib(1).size() == 2);
  CHECK(mesh.loc_rib(2).size() == 3);
  CHECK(mesh.are_joined(0, 2));
  mesh.handle(0, speaker::input::Reconfigure{as_ptr(node(0, {1, 2}))});
  mesh.run_for(90s);
  mesh.check_settled();
}

TEST_CASE("another export filter tells the difference without a reset") {
  Mesh mesh(4);
  SpeakerConfig config = node(0, {1, 2});
  config.export_filter = nullptr;
  mesh.handle(0, speaker::input::Reconfigure{as_ptr(config)});
  mesh.run_for(1s);
  CHECK(mesh.loc_rib(1).size() == 2);
  CHECK(mesh.loc_rib(2).size() == 2);
  mesh.handle(0, speaker::input::Reconfigure{as_ptr(node(0, {1, 2}))});
  mesh.run_for(1s);
  mesh.check_settled();
  CHECK(mesh.flaps() == 0);
}

TEST_CASE("another import filter judges what is there, without a reset and without asking the peer") {
  Mesh mesh(5);
  SpeakerConfig config = node(0, {1, 2});
  config.peers[0].change().import = std::make_shared<policy::Filter>();
  mesh.handle(0, speaker::input::Reconfigure{as_ptr(config)});
  mesh.run_for(1s);
  CHECK(mesh.loc_rib(0).size() == 2);
  CHECK(mesh.peer(0, 1).ipv4.received == 1);
  CHECK(mesh.peer(0, 1).ipv4.accepted == 0);
  mesh.handle(0, speaker::input::Reconfigure{as_ptr(node(0, {1, 2}))});
  mesh.run_for(1s);
  mesh.check_settled();
  CHECK(mesh.flaps() == 0);
}

TEST_CASE("blocks come and go with the configuration") {
  Mesh mesh(6);
  SpeakerConfig config = node(0, {1, 2});
  config.own_blocks = {prefix("10.1.77.0/26"), prefix("10.1.78.0/26")};
  mesh.handle(0, speaker::input::Reconfigure{as_ptr(config)});
  mesh.run_for(1s);
  CHECK(mesh.loc_rib(1) == Routes{{"10.1.1.0/26", "local"},
                                  {"10.1.2.0/26", "10.0.0.3"},
                                  {"10.1.77.0/26", "10.0.0.1"},
                                  {"10.1.78.0/26", "10.0.0.1"}});
}

TEST_CASE("RFC 4724: a shutdown says nothing; the others keep its routes for the restart time, and carry on") {
  Mesh mesh(7);
  mesh.handle(0, speaker::input::Shutdown{"maintenance"});
  mesh.refuse(0, true);
  mesh.run_for(10s);
  CHECK(mesh.take_notifications() == "");
  CHECK(mesh.loc_rib(1).size() == 3);
  CHECK(mesh.are_joined(1, 2));
  mesh.run_for(120s);
  CHECK(mesh.loc_rib(1).size() == 2);
}

TEST_CASE("without graceful restart a shutdown is a Cease 6/2, and takes the routes along") {
  Network network(7);
  for (int self : {0, 1}) {
    SpeakerConfig config = node(self, {1 - self});
    config.peers[0].change().session.graceful_restart.restart_time_s = 0;
    network.add(as_ptr(config));
  }
  network.run_for(10s);
  CHECK(network.loc_rib(1).size() == 2);
  network.take_notifications();  // of the collision
  network.handle(0, speaker::input::Shutdown{"maintenance"});
  network.refuse(0, true);
  network.run_for(10s);
  CHECK(network.take_notifications() == "0->1 6/2");
  CHECK(network.loc_rib(1).size() == 1);
}

TEST_CASE("a passive peer that is not passive any more begins to dial") {
  Network network(8);
  SpeakerConfig passive = node(0, {1});
  passive.peers[0].change().session.passive = true;
  SpeakerConfig other = node(1, {0});
  other.peers[0].change().session.passive = true;
  network.add(as_ptr(passive));
  network.add(as_ptr(other));
  network.run_for(200s);
  CHECK(network.state(0, 1) == State::Active);
  network.handle(0, speaker::input::Reconfigure{as_ptr(node(0, {1}))});
  network.run_for(10s);
  CHECK(network.are_joined(0, 1));
}

// ---- route reflection and eBGP ------------------------------------------------------------------------------------

SpeakerConfig reflector(std::initializer_list<int> clients) {
  SpeakerConfig config = node(0, clients);
  config.own_blocks.clear();
  for (auto& p : config.peers) p.change().route_reflector_client = true;
  return config;
}

TEST_CASE("RFC 4456: clients of a reflector hear each other's routes, next hops kept, and sent straight there") {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    Network network(seed);
    network.add(as_ptr(reflector({1, 2, 3})));
    for (int n = 1; n <= 3; ++n) network.add(as_ptr(node(n, {0})));
    network.run_for(30s);
    CHECK(network.loc_rib(1) ==
          Routes{{"10.1.1.0/26", "local"}, {"10.1.2.0/26", "10.0.0.3"}, {"10.1.3.0/26", "10.0.0.4"}});
    CHECK(network.loc_rib(0).size() == 3);
  }
}

TEST_CASE("a peer that becomes a client, and then is none any more, changes who hears whom, without a reset") {
  Network network(3);
  SpeakerConfig plain = reflector({1, 2, 3});
  for (auto& p : plain.peers) p.change().route_reflector_client = false;
  network.add(as_ptr(plain));
  for (int n = 1; n <= 3; ++n) network.add(as_ptr(node(n, {0})));
  network.run_for(30s);
  CHECK(network.loc_rib(3).size() == 1);
  SpeakerConfig one = plain;
  one.peers[0].change().route_reflector_client = true;
  network.handle(0, speaker::input::Reconfigure{as_ptr(one)});
  network.run_for(1s);
  CHECK(network.loc_rib(1).size() == 3);
  CHECK(network.loc_rib(3) == Routes{{"10.1.1.0/26", "10.0.0.2"}, {"10.1.3.0/26", "local"}});
  network.handle(0, speaker::input::Reconfigure{as_ptr(plain)});
  network.run_for(1s);
  CHECK(network.loc_rib(1).size() == 1);
  CHECK(network.loc_rib(3).size() == 1);
  CHECK(network.peer(0, 1).counters.flaps == 0);
}

TEST_CASE("eBGP in a row: the path grows, the next hop is the neighbour, and a loop is known and not used") {
  Network network(4);
  network.add(as_ptr(node(0, {1}, 65000, 65001)));
  SpeakerConfig middle = node(1, {0}, 65001, 65000);
  middle.peers.push_back(peer_towards(1, 2, 65001, 65000));
  network.add(as_ptr(middle));
  network.add(as_ptr(node(2, {1}, 65000, 65001)));
  network.run_for(30s);
  // 0 and 2 are of one AS: what 1 tells them of each other has their own AS in its path.
  CHECK(network.loc_rib(0) == Routes{{"10.1.0.0/26", "local"}, {"10.1.1.0/26", "10.0.0.2"}});
  CHECK(network.loc_rib(1).size() == 3);
  CHECK(network.peer(0, 1).ipv4.received == 2);
  CHECK(network.peer(0, 1).ipv4.accepted == 1);
}

// ---- chaos --------------------------------------------------------------------------------------------------------

TEST_CASE("after any mix of resets, cuts, refusals and reconfigurations a mesh is full again (60 seeds)") {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    INFO("seed " << seed);
    Prng chance(seed + 1000);
    Mesh mesh(seed);
    for (int i = 0; i < 30; ++i) {
      int a = static_cast<int>(chance.below(3)), b = (a + 1 + static_cast<int>(chance.below(2))) % 3;
      switch (chance.below(7)) {
        case 0: mesh.reset(a, b); break;
        case 1: mesh.cut(a, b); break;
        case 2: mesh.heal(a, b); break;
        case 3: mesh.refuse(a, chance.below(2) == 0); break;
        case 4: {
          SpeakerConfig config = node(a, {(a + 1) % 3 < (a + 2) % 3 ? (a + 1) % 3 : (a + 2) % 3});
          if (chance.below(2) == 0) config = a == 0 ? node(0, {1, 2}) : a == 1 ? node(1, {0, 2}) : node(2, {0, 1});
          config.own_blocks.push_back(prefix("10.9.9.0/26"));
          mesh.handle(a, speaker::input::Reconfigure{as_ptr(config)});
          break;
        }
        default: mesh.run_for(std::chrono::milliseconds(chance.below(20000)));
      }
    }
    mesh.handle(0, speaker::input::Reconfigure{as_ptr(node(0, {1, 2}))});
    mesh.handle(1, speaker::input::Reconfigure{as_ptr(node(1, {0, 2}))});
    mesh.handle(2, speaker::input::Reconfigure{as_ptr(node(2, {0, 1}))});
    for (int n = 0; n < 3; ++n) {
      mesh.refuse(n, false);
      mesh.heal(n, (n + 1) % 3);
    }
    mesh.run_for(300s);
    mesh.check_settled();
  }
}

}  // namespace
}  // namespace sim
