// Two Peers that dial each other, 1,000 seeds a case: exactly one session, on one wire, soon.
#include <doctest/doctest.h>

#include "two_peers.h"

namespace bgp::session {
namespace {

constexpr uint64_t kSeeds = 1000;

struct End {
  uint32_t as;
  uint32_t identifier;
};

PeerConfig config_of(End us, End them, std::string_view address) {
  PeerConfig config = config_towards(address);
  config.local_as = Asn{us.as};
  config.peer_as = Asn{them.as};
  config.identifier = BgpIdentifier{us.identifier};
  return config;
}

TwoPeers pair_of(End a, End b, uint64_t seed, bool v6 = false) {
  return TwoPeers(config_of(a, b, v6 ? "2001:db8::2" : "192.0.2.2"), config_of(b, a, v6 ? "2001:db8::1" : "192.0.2.1"),
                  seed);
}

void check_joined_once(TwoPeers& two) {
  CHECK(two.is_joined());
  CHECK(two.ups(0) == 1);
  CHECK(two.ups(1) == 1);
  CHECK(two.open_connections(0) == 1);
  CHECK(two.open_connections(1) == 1);
}

}  // namespace

TEST_CASE("simultaneous connect ends in exactly one session within a second, whoever is dominant") {
  struct Row {
    const char* name;
    End a, b;
    bool v6;
  };
  const Row rows[] = {
      {"eBGP, identifiers 1 < 2", {64512, 1}, {64513, 2}, false},
      {"eBGP, identifiers 2 > 1", {64512, 2}, {64513, 1}, false},
      {"eBGP, equal identifiers", {64512, 7}, {64513, 7}, false},
      {"iBGP", {64512, 1}, {64512, 2}, false},
      {"iBGP over IPv6", {64512, 1}, {64512, 2}, true},
  };
  for (const Row& row : rows) {
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      CAPTURE(row.name);
      CAPTURE(seed);
      TwoPeers two = pair_of(row.a, row.b, seed, row.v6);
      two.start(0);
      two.start(1);
      two.run_for(1s);
      check_joined_once(two);
    }
  }
}

TEST_CASE("a second start within the round trips of the first makes no difference") {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    CAPTURE(seed);
    TwoPeers two = pair_of({64512, 1}, {64513, 2}, seed);
    two.start(static_cast<int>(seed % 2));
    two.run_for(Duration(static_cast<Duration::rep>(Prng(seed).below(150'000'000))));
    two.start(static_cast<int>(1 - seed % 2));
    two.run_for(1s);
    check_joined_once(two);
  }
}

TEST_CASE("a joined pair stays joined, and is quiet but for keepalives") {
  TwoPeers two = pair_of({64512, 1}, {64513, 2}, 1);
  two.start(0);
  two.start(1);
  two.run_for(24h);
  check_joined_once(two);
  CHECK(two.peer(0).counters().keepalives_out < 24 * 3600 / 22);
  CHECK(two.peer(0).counters().notifications_in + two.peer(0).counters().notifications_out <= 1);
}

TEST_CASE("a created peer is joined in a second, though the other has been dialling in vain for an hour") {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    TwoPeers two = pair_of({64512, 1}, {64513, 2}, seed);
    two.start(0);
    two.run_for(1h);
    two.start(1);
    two.run_for(1s);
    check_joined_once(two);
  }
}

TEST_CASE("a peer that crashes and starts again is joined in a second") {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    TwoPeers two = pair_of({64512, 1}, {64513, 2}, seed);
    two.start(0);
    two.start(1);
    two.run_for(10s);
    two.crash(1);
    two.run_for(2s);
    CHECK(two.peer(0).last_fault().to_string().starts_with("Socket: "));
    two.start(1);
    two.run_for(1s);
    CHECK(two.is_joined());
  }
}

TEST_CASE("a peer that is stopped and started again is joined in a second") {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    TwoPeers two = pair_of({64512, 1}, {64513, 2}, seed);
    two.start(0);
    two.start(1);
    two.run_for(10s);
    two.stop(1, wire::CeaseReason::AdministrativeShutdown);
    two.run_for(1s);
    two.start(1);
    two.run_for(1s);
    CAPTURE(seed);
    CHECK(two.is_joined());
  }
}

TEST_CASE("after any storm of cuts, stops and crashes the pair finds itself again within the longest waits") {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    CAPTURE(seed);
    Prng chance(seed);
    TwoPeers two = pair_of({64512, 1}, {64513, 2}, seed);
    for (int i = 0; i < 30; ++i) {
      int side = static_cast<int>(chance.below(2));
      switch (chance.below(5)) {
        case 0: two.cut(); break;
        case 1: two.stop(side, wire::CeaseReason::AdministrativeShutdown); break;
        case 2: two.crash(side); break;
        case 3: two.stop(side, wire::CeaseReason::OutOfResources); break;
        default: two.start(side);
      }
      two.run_for(Duration(static_cast<Duration::rep>(chance.below(200'000'000))));
    }
    two.start(0);
    two.start(1);
    two.run_for(kConnectRetryMax + 30s);
    CHECK(two.is_joined());
  }
}

TEST_CASE("two sides that disagree about the AS never join, and grow patient") {
  TwoPeers two(config_of({64512, 1}, {64999, 2}, "192.0.2.2"), config_of({64513, 2}, {64512, 1}, "192.0.2.1"), 3);
  two.start(0);
  two.start(1);
  two.run_for(1h);
  CHECK(two.ups(0) + two.ups(1) == 0);
  CHECK(two.peer(0).last_fault().to_string() != "");
  CHECK(two.peer(0).counters().opens_out < 500);
}

}  // namespace bgp::session
