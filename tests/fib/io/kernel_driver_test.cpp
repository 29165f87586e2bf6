// Against the real kernel, in a namespace that each test makes for itself.
#include <net/if.h>

#include <doctest/doctest.h>

#include "fib/io/netlink_socket.h"
#include "fib/netlink/message.h"
#include "tests/fib/io/kernel_world.h"

using namespace fib;
using namespace fib::io;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// "10.9.0.0/16 via 10.0.0.2 dev eth1 proto bird" without ip's trailing blanks.
std::string routes(const std::string& selector) {
  std::string text =
      shell("ip -4 route show " + selector + (contains(selector, ".") ? "" : "; ip -6 route show " + selector));
  std::string trimmed;
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] != ' ' || (i + 1 < text.size() && text[i + 1] != '\n' && text[i + 1] != ' ')) trimmed += text[i];
  return trimmed;
}

// How many route messages another socket has heard since it joined.
struct Listener {
  NetlinkSocket socket;
  Listener() : socket(NetlinkSocket::open(1 << 20).value()) { REQUIRE(socket.join_groups().ok()); }
  int route_events() {
    std::vector<uint8_t> buffer(65536);
    int count = 0;
    for (NetlinkSocket::Read read = socket.read(buffer); read.error == 0; read = socket.read(buffer)) {
      netlink::MessageReader messages(read.datagram);
      while (auto message = messages.next()) {
        std::optional<KernelEvent> event = netlink::decode_event(*message);
        if (event && std::holds_alternative<RouteEvent>(*event)) ++count;
      }
    }
    return count;
  }
};

}  // namespace

TEST_CASE("routes of both families are added, replaced and deleted") {
  in_new_namespace([] {
    make_links();
    World world;
    world.want("10.9.0.0/16 via 10.0.0.2");
    world.want("fd09::/32 via fd00::2");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
    REQUIRE(world.until_state("fd09::/32", RouteState::Installed));
    CHECK(contains(routes("proto bird"), "10.9.0.0/16 via 10.0.0.2 dev eth1"));
    CHECK(contains(routes("proto bird"), "fd09::/32 via fd00::2 dev eth1 metric 1024"));

    world.want("10.9.0.0/16 via 10.0.1.2");
    world.want("fd09::/32 via fd01::2");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
    REQUIRE(world.until_state("fd09::/32", RouteState::Installed));
    CHECK(contains(routes("proto bird"), "10.9.0.0/16 via 10.0.1.2 dev eth2"));
    CHECK(contains(routes("proto bird"), "fd09::/32 via fd01::2 dev eth2"));

    world.unwant("10.9.0.0/16");
    world.unwant("fd09::/32");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Absent));
    REQUIRE(world.until_state("fd09::/32", RouteState::Absent));
    CHECK(routes("proto bird") == "");
    CHECK(world.driver().counters().errors == 0);
  });
}

TEST_CASE("several next hops become one multipath route, and a blackhole can take its place") {
  in_new_namespace([] {
    make_links();
    World world;
    world.want("10.9.0.0/16 via 10.0.0.2 10.0.1.2");
    world.want("fd09::/32 via fd00::2 fd01::2");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
    REQUIRE(world.until_state("fd09::/32", RouteState::Installed));
    std::string text = routes("proto bird");
    CHECK(contains(text, "nexthop via 10.0.0.2 dev eth1 weight 1"));
    CHECK(contains(text, "nexthop via 10.0.1.2 dev eth2 weight 1"));
    CHECK(contains(text, "nexthop via fd00::2 dev eth1 weight 1"));
    CHECK(contains(text, "nexthop via fd01::2 dev eth2 weight 1"));

    world.want("10.9.0.0/16 blackhole");
    world.want("fd09::/32 blackhole");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
    REQUIRE(world.until_state("fd09::/32", RouteState::Installed));
    CHECK(contains(routes("proto bird"), "blackhole 10.9.0.0/16"));
    CHECK(contains(routes("proto bird"), "blackhole fd09::/32"));
    CHECK(!contains(routes("proto bird"), "nexthop"));
    CHECK(world.driver().counters().errors == 0);
  });
}

TEST_CASE("IPv4 over an IPv6 next hop is written with RTA_VIA (RFC 8950)") {
  in_new_namespace([] {
    make_links();
    World world;
    world.want("10.9.0.0/16 via fd00::2");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
    CHECK(contains(routes("proto bird"), "10.9.0.0/16 via inet6 fd00::2 dev eth1"));
  });
}

