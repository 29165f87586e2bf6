#include <algorithm>
#include <array>

#include "rib_support.h"

namespace bgp::rib {
namespace {

wire::NextHop via(const char* address) { return {ip(address), {}}; }

// "+10.0.0.1 -10.0.0.2": what the rim is asked to watch and to forget.
std::string watches(NextHops& next_hops) {
  NextHops::Watches taken = next_hops.take_watches();
  std::string out;
  auto text = [](const ScopedAddress& a) {
    return a.address.to_string() + (a.ifindex == 0 ? "" : "%" + std::to_string(a.ifindex));
  };
  for (const ScopedAddress& a : taken.begin) out += (out.empty() ? "+" : " +") + text(a);
  for (const ScopedAddress& a : taken.end) out += (out.empty() ? "-" : " -") + text(a);
  return out;
}

TEST_CASE("an address is watched from its first user to its last") {
  NextHops next_hops;
  NextHopId a = next_hops.intern(via("10.0.0.1"));
  CHECK(watches(next_hops) == "+10.0.0.1");
  CHECK(next_hops.intern(via("10.0.0.1")) == a);
  CHECK(watches(next_hops) == "");
  next_hops.release(a);
  CHECK(watches(next_hops) == "");
  next_hops.release(a);
  CHECK(watches(next_hops) == "-10.0.0.1");
}

TEST_CASE("an unknown next hop is unreachable until the rim has answered") {
  NextHops next_hops;
  NextHopId a = next_hops.intern(via("10.0.0.1"));
  CHECK_FALSE(next_hops.is_reachable(a));
  CHECK(next_hops.set_state(ip("10.0.0.1"), true, 5));
  CHECK(next_hops.is_reachable(a));
  CHECK(next_hops.metric(a) == 5);
  CHECK_FALSE(next_hops.set_state(ip("10.0.0.1"), true, 5));
  CHECK_FALSE(next_hops.set_state(ip("10.9.9.9"), true, 5));
  CHECK(NextHops().is_reachable(0));
}

TEST_CASE("a next hop that loses its last user and finds another within a turn keeps its answer") {
  NextHops next_hops;
  NextHopId a = next_hops.intern(via("10.0.0.1"));
  next_hops.set_state(ip("10.0.0.1"), true, 5);
  CHECK(watches(next_hops) == "+10.0.0.1");
  next_hops.release(a);
  NextHopId again = next_hops.intern(via("10.0.0.1"));
  CHECK(next_hops.is_reachable(again));
  CHECK(watches(next_hops) == "");
  next_hops.release(again);
  CHECK(watches(next_hops) == "-10.0.0.1");
  NextHopId anew = next_hops.intern(via("10.0.0.1"));
  CHECK_FALSE(next_hops.is_reachable(anew));
  CHECK(watches(next_hops) == "+10.0.0.1");
}

TEST_CASE("next hops that differ in the link-local companion share one watch and one answer") {
  NextHops next_hops;
  NextHopId plain = next_hops.intern(via("2001:db8::1"));
  CHECK(next_hops.set_state(ip("2001:db8::1"), true, 7));
  NextHopId companion = next_hops.intern({ip("2001:db8::1"), ip("fe80::1")});
  CHECK(plain != companion);
  CHECK(next_hops.is_reachable(companion));
  CHECK(next_hops.metric(companion) == 7);
  CHECK(watches(next_hops) == "+2001:db8::1");
  next_hops.release(plain);
  CHECK(watches(next_hops) == "");
  next_hops.release(companion);
  CHECK(watches(next_hops) == "-2001:db8::1");
}

TEST_CASE("without a FIB every next hop is reachable and nothing is asked") {
  NextHops next_hops(true);
  NextHopId a = next_hops.intern(via("10.0.0.1"));
  CHECK(next_hops.is_reachable(a));
  next_hops.release(a);
  CHECK(watches(next_hops) == "");
}

TEST_CASE("one link-local address on two links is two next hops, watched and answered apart") {
  NextHops next_hops;
  NextHopId a = next_hops.intern({ip("fe80::1"), {}, 3});
  NextHopId b = next_hops.intern({ip("fe80::1"), {}, 4});
  CHECK(a != b);
  CHECK(watches(next_hops) == "+fe80::1%3 +fe80::1%4");
  CHECK(next_hops.set_state({ip("fe80::1"), 4}, true, 256));
  CHECK_FALSE(next_hops.is_reachable(a));
  CHECK(next_hops.is_reachable(b));
  CHECK(next_hops.is_waiting());
  next_hops.release(b);
  CHECK(watches(next_hops) == "-fe80::1%4");
}

// A peer chooses both addresses: with a list to walk for each of them these were thousands of millions of steps.
TEST_CASE("an address with a hundred thousand companions costs no more than one, and is watched once") {
  static constexpr uint32_t kMany = 100'000;
  auto nth = [](uint32_t n) {
    std::array<uint8_t, 16> link_local = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, static_cast<uint8_t>(n >> 16),
                                          static_cast<uint8_t>(n >> 8), static_cast<uint8_t>(n)};
    return wire::NextHop{ip("2001:db8::1"), IpAddress::v6(link_local)};
  };
  NextHops next_hops;
  std::vector<NextHopId> ids;
  for (uint32_t n = 0; n < kMany; ++n) ids.push_back(next_hops.intern(nth(n)));
  CHECK(watches(next_hops) == "+2001:db8::1");
  CHECK(next_hops.set_state(ip("2001:db8::1"), true, 7));
  std::vector<bool> found = next_hops.find({ip("2001:db8::1"), ip("2001:db8::2")});
  CHECK(std::count(found.begin(), found.end(), true) == kMany);
  bool all = true;
  for (NextHopId id : ids) all = all && next_hops.metric(id) == 7;
  CHECK(all);
  for (uint32_t n = 0; n + 1 < kMany; ++n) next_hops.release(ids[n]);
  CHECK(watches(next_hops) == "");
  CHECK(next_hops.intern(nth(kMany - 1)) == ids.back());
  next_hops.release(ids.back());
  next_hops.release(ids.back());
  CHECK(watches(next_hops) == "-2001:db8::1");
}

}  // namespace
}  // namespace bgp::rib
