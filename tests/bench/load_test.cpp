// The benchmark's judge must itself be right: what it accepts, and what it finds wrong.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "tests/bench/load/scenario.h"

using namespace bench;

namespace {

constexpr uint32_t kSpeakerAs = 64512;

// What a speaker makes of a sender's set: its own AS in front, and another next hop.
Bytes told(const Scenario& scenario, uint32_t marker = 0) {
  const Peer& sender = scenario.peers()[0];
  Universe passed = scenario.universe();
  for (AttributeSet& set : passed.sets) {
    set.as_path[0].asns.insert(set.as_path[0].asns.begin(), sender.asn);
    set.med.reset();
  }
  return announcements(passed, sender.announces, [&](uint32_t) {
    return Dress{.next_hop = 1, .prepend_as = kSpeakerAs, .prepends = 1, .marker = marker};
  });
}

void feed(Receiver& receiver, const Bytes& stream) {
  for (size_t at = 0; at < stream.size(); at += get16(&stream[at + 16])) {
    receiver.handle_update(ByteView(stream).subspan(at + kHeaderBytes, get16(&stream[at + 16]) - kHeaderBytes));
  }
}

struct World {
  Scenario scenario;
  PrefixIndex index{scenario.universe().routes};
  Expected expected = scenario.all_announced(0);
  Receiver receiver{scenario.universe(), index, kSpeakerAs, {0, scenario.universe().routes.size()}, {}};
  World() : scenario(options()) { receiver.expect(expected); }
  static Options options() {
    Options o;
    o.senders = o.receivers = 1;
    o.routes = 2000;
    return o;
  }
};

Bytes be(std::initializer_list<std::pair<uint32_t, int>> fields) {
  Bytes out;
  for (auto [value, octets] : fields) {
    for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(value >> shift));
  }
  return out;
}

}  // namespace

TEST_CASE("a receiver that was told everything, with the speaker's AS in front, is content") {
  World w;
  CHECK_FALSE(w.receiver.is_complete());
  feed(w.receiver, told(w.scenario));
  CHECK(w.receiver.is_complete());
  CHECK(w.receiver.prefixes() == 2000);
}

TEST_CASE("a missing route, other attributes, a route of nobody and a missing AS are found") {
  World w;
  const Universe& all = w.scenario.universe();
  feed(w.receiver, told(w.scenario));
  SUBCASE("missing") { feed(w.receiver, withdrawals(all, {7, 8})); }
  SUBCASE("other attributes") { feed(w.receiver, announcements(all, {7, 8}, [](uint32_t) { return Dress{.prepend_as = kSpeakerAs, .prepends = 1}; })); }
  SUBCASE("a route of nobody") { feed(w.receiver, announcements(make_blocks(1), {0, 1}, [](uint32_t) { return Dress{.prepend_as = kSpeakerAs, .prepends = 1}; })); }
  SUBCASE("the speaker's AS is missing") { feed(w.receiver, w.scenario.announcement(w.scenario.peers()[0], 0, {7, 8})); }
  CHECK_FALSE(w.receiver.is_complete());
}

TEST_CASE("after a churn only the new attributes are right; after a withdrawal nothing is left") {
  World w;
  feed(w.receiver, told(w.scenario));
  const Expected later = w.scenario.all_announced(0xfde70001);
  w.receiver.expect(later);
  CHECK_FALSE(w.receiver.is_complete());
  feed(w.receiver, told(w.scenario, 0xfde70001));
  CHECK(w.receiver.is_complete());
  const Expected nothing = w.scenario.nothing();
  w.receiver.expect(nothing);
  feed(w.receiver, withdrawals(w.scenario.universe(), {0, 2000}));
  CHECK(w.receiver.is_complete());
}

TEST_CASE("communities in another order, or twice, are the same; a path in another order is not") {
  AttributeSet set{.origin = 0, .as_path = {{2, {1, 2, 3}}}, .med = {}, .aggregator = {}, .communities = {10, 20}, .large_communities = {{{1, 2, 3}}}};
  const uint32_t one = fingerprint(encode(set, {}), 0);
  set.communities = {20, 10, 20};
  CHECK(fingerprint(encode(set, {}), 0) == one);
  set.as_path = {{2, {1, 2}}, {2, {3}}};
  CHECK(fingerprint(encode(set, {}), 0) == one);
  set.as_path = {{2, {1, 3, 2}}};
  CHECK(fingerprint(encode(set, {}), 0) != one);
  set.as_path = {{2, {1, 2, 3}}};
  set.communities = {10};
  CHECK(fingerprint(encode(set, {}), 0) != one);
}

TEST_CASE("the made-up table has no prefix twice, and is the same for the same seed") {
  const Universe a = make_universe(3, 5000), b = make_universe(3, 5000);
  std::set<std::pair<uint32_t, uint8_t>> prefixes;
  for (const Route& route : a.routes) prefixes.emplace(route.address, route.length);
  CHECK(prefixes.size() == 5000);
  CHECK(announcements(a, {0, 5000}, [](uint32_t) { return Dress{}; }) == announcements(b, {0, 5000}, [](uint32_t) { return Dress{}; }));
  CHECK(make_universe(4, 5000).routes[0].address != a.routes[0].address);
}

TEST_CASE("a recorded feed is read to its end: announced, announced again, withdrawn") {
  const auto record = [](const Bytes& update) {
    Bytes message = be({{0xffffffff, 4}, {0xffffffff, 4}, {0xffffffff, 4}, {0xffffffff, 4}, {static_cast<uint32_t>(19 + update.size()), 2}, {2, 1}});
    Bytes out = be({{1, 4}, {16, 2}, {4, 2}, {static_cast<uint32_t>(20 + message.size() + update.size()), 4},
                    {3856, 4}, {64512, 4}, {0, 2}, {1, 2}, {1, 4}, {2, 4}});
    out.insert(out.end(), message.begin(), message.end());
    out.insert(out.end(), update.begin(), update.end());
    return out;
  };
  const Bytes attributes = {0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0x0f, 0x10};
  Bytes first = be({{0, 2}, {static_cast<uint32_t>(attributes.size()), 2}});
  first.insert(first.end(), attributes.begin(), attributes.end());
  first.insert(first.end(), {24, 192, 0, 2, 24, 198, 51, 100});
  std::string name = std::filesystem::temp_directory_path() / "calico-mrt-XXXXXX";
  close(mkstemp(name.data()));
  {
    std::ofstream file(name, std::ios::binary);
    for (const Bytes& one : {record(first), record(first), record({0, 4, 24, 192, 0, 2, 0, 0})}) {
      file.write(reinterpret_cast<const char*>(one.data()), static_cast<std::streamsize>(one.size()));
    }
  }
  const Universe all = read_mrt(name);
  std::filesystem::remove(name);
  REQUIRE(all.routes.size() == 1);
  CHECK(all.routes[0].address == 0xc6336400);
  CHECK(all.sets[all.routes[0].set].as_path[0].asns == std::vector<uint32_t>{3856});
}