TEST_CASE("legs keep their weights and gateways of either family, and the next life knows them again") {
  in_new_namespace([] {
    make_links();
    std::string eth1 = std::to_string(if_nametoindex("eth1"));
    std::string eth2 = std::to_string(if_nametoindex("eth2"));
    std::string wish = "10.9.0.0/16 via 10.0.0.2*256 fd01::2*2 fe80::7%" + eth1 + " fe80::7%" + eth2;
    {
      World world;
      world.want(wish);
      REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
      std::string text = routes("proto bird");
      CHECK(contains(text, "nexthop via 10.0.0.2 dev eth1 weight 256"));
      CHECK(contains(text, "nexthop via inet6 fd01::2 dev eth2 weight 2"));
      CHECK(contains(text, "nexthop via inet6 fe80::7 dev eth1 weight 1"));
      CHECK(contains(text, "nexthop via inet6 fe80::7 dev eth2 weight 1"));
    }
    World next_life;
    next_life.want(wish);
    REQUIRE(next_life.until_state("10.9.0.0/16", RouteState::Installed));
    CHECK(next_life.driver().counters().operations == 0);
    shell("ip link set eth2 down");
    REQUIRE(next_life.until([&] { return !contains(routes("proto bird"), "eth2"); }));
    CHECK(contains(routes("proto bird"), "nexthop via inet6 fe80::7 dev eth1"));
    CHECK(next_life.driver().counters().errors == 0);
  });
}

TEST_CASE("an IPv4 route over an IPv6 gateway that somebody else made is a conflict like any other") {
  in_new_namespace([] {
    make_links();
    shell("ip route add 10.9.0.0/16 via inet6 fd01::9 proto static");
    World world;
    world.want("10.9.0.0/16 via fd00::2");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Conflict));
    CHECK(contains(routes("10.9.0.0/16"), "via inet6 fd01::9"));
    shell("ip route del 10.9.0.0/16 proto static");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
  });
}

TEST_CASE("a foreign route of the same prefix is left alone, and ours follows when it goes") {
  in_new_namespace([] {
    make_links();
    shell("ip route add 10.9.0.0/16 via 10.0.1.9 proto static");
    World world;
    world.want("10.9.0.0/16 via 10.0.0.2");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Conflict));
    CHECK(contains(routes("10.9.0.0/16"), "via 10.0.1.9 dev eth2 proto static"));
    shell("ip route del 10.9.0.0/16 proto static");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
    CHECK(contains(routes("10.9.0.0/16"), "via 10.0.0.2 dev eth1 proto bird"));
    // Put over ours by force: theirs again until it goes.
    shell("ip route replace 10.9.0.0/16 via 10.0.1.9 proto static");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Conflict));
    CHECK(contains(routes("10.9.0.0/16"), "via 10.0.1.9 dev eth2 proto static"));
    shell("ip route del 10.9.0.0/16 proto static");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
  });
}

TEST_CASE("a route of ours that somebody deletes or changes is put back") {
  in_new_namespace([] {
    make_links();
    World world;
    world.want("10.9.0.0/16 via 10.0.0.2");
    world.want("fd09::/32 via fd00::2");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
    REQUIRE(world.until_state("fd09::/32", RouteState::Installed));
    shell("ip route del 10.9.0.0/16; ip -6 route del fd09::/32");
    REQUIRE(world.until([&] { return contains(routes("proto bird"), "10.9.0.0/16 via 10.0.0.2 dev eth1"); }));
    REQUIRE(world.until([&] { return contains(routes("proto bird"), "fd09::/32 via fd00::2 dev eth1"); }));
    shell("ip route replace 10.9.0.0/16 via 10.0.1.7 proto bird");
    REQUIRE(world.until([&] { return contains(routes("proto bird"), "10.9.0.0/16 via 10.0.0.2 dev eth1"); }));
  });
}

