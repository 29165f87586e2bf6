#include <doctest/doctest.h>

#include "bgp/base/limits.h"
#include "tests/fib/table/text_kernel.h"

using namespace fib;
using namespace fib::table;

namespace {

KernelView view_of(const Lines& routes) {
  KernelView view;
  for (uint32_t i : {1U, 2U, 3U}) view.set_link(TextKernel::link(i));
  view.set_address({1, ip("10.0.0.1"), 24});
  for (const std::string& text : routes) view.set_route(kernel_route(text));
  return view;
}

std::string way_to(const KernelView& view, const std::string& address) {
  std::string text;
  for (const Leg& leg : resolve(view, ip(address)).legs)
    text += (text.empty() ? "" : ", ") + leg.gateway.to_string() + " dev " + std::to_string(leg.ifindex);
  return text.empty() ? "unreachable" : text;
}

}  // namespace

TEST_CASE("the longest foreign prefix gives the way to a next hop") {
  KernelView view =
      view_of({"10.0.0.0/24 dev 1 proto 2", "0.0.0.0/0 via 10.0.0.254 dev 1", "192.0.2.0/24 via 10.0.0.7 dev 1",
               "10.5.0.0/16 via 10.0.0.8 dev 1 via 10.0.0.9 dev 2", "10.6.0.0/16 blackhole", "10.7.0.0/16 unreachable",
               "10.8.0.0/16 via 10.0.0.8 dev 9", "10.9.0.0/16 via 10.0.0.1 dev 1"});
  struct Row {
    const char* address;
    const char* way;
  };
  for (auto [address, way] :
       {Row{"10.0.0.2", "10.0.0.2 dev 1"}, Row{"192.0.2.9", "10.0.0.7 dev 1"}, Row{"203.0.113.1", "10.0.0.254 dev 1"},
        Row{"10.5.1.1", "10.0.0.8 dev 1, 10.0.0.9 dev 2"}, Row{"10.6.1.1", "unreachable"},
        Row{"10.7.1.1", "unreachable"}, Row{"10.8.1.1", "unreachable"},  // a link we never heard of
        Row{"10.9.1.1", "unreachable"},                                  // a gateway that is ourselves
        Row{"10.0.0.1", "unreachable"},                                  // ourselves
        Row{"127.0.0.1", "unreachable"}, Row{"0.0.0.0", "unreachable"}, Row{"224.0.0.5", "unreachable"}}) {
    CAPTURE(address);
    CHECK(way_to(view, address) == way);
  }
}

TEST_CASE("of two routes to one prefix the smaller metric wins, unless it leads nowhere") {
  KernelView view = view_of({"10.5.0.0/16 via 10.0.0.8 dev 1 metric 10", "10.5.0.0/16 via 10.0.0.9 dev 2 metric 5"});
  CHECK(way_to(view, "10.5.0.1") == "10.0.0.9 dev 2");
  CHECK(resolve(view, ip("10.5.0.1")).metric == 5);
  view.set_link({2, "eth2", true, false, false});
  CHECK(way_to(view, "10.5.0.1") == "10.0.0.8 dev 1");
}

TEST_CASE("legs over links that are down, without carrier or loopback are dropped, the others kept") {
  KernelView view = view_of({"10.5.0.0/16 via 10.0.0.8 dev 1 via 10.0.0.9 dev 2"});
  view.set_link({1, "eth1", false, false, false});
  CHECK(way_to(view, "10.5.0.1") == "10.0.0.9 dev 2");
  view.set_link({1, "eth1", true, true, true});
  CHECK(way_to(view, "10.5.0.1") == "10.0.0.9 dev 2");
  view.set_link({2, "eth2", true, false, false});
  CHECK(way_to(view, "10.5.0.1") == "unreachable");
}

