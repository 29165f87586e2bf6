// What goes wrong with a real kernel: lost messages, links and addresses that come and go
// under us, and what earlier lives left behind. Each test has a namespace of its own.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/fib/io/kernel_world.h"

using namespace fib;
using namespace fib::io;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("fifty thousand foreign changes behind a tiny monitor buffer cost one reading or two, and then all is known") {
  in_new_namespace([] {
    make_links();
    World world(KernelOptions{.monitor_buffer_bytes = 4096});
    world.want("10.9.0.0/16 via 10.0.0.2");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
    shell(
        "(for i in $(seq 0 99); do for j in $(seq 0 249); do echo route add 10.42.$i.$j dev eth1 scope link; done; done;"
        " echo route del 10.9.0.0/16;"
        " for i in $(seq 0 98); do for j in $(seq 0 249); do echo route del 10.42.$i.$j dev eth1; done; done) | ip -batch -");
    uint64_t before = world.driver().counters().dumps;
    REQUIRE(world.until([&] { return world.driver().counters().overruns > 0; }));
    REQUIRE(world.until([&] { return contains(shell("ip route show proto bird"), "10.9.0.0/16 via 10.0.0.2"); }));
    // What is left: 250 of the 25,000, and the connected subnets.
    REQUIRE(world.until([&] {
      return std::count_if(world.local.begin(), world.local.end(),
                           [](const std::string& route) { return route.starts_with("10.42."); }) == 250;
    }));
    CHECK(world.driver().counters().dumps - before <= 2);
    CHECK(world.state("10.9.0.0/16") == RouteState::Installed);
  });
}

TEST_CASE("a link that is renamed, changes its MTU, or is made again with the same number or another keeps its routes") {
  in_new_namespace([] {
    make_links();
    World world;
    world.want("10.9.0.0/16 via 10.0.0.2");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
    uint64_t operations = world.driver().counters().operations;
    shell("ip link set eth1 mtu 1400; ip link set eth1 mtu 1500");
    REQUIRE(world.until([&] { return world.local.contains("10.0.0.0/24 eth1"); }));
    CHECK(world.driver().counters().operations == operations);
    shell("ip link set eth1 down; ip link set eth1 name up1; ip link set up1 up");
    REQUIRE(world.until([&] { return world.local.contains("10.0.0.0/24 up1"); }));
    REQUIRE(world.until([&] { return contains(shell("ip route show proto bird"), "10.9.0.0/16 via 10.0.0.2 dev up1"); }));
    for (std::string index : {"index 77 ", "index 77 ", ""}) {
      shell("ip link del up1; ip link add up1 " + index +
            "type veth peer name peer1; ip link set up1 up; ip link set peer1 up; ip addr add 10.0.0.1/24 dev up1");
      REQUIRE(world.until([&] { return contains(shell("ip route show proto bird"), "10.9.0.0/16 via 10.0.0.2 dev up1"); }));
      CHECK(std::stoi(shell("ip route show proto bird | wc -l")) == 1);
    }
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
  });
}

TEST_CASE("a next hop whose subnet loses its address is gone, and so is its leg of an ECMP route") {
  in_new_namespace([] {
    make_links();
    World world;
    world.want("10.9.0.0/16 via 10.0.0.2");
    world.want("10.8.0.0/16 via 10.0.0.2 10.0.1.2");
    REQUIRE(world.until([&] { return world.driver().counters().installed == 2; }));
    shell("ip addr del 10.0.0.1/24 dev eth1");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Unresolved));
    REQUIRE(world.until([&] { return contains(shell("ip route show 10.8.0.0/16"), "10.8.0.0/16 via 10.0.1.2 dev eth2"); }));
    CHECK_FALSE(contains(shell("ip route show proto bird"), "10.9.0.0/16"));
    shell("ip addr add 10.0.0.1/24 dev eth1");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
    REQUIRE(world.until([&] { return contains(shell("ip route show 10.8.0.0/16"), "nexthop via 10.0.0.2 dev eth1"); }));
    shell("ip link set peer2 down");  // the carrier of eth2
    REQUIRE(world.until([&] { return contains(shell("ip route show 10.8.0.0/16"), "10.8.0.0/16 via 10.0.0.2 dev eth1"); }));
  });
}

TEST_CASE("routes that a daemon with our protocol number left with its own metric are swept, foreign ones never") {
  in_new_namespace([] {
    make_links();
    shell("ip route add 10.9.0.0/16 via 10.0.0.2 proto bird metric 32; ip route add 10.8.0.0/16 via 10.0.0.2 proto bird metric 32");
    shell("ip route add 10.7.0.0/16 via 10.0.0.2 proto static metric 32; ip -6 route add fd09::/32 via fd00::2 proto bird metric 32");
    World world;
    world.want("10.9.0.0/16 via 10.0.0.2");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
    CHECK(world.driver().counters().stale == 3);
    CHECK(contains(shell("ip route show proto bird"), "10.8.0.0/16 via 10.0.0.2 dev eth1 metric 32"));
    world.driver().allow_sweep();
    REQUIRE(world.until([&] { return world.driver().counters().stale == 0; }));
    REQUIRE(world.until([&] { return std::stoi(shell("ip route show proto bird | wc -l")) == 1; }));
    CHECK(shell("ip -6 route show proto bird").empty());
    CHECK(contains(shell("ip route show proto static"), "10.7.0.0/16"));
  });
}