TEST_CASE("the next life adopts what is still wanted without a message, and sweeps the rest only when told") {
  in_new_namespace([] {
    make_links();
    auto want_all = [](World& world) {
      world.want("10.9.0.0/16 via 10.0.0.2");
      world.want("10.8.0.0/16 via 10.0.0.2 10.0.1.2");
      world.want("10.7.0.0/16 blackhole");
      world.want("fd09::/32 via fd00::2 fd01::2");
      world.want("fd08::/32 via fd00::2");
      world.want("fd07::/32 blackhole");
    };
    {
      World first;
      want_all(first);
      first.want("10.6.0.0/16 via 10.0.0.2");
      REQUIRE(first.until([&] { return first.driver().counters().installed == 7; }));
    }
    CHECK(contains(routes("proto bird"), "10.9.0.0/16 via 10.0.0.2 dev eth1"));
    Listener listener;
    World second;
    want_all(second);
    REQUIRE(second.until_synced());
    REQUIRE(second.until([&] { return second.driver().counters().installed == 6; }));
    CHECK(second.state("10.6.0.0/16") == RouteState::Stale);
    CHECK(second.driver().counters().operations == 0);
    CHECK(listener.route_events() == 0);
    second.driver().allow_sweep();
    REQUIRE(second.until_state("10.6.0.0/16", RouteState::Absent));
    CHECK(listener.route_events() == 1);
    CHECK(!contains(routes("proto bird"), "10.6.0.0/16"));
  });
}

TEST_CASE("a link that goes down takes its routes along, and they come back with it") {
  in_new_namespace([] {
    make_links();
    World world;
    world.want("10.9.0.0/16 via 10.0.0.2");
    world.want("10.8.0.0/16 via 10.0.0.2 10.0.1.2");
    REQUIRE(world.until([&] { return world.driver().counters().installed == 2; }));
    shell("ip link set eth1 down");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Unresolved));
    REQUIRE(world.until([&] { return contains(routes("10.8.0.0/16"), "10.8.0.0/16 via 10.0.1.2 dev eth2"); }));
    shell("ip link set eth1 up");
    REQUIRE(world.until([&] { return contains(routes("10.9.0.0/16"), "10.9.0.0/16 via 10.0.0.2 dev eth1"); }));
    REQUIRE(world.until([&] { return contains(routes("10.8.0.0/16"), "nexthop via 10.0.0.2 dev eth1"); }));
    REQUIRE(world.until([&] { return world.driver().counters().installed == 2; }));
  });
}

TEST_CASE("carrier loss withdraws the route although the kernel keeps it") {
  in_new_namespace([] {
    make_links();
    World world;
    world.want("10.9.0.0/16 via 10.0.0.2");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
    shell("ip link set peer1 down");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Unresolved));
    CHECK(routes("proto bird") == "");
    shell("ip link set peer1 up");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
  });
}

TEST_CASE("a hundred link flaps leave exactly the wanted routes") {
  in_new_namespace([] {
    make_links();
    World world;
    for (int i = 0; i < 50; ++i) world.want("10." + std::to_string(100 + i) + ".0.0/16 via 10.0.0.2 10.0.1.2");
    REQUIRE(world.until([&] { return world.driver().counters().installed == 50; }));
    for (int i = 0; i < 10; ++i)
      shell("for i in 1 2 3 4 5 6 7 8 9 10; do ip link set eth1 down; ip link set eth1 up; done");
    REQUIRE(world.until([&] {
      return world.driver().counters().installed == 50 &&
             std::stoi(shell("ip route show proto bird | grep -c 'via 10.0.0.2 dev eth1 weight 1 *$' || true")) == 50;
    }));
    CHECK(std::stoi(shell("ip route show proto bird | grep -c '^10\\.'")) == 50);
  });
}

TEST_CASE("workload routes, and only such, are offered for announcement") {
  in_new_namespace([] {
    make_links();
    shell(
        "ip route add 10.42.0.7 dev eth1 scope link; ip route add blackhole 10.43.0.0/26;"
        "ip route add 10.9.0.0/16 via 10.0.0.2 proto bird");
    World world;
    REQUIRE(world.until_synced());
    CHECK(world.local == std::set<std::string>{"10.0.0.0/24 eth1", "10.0.1.0/24 eth2", "10.42.0.7/32 eth1",
                                               "fd00::/64 eth1", "fd01::/64 eth2"});
    shell("ip route add 10.42.0.8 dev eth2 scope link; ip route del 10.42.0.7");
    REQUIRE(world.until(
        [&] { return world.local.contains("10.42.0.8/32 eth2") && !world.local.contains("10.42.0.7/32 eth1"); }));
    shell("ip link set eth2 down");
    REQUIRE(world.until(
        [&] { return !world.local.contains("10.42.0.8/32 eth2") && !world.local.contains("10.0.1.0/24 eth2"); }));
  });
}