TEST_CASE("an IPv6 link-local address resolves only where one link can be meant") {
  KernelView view = view_of({"fe80::/64 dev 1 proto 2 metric 256"});
  CHECK(way_to(view, "fe80::2") == "fe80::2 dev 1");
  view.set_route(kernel_route("fe80::/64 dev 2 proto 2 metric 256"));
  CHECK(way_to(view, "fe80::2") == "unreachable");
  view.remove_route(kernel_route("fe80::/64 dev 1 proto 2 metric 256"));
  CHECK(way_to(view, "fe80::2") == "fe80::2 dev 2");
}

TEST_CASE("an IPv6 link-local address with a link resolves on that link alone, for routes of either family") {
  KernelView view = view_of({"fe80::/64 dev 1 proto 2 metric 256", "fe80::/64 dev 2 proto 2 metric 256"});
  auto legs_on = [&](uint32_t ifindex) { return resolve(view, {ip("fe80::2"), ifindex}).legs; };
  CHECK(legs_on(1) == std::vector<Leg>{{ip("fe80::2"), 1, 1, false}});
  CHECK(legs_on(2) == std::vector<Leg>{{ip("fe80::2"), 2, 1, false}});
  CHECK_MESSAGE(legs_on(3).empty(), "a link without IPv6");
  CHECK(legs_on(0).empty());
  view.set_link({2, "eth2", true, false, false});
  CHECK_MESSAGE(legs_on(2).empty(), "no carrier");
  view.set_address({1, ip("fe80::2"), 64});
  CHECK_MESSAGE(legs_on(1).empty(), "ourselves");
}

TEST_CASE("a route over a link-local gateway keeps its interface") {
  KernelView view = view_of({"2001:db8::/32 via fe80::9 dev 2"});
  CHECK(way_to(view, "2001:db8::1") == "fe80::9 dev 2");
}

TEST_CASE("our own routes never carry a next hop, whatever their metric") {
  TextKernel kernel({"192.0.2.0/24 via 10.0.0.7 dev 1 proto 12", "192.0.3.0/24 via 10.0.0.7 dev 1 proto 12 metric 9"});
  kernel.machine.watch(ip("192.0.2.1"));
  kernel.machine.watch(ip("192.0.3.1"));
  kernel.take_news();
  CHECK(kernel.next_hops == std::vector<NextHopState>{{ip("192.0.2.1"), false, 0}, {ip("192.0.3.1"), false, 0}});
}

TEST_CASE("legs are merged once each, sorted, at most 64") {
  Leg a{ip("10.0.0.2"), 1, 1, false}, b{ip("10.0.0.3"), 1, 1, false};
  CHECK(merge_legs({{1, {b, a}}, {1, {a}}}) == std::vector<Leg>{a, b});
  CHECK(merge_legs({}).empty());
  std::vector<Leg> many;
  for (uint32_t i = 0; i < 100; ++i) many.push_back({bgp::IpAddress::v4(0x0a000000 + i), 1, 1, false});
  CHECK(merge_legs({{1, many}}).size() == bgp::limits::kEcmpLegsMax);
  CHECK(merge_legs({{1, many}, {2, {a}}}).size() == bgp::limits::kEcmpLegsMax);
}

