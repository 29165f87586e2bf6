// Routes through a tunnel device, against the real kernel. Kernels under test need not have IPIP: a VXLAN device of that name
// stands in, for which the kernel takes `onlink` and a gateway that is not on the link in the same way.
#include <doctest/doctest.h>

#include "fib/io/netlink_socket.h"
#include "fib/netlink/message.h"
#include "tests/fib/io/kernel_world.h"

using namespace fib;
using namespace fib::io;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// 172.17.8.0/24 lies behind the router 10.0.0.254 on eth1.
void make_underlay() {
  make_links();
  shell("ip route add 172.17.8.0/24 via 10.0.0.254");
}
void make_tunnel(const std::string& name = "tunl0") {
  shell("ip link add " + name + " type vxlan id 4096 dstport 4789 dev eth1 && ip link set " + name + " up");
}
std::string route(const std::string& prefix) { return shell("ip -4 route show " + prefix); }

// Route messages about one prefix, as another listener hears them.
struct Listener {
  NetlinkSocket socket;
  Listener() : socket(NetlinkSocket::open(1 << 20).value()) { REQUIRE(socket.join_groups().ok()); }
  struct Heard {
    int written = 0;
    int removed = 0;
  };
  Heard about(const std::string& text) {
    std::vector<uint8_t> buffer(65536);
    Heard heard;
    for (NetlinkSocket::Read read = socket.read(buffer); read.error == 0; read = socket.read(buffer)) {
      netlink::MessageReader messages(read.datagram);
      while (auto message = messages.next()) {
        std::optional<KernelEvent> event = netlink::decode_event(*message);
        const RouteEvent* of_route = event ? std::get_if<RouteEvent>(&*event) : nullptr;
        if (of_route == nullptr || of_route->route.prefix.to_string() != text) continue;
        ++(of_route->removed ? heard.removed : heard.written);
      }
    }
    return heard;
  }
};

}  // namespace

TEST_CASE("a route through a tunnel is written onlink, with a gateway that is no neighbour") {
  in_new_namespace([] {
    make_underlay();
    make_tunnel();
    World world;
    world.want("192.168.2.0/26 via 172.17.8.2@tunl0");
    world.want("192.168.3.0/26 via 10.0.1.3 172.17.8.3@tunl0");
    REQUIRE(world.until_state("192.168.2.0/26", RouteState::Installed));
    REQUIRE(world.until_state("192.168.3.0/26", RouteState::Installed));
    CHECK(contains(route("192.168.2.0/26"), "192.168.2.0/26 via 172.17.8.2 dev tunl0 proto bird onlink"));
    CHECK(contains(route("192.168.3.0/26"), "nexthop via 10.0.1.3 dev eth2 weight 1"));
    CHECK(contains(route("192.168.3.0/26"), "nexthop via 172.17.8.3 dev tunl0 weight 1 onlink"));
    CHECK(world.driver().counters().errors == 0);
  });
}

TEST_CASE("the route comes with the device, goes with it, and says what it waits for") {
  in_new_namespace([] {
    make_underlay();
    World world;
    const auto reason_is = [&](const char* reason) {
      return world.until([&] { return world.driver().status(*bgp::Prefix::parse("192.168.2.0/26")).text == reason; });
    };
    world.want("192.168.2.0/26 via 172.17.8.2@tunl0");
    CHECK(reason_is("device tunl0 does not exist"));
    make_tunnel();
    REQUIRE(world.until_state("192.168.2.0/26", RouteState::Installed));
    shell("ip link set tunl0 down");
    CHECK(reason_is("device tunl0 is down"));
    CHECK(route("192.168.2.0/26").empty());
    shell("ip link set tunl0 up");
    REQUIRE(world.until_state("192.168.2.0/26", RouteState::Installed));
    shell("ip link del tunl0");
    CHECK(reason_is("device tunl0 does not exist"));
    make_tunnel();
    REQUIRE(world.until_state("192.168.2.0/26", RouteState::Installed));
    CHECK(contains(route("192.168.2.0/26"), "dev tunl0"));
  });
}

TEST_CASE("a change of the pool's mode replaces the route: nobody hears that it was removed") {
  in_new_namespace([] {
    make_underlay();
    make_tunnel();
    World world;
    world.want("192.168.2.0/26 via 172.17.8.2");
    REQUIRE(world.until_state("192.168.2.0/26", RouteState::Installed));
    Listener listener;
    world.want("192.168.2.0/26 via 172.17.8.2@tunl0");
    REQUIRE(world.until([] { return contains(route("192.168.2.0/26"), "dev tunl0"); }));
    world.want("192.168.2.0/26 via 172.17.8.2");
    REQUIRE(world.until([] { return contains(route("192.168.2.0/26"), "via 10.0.0.254 dev eth1"); }));
    const Listener::Heard heard = listener.about("192.168.2.0/26");
    CHECK(heard.written == 2);
    CHECK(heard.removed == 0);
  });
}

TEST_CASE("what BIRD wrote through its tunnel is adopted in silence") {
  in_new_namespace([] {
    make_underlay();
    make_tunnel();
    shell("ip route add 192.168.2.0/26 via 172.17.8.2 dev tunl0 onlink proto bird");
    Listener listener;
    World world;
    world.want("192.168.2.0/26 via 172.17.8.2@tunl0");
    world.driver().allow_sweep();
    REQUIRE(world.until_state("192.168.2.0/26", RouteState::Installed));
    const Listener::Heard heard = listener.about("192.168.2.0/26");
    CHECK(heard.written + heard.removed == 0);
  });
}

TEST_CASE("vxlanMode: Felix's routes over vxlan.calico are told as local ones, and stay as they are") {
  in_new_namespace([] {
    make_underlay();
    make_tunnel("vxlan.calico");
    shell("ip route add 192.168.2.0/26 via 192.168.2.0 dev vxlan.calico onlink proto 80");
    const std::string before = route("192.168.2.0/26");
    World world;
    world.driver().allow_sweep();
    REQUIRE(world.until_synced());
    CHECK(world.local.contains("192.168.2.0/26 vxlan.calico"));
    world.want("192.168.2.0/26 via 172.17.8.2");
    REQUIRE(world.until_state("192.168.2.0/26", RouteState::Conflict));
    world.unwant("192.168.2.0/26");
    REQUIRE(world.until_state("192.168.2.0/26", RouteState::Absent));
    CHECK(route("192.168.2.0/26") == before);
  });
}