TEST_CASE("a watched next hop is answered at once and again when its reachability changes") {
  in_new_namespace([] {
    make_links();
    World world;
    auto watch = [&](const char* address) { world.driver().watch_next_hop(*bgp::IpAddress::parse(address)); };
    auto is_reachable = [&](const std::string& address) {
      return world.next_hops.contains(address) && world.next_hops[address].reachable;
    };
    watch("10.0.0.2");
    watch("10.0.0.1");
    watch("192.0.2.1");
    watch("fd00::2");
    REQUIRE(world.until([&] { return world.next_hops.size() == 4; }));
    CHECK(is_reachable("10.0.0.2"));
    CHECK(is_reachable("fd00::2"));
    CHECK_MESSAGE(!is_reachable("10.0.0.1"), "an own address is no next hop");
    CHECK(!is_reachable("192.0.2.1"));
    shell("ip route add 192.0.2.0/24 via 10.0.1.2 metric 7");
    REQUIRE(world.until([&] { return is_reachable("192.0.2.1"); }));
    CHECK(world.next_hops["192.0.2.1"].metric == 7);
    shell("ip link set eth2 down");
    REQUIRE(world.until([&] { return !is_reachable("192.0.2.1"); }));
  });
}

TEST_CASE("a recursive next hop is programmed with the gateway of the route that reaches it") {
  in_new_namespace([] {
    make_links();
    shell("ip route add 192.0.2.0/24 via 10.0.1.2");
    World world;
    world.want("10.9.0.0/16 via 192.0.2.1");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
    CHECK(contains(routes("proto bird"), "10.9.0.0/16 via 10.0.1.2 dev eth2"));
    shell("ip route replace 192.0.2.0/24 via 10.0.0.2");
    REQUIRE(world.until([&] { return contains(routes("proto bird"), "10.9.0.0/16 via 10.0.0.2 dev eth1"); }));
  });
}

TEST_CASE("what an overrun of the monitor socket hid is found by reading the kernel again") {
  in_new_namespace([] {
    make_links();
    World world(KernelOptions{.monitor_buffer_bytes = 4096});
    world.want("10.9.0.0/16 via 10.0.0.2");
    REQUIRE(world.until_state("10.9.0.0/16", RouteState::Installed));
    shell(
        "(for i in $(seq 1 200); do echo route add 10.42.0.$i dev eth1 scope link; done; echo route del 10.9.0.0/16;"
        "for i in $(seq 1 200); do echo route add 10.43.0.$i dev eth1 scope link; done) | ip -batch -");
    REQUIRE(world.until([&] { return world.driver().counters().overruns > 0; }));
    REQUIRE(world.until([&] { return world.local.size() >= 404; }));
    REQUIRE(world.until([&] { return contains(routes("proto bird"), "10.9.0.0/16 via 10.0.0.2 dev eth1"); }));
    CHECK(world.driver().counters().resyncs > 0);
  });
}

TEST_CASE("ten thousand routes go out in batches, and go again") {
  in_new_namespace([] {
    make_links();
    World world;
    for (int i = 0; i < 10000; ++i)
      world.want("20." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".0/24 via 10.0.0.2");
    REQUIRE(world.until([&] { return world.driver().counters().installed == 10000; }));
    CHECK(std::stoi(shell("ip route show proto bird | wc -l")) == 10000);
    CHECK(world.driver().counters().operations == 10000);
    CHECK_MESSAGE(world.driver().counters().overruns == 0, "our own writes must not flood our monitor");
    for (int i = 0; i < 10000; ++i)
      world.unwant("20." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".0/24");
    REQUIRE(
        world.until([&] { return world.driver().counters().wanted == 0 && world.driver().counters().pending == 0; }));
    CHECK(routes("proto bird") == "");
  });
}

TEST_CASE("a refused route is visible with the kernel's words, and the others do not notice") {
  in_new_namespace([] {
    make_links();
    World world;
    // The kernel takes no IPv4 gateway in an IPv6 route.
    world.want("fd09::/32 via 10.0.0.2");
    world.want("fd08::/32 via fd00::2");
    REQUIRE(world.until_state("fd08::/32", RouteState::Installed));
    REQUIRE(world.until_state("fd09::/32", RouteState::Failed));
    RouteStatus status = world.driver().status(*bgp::Prefix::parse("fd09::/32"));
    CHECK(status.error != 0);
    CHECK(status.text != "");
    CHECK(std::count_if(world.logs.begin(), world.logs.end(),
                        [](const bgp::LogRecord& r) { return r.event == "route_refused"; }) == 1);
  });
}
