// Situations that have hurt others. The seed varies sizes, moments and the network.
#include "scenarios.h"

#include <cerrno>

#include "bgp/base/prng.h"
#include "hostile.h"

namespace sim {
namespace {

using namespace std::chrono_literals;

struct Draft : Plan {
  explicit Draft(uint64_t from) : chance(from * 7 + 3) {
    seed = from;
    set("latency_ms", static_cast<int64_t>(chance.below(50))).set("chunk", 1 + static_cast<int64_t>(chance.below(5000)));
  }
  int64_t pick(int64_t bound) { return static_cast<int64_t>(chance.below(static_cast<uint64_t>(bound))); }
  Duration some(Duration most) { return Duration(static_cast<Duration::rep>(chance.below(static_cast<uint64_t>(most.count())))); }
  Draft& shape(Topology topology, int64_t nodes, int64_t length_s) {
    set("topology", static_cast<int64_t>(topology)).set("nodes", nodes).set("length_s", length_s);
    return *this;
  }
  void hostile(Duration at_time, Hostile::Mode mode, int64_t which = 0) {
    at(at_time, "hostile", {which, static_cast<int64_t>(mode)});
  }
  Plan done() {
    sort();
    return *this;
  }
  Prng chance;
};

Plan rolling_kill(uint64_t seed) {
  Draft d(seed);
  d.shape(Topology::Mesh, 12, 90);
  for (int n = 0; n < 12; ++n) d.at(10s + n * 5s, "kill", {n}).at(10s + n * 5s + 100ms + d.some(8s), "start", {n});
  return d.done();
}

Plan reflector_failover(uint64_t seed) {
  Draft d(seed);
  d.shape(Topology::Reflectors, 4 + d.pick(6), 120);
  for (int i = 0; i < 4; ++i) d.at(10s + i * 25s, i % 2 ? "power" : "kill", {i % 2}).at(22s + i * 25s + d.some(5s), "start", {i % 2});
  return d.done();
}

Plan churn_with_partitions(uint64_t seed) {
  Draft d(seed);
  d.shape(d.pick(2) ? Topology::Ring : Topology::Mesh, 4 + d.pick(4), 120).set("blocks", 3);
  for (int i = 0; i < 40; ++i) d.at(d.some(115s), d.pick(2) ? "block" : "unblock", {d.pick(8), d.pick(15)});
  for (int i = 0; i < 6; ++i) {
    int64_t a = d.pick(8), b = d.pick(8);
    Duration from = d.some(80s);
    d.at(from, "cut", {a, b}).at(from + d.some(40s), "heal", {a, b});
  }
  return d.done();
}

Plan collision_storm(uint64_t seed) {
  Draft d(seed);
  d.shape(Topology::Mesh, 6, 60).set("hostiles", 2);
  for (int i = 0; i < 60; ++i) d.at(d.some(50s), "reset", {d.pick(6), d.pick(6)});
  d.hostile(1s, Hostile::Mode::Storm);
  d.hostile(1s, Hostile::Mode::Storm, 1);
  return d.done();
}

Plan consecutive_restarts(uint64_t seed) {
  Draft d(seed);
  d.shape(d.pick(2) ? Topology::Mesh : Topology::EbgpMesh, 4, 120).set("graceful", 1).set("blocks", 4);
  Duration at = 15s;
  for (int i = 0; i < 6; ++i) {
    d.at(at, "kill", {0}).at(at + 50ms + d.some(3s), "start", {0});
    at += 4s + d.some(12s);
  }
  return d.done();
}

Plan slow_reader(uint64_t seed) {
  Draft d(seed);
  d.shape(Topology::Mesh, 3, 700).set("hostiles", 2).set("blocks", 8);
  d.hostile(1s, Hostile::Mode::Deaf);
  d.hostile(1s, Hostile::Mode::Drip, 1);
  for (int i = 0; i < 60; ++i) d.at(20s + d.some(600s), d.pick(2) ? "block" : "unblock", {d.pick(3), d.pick(15)});
  return d.done();
}

Plan configuration_churn(uint64_t seed) {
  Draft d(seed);
  int64_t n = 3 + d.pick(4);
  d.shape(Topology::EbgpMesh, n, 120);
  for (int i = 0; i < 6; ++i) d.at(d.some(100s), "mesh", {d.pick(2)});
  for (int i = 0; i < 12; ++i) {
    int64_t a = d.pick(n);
    d.at(d.some(100s), d.pick(2) ? "peer" : "unpeer", {a, (a + 1) % n});
  }
  for (int i = 0; i < 4; ++i) d.at(d.some(100s), "as", {d.pick(n), 65001 + d.pick(12)});
  for (int i = 0; i < 5; ++i) {
    Duration from = d.some(80s);
    d.at(from, "cut", {i, i + 1}).at(from + d.some(40s), "heal", {i, i + 1});
  }
  d.at(110s, "mesh", {1});
  return d.done();
}

Plan pool_move(uint64_t seed) {
  Draft d(seed);
  d.shape(static_cast<Topology>(d.pick(5)), 5, 60);
  for (int i = 0; i < 25; ++i) d.at(5s + d.some(50s), "move", {d.pick(5), d.pick(5)});
  return d.done();
}

Plan next_hop_flap(uint64_t seed) {
  Draft d(seed);
  d.shape(d.pick(2) ? Topology::Mesh : Topology::Reflectors, 5, 90);
  for (int i = 0; i < 60; ++i) {
    int64_t a = d.pick(5), b = (a + 1 + d.pick(4)) % 5;
    Duration from = 5s + d.some(70s);
    d.at(from, d.pick(2) ? "detour" : "hole", {a, b}).at(from + d.some(10s), "straight", {a, b});
  }
  return d.done();
}

Plan max_prefix_ping_pong(uint64_t seed) {
  Draft d(seed);
  d.shape(Topology::Mesh, 3, 300).set("hostiles", 2).set("max_prefix", 20);
  for (int i = 0; i < 5; ++i) {
    d.hostile(1s + i * 60s, Hostile::Mode::Flood, i % 2);
    d.hostile(40s + i * 60s + d.some(15s), Hostile::Mode::Polite, i % 2);
  }
  return d.done();
}

Plan overrun_under_load(uint64_t seed) {
  Draft d(seed);
  d.shape(Topology::Mesh, 4, 90).set("blocks", 12).set("event_latency_ms", d.pick(20));
  for (int i = 0; i < 30; ++i) {
    int64_t a = d.pick(4);
    Duration at = 1s + d.some(80s);
    d.at(at, "overrun", {a, 1 + d.pick(400)});
    d.at(at + 1ms, d.pick(2) ? "workload" : "unworkload", {a, d.pick(20)}).at(at + 2ms, "remove", {a, d.pick(30)});
    d.at(at + 3ms, "mtu", {a});
  }
  for (int i = 0; i < 4; ++i) d.at(d.some(70s), "interrupt", {i, 1}).at(75s + d.some(10s), "interrupt", {i, 0});
  return d.done();
}

Plan store_crashes(uint64_t seed) {
  Draft d(seed);
  d.shape(Topology::Mesh, 3, 120);
  for (int i = 0; i < 12; ++i) {
    d.at(5s + i * 9s, "storecrash", {d.pick(2)}).at(5s + i * 9s + 10ms, d.pick(3) ? "block" : "unblock", {d.pick(3), d.pick(15)});
    d.at(6s + i * 9s + d.some(7s), "storeback");
  }
  return d.done();
}

Plan store_outage_across_restart(uint64_t seed) {
  Draft d(seed);
  d.shape(Topology::Mesh, 4, 120);
  d.at(10s, "storecrash", {d.pick(2)}).at(11s, "block", {1, d.pick(15)});
  for (int i = 0; i < 3; ++i) d.at(12s + i * 10s, "kill", {i}).at(13s + i * 10s, "start", {i});
  d.at(50s + d.some(30s), "storeback");
  for (int i = 0; i < 3; ++i) d.at(90s + i * 1s, "start", {i});
  return d.done();
}

Plan standstill(uint64_t seed) {
  Draft d(seed);
  d.shape(Topology::Mesh, 4, 400).set("hold_s", 3 + d.pick(87)).set("hostiles", 1);
  d.at(20s, "freeze", {0}).at(220s, "thaw", {0}).at(260s, "freeze", {1}).at(260s + d.some(60s), "thaw", {1});
  d.hostile(1s, Hostile::Mode::Polite);
  return d.done();
}

// Nodes of which some offer what others do not, as while a cluster is upgraded one node after the other.
Plan rolling_upgrade(uint64_t seed) {
  Draft d(seed);
  d.shape(static_cast<Topology>(d.pick(5)), 6, 120).set("graceful", 1).set("add_path", 3);
  for (int i = 0; i < 6; ++i) d.at(5s + i * 15s, "kill", {i}).at(6s + i * 15s + d.some(4s), "start", {i});
  for (int i = 0; i < 10; ++i) d.at(d.some(110s), d.pick(2) ? "block" : "unblock", {d.pick(6), d.pick(15)});
  return d.done();
}

// Who listens to hostile peers and who does not: the others must not notice.
Plan hostile_grammar(uint64_t seed) {
  Draft d(seed);
  d.shape(Topology::Mesh, 4, 120).set("hostiles", 3);
  d.hostile(1s, Hostile::Mode::Malformed);
  d.hostile(1s, Hostile::Mode::Rough, 1);
  d.hostile(1s, d.pick(2) ? Hostile::Mode::Mute : Hostile::Mode::Drip, 2);
  d.hostile(60s, Hostile::Mode::Rough, 2);
  return d.done();
}

Plan link_flap(uint64_t seed) {
  Draft d(seed);
  d.shape(Topology::Mesh, 3, 60);
  for (int i = 0; i < 100; ++i) d.at(10s + i * 100ms, i % 2 ? "plug" : "unplug", {0});
  d.at(25s, "rename", {1, 0}).at(26s, "mtu", {1}).at(27s, "renumber", {1, 1}).at(30s, "unaddress", {2}).at(33s, "address", {2});
  d.at(40s, "carrier", {2, 0}).at(44s, "carrier", {2, 1});
  return d.done();
}

Plan kernel_refusals(uint64_t seed) {
  Draft d(seed);
  d.shape(Topology::Mesh, 3, 90).set("blocks", 6);
  constexpr int kErrors[] = {EINVAL, EPERM, ENOMEM, ESRCH, EEXIST, ENETDOWN};
  for (int i = 0; i < 6; ++i) {
    d.at(i * 12s, "refuse", {d.pick(3), kErrors[i], 200 + d.pick(801)}).at(i * 12s + 10s, "refuse", {i % 3, 0, 0});
    d.at(i * 12s + d.some(10s), "block", {d.pick(3), d.pick(15)}).at(i * 12s + d.some(10s), "remove", {d.pick(3), d.pick(9)});
  }
  return d.done();
}

}  // namespace

const std::vector<Scenario> kScenarios{
    {"rolling-kill", "a mesh of 12 whose processes are killed one after the other", rolling_kill},
    {"reflector-failover", "two route reflectors that take turns in dying", reflector_failover},
    {"churn-partition", "routes come and go while the network falls apart and heals", churn_with_partitions},
    {"collision-storm", "resets at once, and peers that dial five times", collision_storm},
    {"consecutive-restarts", "a node that restarts again and again within its restart time", consecutive_restarts},
    {"slow-reader", "a peer that never reads, and one that sends an octet at a time", slow_reader},
    {"config-churn", "mesh on and off, peers and AS numbers change, during partitions", configuration_churn},
    {"pool-move", "blocks move between nodes", pool_move},
    {"next-hop-flap", "next hops resolve over other routes, or not at all", next_hop_flap},
    {"max-prefix", "peers that go over their limit and come back", max_prefix_ping_pong},
    {"overrun", "the kernel loses its messages while much changes", overrun_under_load},
    {"store-crash", "the store dies at each write", store_crashes},
    {"store-outage", "nodes restart while the store is away", store_outage_across_restart},
    {"standstill", "processes that stand still for minutes: no clock but the steady one counts", standstill},
    {"rolling-upgrade", "nodes restart one after the other with everything offered", rolling_upgrade},
    {"hostile", "peers that draw from RFC 7606's cases", hostile_grammar},
    {"link-flap", "links that flap, are renamed, renumbered and lose their addresses", link_flap},
    {"kernel-errors", "a kernel that refuses", kernel_refusals},
};

}  // namespace sim