TEST_CASE("a next hop's share is divided among its legs, and adds up where next hops share one") {
  auto leg = [](const char* gateway, uint16_t weight) { return Leg{ip(gateway), 1, weight, false}; };
  // As they come: one leg each.
  CHECK(merge_legs({{3, {leg("10.0.0.2", 1)}}, {1, {leg("10.0.0.3", 1)}}}) ==
        std::vector<Leg>{leg("10.0.0.2", 3), leg("10.0.0.3", 1)});
  // 2 over two legs, one of which weighs three times the other, beside 1 over a leg of its own: 1.5, 0.5, 1.
  CHECK(merge_legs({{2, {leg("10.0.0.2", 3), leg("10.0.0.3", 1)}}, {1, {leg("10.0.0.4", 1)}}}) ==
        std::vector<Leg>{leg("10.0.0.2", 3), leg("10.0.0.3", 1), leg("10.0.0.4", 2)});
  CHECK(merge_legs({{2, {leg("10.0.0.2", 1)}}, {1, {leg("10.0.0.2", 1)}}, {1, {leg("10.0.0.3", 1)}}}) ==
        std::vector<Leg>{leg("10.0.0.2", 3), leg("10.0.0.3", 1)});
  // What leads nowhere has no share, and the last leg no weight.
  CHECK(merge_legs({{200, {}}, {7, {leg("10.0.0.2", 1)}}}) == std::vector<Leg>{leg("10.0.0.2", 1)});
  CHECK(merge_legs({{256, {leg("10.0.0.2", 1)}}, {1, {leg("10.0.0.3", 1)}}}) ==
        std::vector<Leg>{leg("10.0.0.2", 256), leg("10.0.0.3", 1)});
}

TEST_CASE("a watched next hop is answered once, then only when something changed") {
  TextKernel kernel;
  kernel.machine.watch(ip("192.0.2.1"));
  kernel.take_news();
  CHECK(kernel.next_hops == std::vector<NextHopState>{{ip("192.0.2.1"), false, 0}});
  kernel.clear_news();
  kernel.added("192.0.2.0/24 via 10.0.0.7 dev 1 metric 3");
  CHECK(kernel.next_hops == std::vector<NextHopState>{{ip("192.0.2.1"), true, 3, 0, "eth1"}});
  kernel.clear_news();
  kernel.added("192.0.2.0/24 via 10.0.0.8 dev 1 metric 3", true);
  kernel.added("198.51.100.0/24 via 10.0.0.8 dev 1");
  CHECK_MESSAGE(kernel.next_hops.empty(), "another gateway is no news to the speaker");
  kernel.added("192.0.2.0/24 via 10.0.1.8 dev 2 metric 3", true);
  CHECK(kernel.next_hops == std::vector<NextHopState>{{ip("192.0.2.1"), true, 3, 0, "eth2"}});
  kernel.added("192.0.2.0/24 via 10.0.0.8 dev 1 metric 3", true);
  kernel.clear_news();
  kernel.machine.watch(ip("192.0.2.1"));
  kernel.take_news();
  CHECK_MESSAGE(kernel.next_hops.size() == 1, "a second watcher gets its answer too");
  kernel.clear_news();
  kernel.machine.unwatch(ip("192.0.2.1"));
  kernel.removed("192.0.2.0/24 via 10.0.0.8 dev 1 metric 3");
  CHECK(kernel.next_hops == std::vector<NextHopState>{{ip("192.0.2.1"), false, 0}});
  kernel.clear_news();
  kernel.machine.unwatch(ip("192.0.2.1"));
  kernel.added("192.0.2.0/24 via 10.0.0.8 dev 1");
  CHECK(kernel.next_hops.empty());
}

TEST_CASE("routes follow their next hop: another gateway, another link, an address that became ours") {
  TextKernel kernel({"192.0.2.0/24 via 10.0.0.7 dev 1"});
  kernel.want("10.9.0.0/16 via 192.0.2.1");
  kernel.want("10.8.0.0/16 via 10.0.1.2");
  kernel.done();
  kernel.added("192.0.2.0/24 via 10.0.1.7 dev 2", true);
  CHECK(kernel.done() == Lines{"replace 10.9.0.0/16 via 10.0.1.7 dev 2"});
  kernel.event(AddressEvent{false, {1, ip("10.0.1.2"), 32}});
  CHECK(kernel.done() == Lines{"delete 10.8.0.0/16"});
  kernel.event(AddressEvent{true, {1, ip("10.0.1.2"), 32}});
  CHECK(kernel.done() == Lines{"add 10.8.0.0/16 via 10.0.1.2 dev 2"});
}
