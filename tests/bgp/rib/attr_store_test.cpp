#include <map>

#include "bgp/base/prng.h"
#include "rib_support.h"

namespace bgp::rib {
namespace {

wire::NextHop via(const char* address) { return {ip(address), {}}; }

TEST_CASE("equal sets are one set, with as many references as users") {
  NextHops next_hops(true);
  AttrStore store(next_hops);
  AttrId a = store.intern(attributes("path 1"), via("10.0.0.1"));
  CHECK(store.intern(attributes("path 1"), via("10.0.0.1")) == a);
  CHECK(store.size() == 1);
  store.release(a);
  CHECK(store.size() == 1);
  store.release(a);
  CHECK(store.size() == 0);
}

TEST_CASE("the next hop is part of a set, and a set of our own has none") {
  NextHops next_hops(true);
  AttrStore store(next_hops);
  AttrId a = store.intern(attributes("path 1"), via("10.0.0.1"));
  AttrId b = store.intern(attributes("path 1"), via("10.0.0.2"));
  AttrId local = store.intern_local(attributes("path 1"));
  CHECK(a != b);
  CHECK(next_hops.get(store.next_hop(b)).address == ip("10.0.0.2"));
  CHECK(store.next_hop(local) == 0);
  CHECK(store.size() == 3);
}

TEST_CASE("the facts of a set are decoded once, absent ones read as the RFC says") {
  NextHops next_hops(true);
  AttrStore store(next_hops);
  const PackedFacts& plain = store.facts(store.intern_local(attributes("path 7,8 origin 2")));
  CHECK(plain.neighbor_as == 7);
  CHECK(plain.as_path_length == 2);
  CHECK(plain.origin == 2);
  CHECK(plain.local_pref == 100);
  CHECK(plain.med == 0);
  CHECK_FALSE(plain.has_originator_id);
  const PackedFacts& full =
      store.facts(store.intern_local(attributes("lp 5 med 6 originator 9 cluster 3 no-export no-advertise")));
  CHECK(full.local_pref == 5);
  CHECK(full.med == 6);
  CHECK(full.has_originator_id);
  CHECK(full.originator_id == 9);
  CHECK(full.cluster_list_length == 1);
  CHECK(full.no_export);
  CHECK(full.no_advertise);
}

TEST_CASE("a store agrees with a map, whatever is interned and released, through collisions and growth") {
  for (uint64_t seed = 0; seed < 10; ++seed) {
    INFO("seed " << seed);
    Prng chance(seed);
    NextHops next_hops(true);
    AttrStore store(next_hops);
    using Key = std::pair<Bytes, uint32_t>;
    std::map<Key, std::pair<AttrId, int>> oracle;
    for (int step = 0; step < 6000; ++step) {
      auto number = static_cast<uint32_t>(chance.below(900));
      Bytes set = attributes("med " + std::to_string(number) + " filler " + std::to_string(number % 7 * 40));
      uint32_t hop = number % 5;
      auto known = oracle.find({set, hop});
      if (known != oracle.end() && chance.below(2) == 0) {
        store.release(known->second.first);
        if (--known->second.second == 0) oracle.erase(known);
        continue;
      }
      AttrId id = store.intern(set, {IpAddress::v4(hop), {}});
      if (known != oracle.end() && known->second.first != id) FAIL("an equal set has another id");
      auto& [its_id, references] = oracle[{set, hop}];
      its_id = id;
      ++references;
    }
    CHECK(store.size() == oracle.size());
    std::map<AttrId, int> ids;
    for (const auto& [key, value] : oracle) {
      CHECK(++ids[value.first] == 1);
      ByteView bytes = store.canonical(value.first);
      CHECK(Bytes(bytes.begin(), bytes.end()) == key.first);
      CHECK(next_hops.get(store.next_hop(value.first)).address == IpAddress::v4(key.second));
    }
  }
}

TEST_CASE("an edited set remembers what it was made from, and keeps that alive") {
  NextHops next_hops(true);
  AttrStore store(next_hops);
  AttrId a = store.intern(attributes("med 1"), {IpAddress::v4(1), {}});
  AttrId b = store.intern(attributes("med 2"), {IpAddress::v4(1), {}});
  AttrId edited = store.intern_edited(attributes("med 3"), a);
  CHECK(store.original(edited) == a);
  CHECK(store.original(a) == a);
  CHECK(store.next_hop(edited) == store.next_hop(a));
  CHECK(store.intern_edited(attributes("med 3"), a) == edited);
  AttrId other = store.intern_edited(attributes("med 3"), b);  // equal octets, of another original: another set
  CHECK(other != edited);
  AttrId received = store.intern(attributes("med 3"), {IpAddress::v4(1), {}});  // and so is one that came like that
  CHECK(received != edited);
  CHECK(store.intern_edited(attributes("med 1"), a) == a);  // nothing edited
  for (AttrId id : {a, a, b, edited, edited}) store.release(id);
  CHECK(store.size() == 3);  // `other` still holds b
  CHECK(store.original(other) == b);
  for (AttrId id : {other, received}) store.release(id);
  CHECK(store.size() == 0);
}

TEST_CASE("an arena gives each string its own octets, and freed ones again") {
  ByteArena arena;
  Prng chance(1);
  std::vector<std::pair<const uint8_t*, Bytes>> live;
  for (int step = 0; step < 5000; ++step) {
    if (!live.empty() && chance.below(2) == 0) {
      size_t i = chance.below(live.size());
      if (!std::equal(live[i].second.begin(), live[i].second.end(), live[i].first)) FAIL("octets changed");
      arena.free(live[i].first, live[i].second.size());
      live[i] = live.back();
      live.pop_back();
    }
    Bytes bytes(chance.below(4097), static_cast<uint8_t>(step));
    live.emplace_back(arena.copy(bytes), bytes);
  }
  for (const auto& [at, bytes] : live) CHECK(std::equal(bytes.begin(), bytes.end(), at));
  const uint8_t* freed = live[0].first;
  arena.free(freed, live[0].second.size());
  CHECK(arena.copy(live[0].second) == freed);
}

}  // namespace
}  // namespace bgp::rib
