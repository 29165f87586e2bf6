#include <doctest/doctest.h>

#include "tests/fib/table/text_kernel.h"

using namespace fib;
using namespace fib::table;

TEST_CASE("foreign unicast routes of the main table are offered, and nothing else") {
  TextKernel kernel({"10.42.0.7/32 dev 1 proto 3", "10.43.0.0/26 blackhole", "10.44.0.0/16 via 10.0.0.2 dev 1 proto 12",
                     "10.45.0.0/16 via 10.0.0.2 dev 1 proto 12 metric 9", "10.46.0.0/16 dev 1 table 10",
                     "169.254.0.0/16 dev 1", "127.1.0.0/16 dev 1", "224.0.0.0/4 dev 1", "fe80::/64 dev 1",
                     "ff00::/8 dev 1", "10.47.0.0/16 unreachable", "10.48.0.0/16 dev 9", "10.49.0.1/32 dev 1 proto 1",
                     "0.0.0.0/0 via 10.0.0.254 dev 1"});
  CHECK(kernel.local_added == Lines{"0.0.0.0/0 eth1", "10.0.0.0/24 eth1", "10.0.1.0/24 eth2", "10.42.0.7/32 eth1"});
  CHECK(kernel.local_removed.empty());
}

TEST_CASE("a second reading of the same kernel is no news") {
  TextKernel kernel({"10.42.0.7/32 dev 1 proto 3"});
  kernel.clear_news();
  kernel.read();
  CHECK(kernel.local_added.empty());
  CHECK(kernel.local_removed.empty());
}

TEST_CASE("routes come and go with their link, and take its new name") {
  TextKernel kernel({"10.42.0.7/32 dev 1 proto 3"});
  kernel.clear_news();
  Link renamed = TextKernel::link(1);
  renamed.name = "cali1";
  kernel.link_changed(renamed);
  CHECK(kernel.local_removed == Lines{"10.0.0.0/24 eth1", "10.42.0.7/32 eth1"});
  CHECK(kernel.local_added == Lines{"10.0.0.0/24 cali1", "10.42.0.7/32 cali1"});
  kernel.clear_news();
  kernel.event(LinkEvent{true, renamed});
  CHECK(kernel.local_removed == Lines{"10.0.0.0/24 cali1", "10.42.0.7/32 cali1"});
  kernel.link_changed(TextKernel::link(1));
  CHECK_MESSAGE(kernel.local_added.empty(), "a new link with an old number has no routes yet");
}

TEST_CASE("a route that came and went within one batch of events is not mentioned") {
  TextKernel kernel;
  kernel.clear_news();
  kernel.machine.event(RouteEvent{false, false, kernel_route("10.42.0.7/32 dev 1")});
  kernel.machine.event(RouteEvent{true, false, kernel_route("10.42.0.7/32 dev 1")});
  kernel.take_news();
  CHECK(kernel.local_added.empty());
  CHECK(kernel.local_removed.empty());
}

TEST_CASE("of two routes to one prefix the one with the smaller metric is offered, then the other") {
  TextKernel kernel({"10.42.0.0/24 dev 1 metric 5", "10.42.0.0/24 dev 2 metric 9"});
  kernel.clear_news();
  kernel.removed("10.42.0.0/24 dev 1 metric 5");
  CHECK(kernel.local_removed == Lines{"10.42.0.0/24 eth1"});
  CHECK(kernel.local_added == Lines{"10.42.0.0/24 eth2"});
}

TEST_CASE("an address that is a subnet of its own is offered while it and its link are there: a tunnel's end") {
  TextKernel kernel;
  kernel.clear_news();
  const Link tunnel{3, "tunl0", true, true, false};
  const LinkAddress end{3, ip("192.168.1.1"), 32};
  kernel.link_changed(tunnel);
  kernel.event(AddressEvent{false, end});
  CHECK(kernel.local_added == Lines{"192.168.1.1/32 tunl0"});
  kernel.clear_news();
  kernel.link_changed({3, "tunl0", false, false, false});
  CHECK(kernel.local_removed == Lines{"192.168.1.1/32 tunl0"});
  kernel.link_changed(tunnel);
  CHECK_MESSAGE(kernel.machine.take_resync_wish(), "what is there after the link was down is read, within a second");
  kernel.event(AddressEvent{false, end});
  kernel.clear_news();
  kernel.event(AddressEvent{true, end});
  CHECK(kernel.local_removed == Lines{"192.168.1.1/32 tunl0"});
}

TEST_CASE("an address in a subnet, one on lo and one of IPv6 get no route but the kernel's own") {
  TextKernel kernel;
  kernel.clear_news();
  kernel.link_changed({3, "lo", true, true, true});
  kernel.event(AddressEvent{false, {1, ip("10.0.0.9"), 24}});
  kernel.event(AddressEvent{false, {3, ip("192.168.1.1"), 32}});
  kernel.event(AddressEvent{false, {1, ip("fd00::9"), 128}});
  CHECK(kernel.local_added.empty());
  kernel.added("fd00::9/128 dev 1 proto 2 metric 256");
  CHECK(kernel.local_added == Lines{"fd00::9/128 eth1"});
}

TEST_CASE("ignoredInterfaces: connected subnets of such a link are not offered, routes of workloads over it are") {
  TextKernel kernel({"10.42.0.7/32 dev 1 proto 3", "10.42.0.0/24 dev 1 proto 2"});
  kernel.clear_news();
  kernel.machine.ignore_subnets_of([](std::string_view link) { return link == "eth1"; });
  kernel.take_news();
  CHECK(kernel.local_removed == Lines{"10.0.0.0/24 eth1", "10.42.0.0/24 eth1"});
  CHECK(kernel.local_added.empty());
  kernel.clear_news();
  kernel.machine.ignore_subnets_of([](std::string_view) { return false; });
  kernel.take_news();
  CHECK(kernel.local_added == Lines{"10.0.0.0/24 eth1", "10.42.0.0/24 eth1"});
}
