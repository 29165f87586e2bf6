// Routes of IP pools with IPIP: through a tunnel device, onlink. The kernel is played: what it does with `onlink` is asked of
// the real one in tests/fib/io/tunnels_test.cpp.
#include <doctest/doctest.h>

#include <cerrno>

#include "tests/fib/table/text_kernel.h"

using namespace fib;
using namespace fib::table;

namespace {

const Link kTunnel = {3, "tunl0", true, true, false};

Link tunnel(bool up, bool carrier) { return {3, "tunl0", up, carrier, false}; }

std::string words(const TextKernel& kernel, const char* text) {
  RouteStatus status = kernel.machine.routes().status(prefix(text));
  return std::string(to_string(status.state)) + (status.text.empty() ? "" : ": " + status.text);
}

}  // namespace

TEST_CASE("ipipMode: the leg is the next hop itself, through the tunnel, onlink, however far away it is") {
  TextKernel kernel({"172.17.0.0/16 via 10.0.0.2 dev 1"});
  kernel.link_changed(kTunnel);
  kernel.want("192.168.2.0/26 via 10.0.0.2@tunl0");
  kernel.want("192.168.3.0/26 via 172.17.8.3@tunl0");
  CHECK(kernel.done() == Lines{"add 192.168.2.0/26 via 10.0.0.2 dev 3 onlink", "add 192.168.3.0/26 via 172.17.8.3 dev 3 onlink"});
  CHECK(words(kernel, "192.168.3.0/26") == "installed");
}

TEST_CASE("a route waits for its tunnel's device with the reason, and comes with it") {
  TextKernel kernel;
  kernel.want("192.168.2.0/26 via 10.0.0.2@tunl0");
  CHECK(kernel.done().empty());
  CHECK(words(kernel, "192.168.2.0/26") == "unresolved: device tunl0 does not exist");
  kernel.link_changed(tunnel(false, false));
  CHECK(words(kernel, "192.168.2.0/26") == "unresolved: device tunl0 is down");
  kernel.link_changed(tunnel(true, false));
  CHECK(words(kernel, "192.168.2.0/26") == "unresolved: device tunl0 has no carrier");
  kernel.link_changed(kTunnel);
  CHECK(kernel.done() == Lines{"add 192.168.2.0/26 via 10.0.0.2 dev 3 onlink"});
  CHECK(words(kernel, "192.168.2.0/26") == "installed");
}

TEST_CASE("a tunnel does not carry to a next hop that cannot be reached") {
  TextKernel kernel;
  kernel.link_changed(kTunnel);
  kernel.want("192.168.2.0/26 via 172.17.8.3@tunl0");
  CHECK(kernel.done().empty());
  CHECK(words(kernel, "192.168.2.0/26") == "unresolved");
  kernel.added("172.17.0.0/16 via 10.0.0.2 dev 1");
  CHECK(kernel.done() == Lines{"add 192.168.2.0/26 via 172.17.8.3 dev 3 onlink"});
  kernel.added("172.17.0.0/16 via 10.0.1.2 dev 2", true);
  CHECK_MESSAGE(kernel.done().empty(), "how the tunnel's packets travel is none of this route's business");
}

TEST_CASE("reachableBy and ipipMode: the host route leads to the other end, the tunnel still to the next hop itself") {
  TextKernel kernel;
  kernel.link_changed(kTunnel);
  kernel.want("192.168.3.0/26 via 172.17.8.3@tunl0");
  kernel.want("203.0.113.0/24 via 172.17.8.3");
  CHECK(kernel.done().empty());
  kernel.machine.set_host_routes({{ip("172.17.8.3"), ip("10.0.0.254")}});
  kernel.take_news();
  CHECK(kernel.done() == Lines{"add 172.17.8.3/32 via 10.0.0.254 dev 1", "add 192.168.3.0/26 via 172.17.8.3 dev 3 onlink",
                               "add 203.0.113.0/24 via 10.0.0.254 dev 1"});
}

TEST_CASE("several ways to the other end of a tunnel are one leg (bird#90, #8938: ECMP underlay and IPIP)") {
  TextKernel kernel({"172.17.0.0/16 via 10.0.0.2 dev 1 via 10.0.1.2 dev 2"});
  kernel.link_changed(kTunnel);
  kernel.want("192.168.3.0/26 via 172.17.8.3@tunl0");
  kernel.want("192.168.4.0/26 via 172.17.8.3@tunl0 172.17.8.4@tunl0");
  CHECK(kernel.done() == Lines{"add 192.168.3.0/26 via 172.17.8.3 dev 3 onlink",
                               "add 192.168.4.0/26 via 172.17.8.3 dev 3 onlink via 172.17.8.4 dev 3 onlink"});
}

TEST_CASE("a way that the kernel itself has onlink (a node whose address is a subnet of its own) stays onlink") {
  TextKernel kernel({"172.17.0.0/16 via 10.9.9.9 dev 1 onlink"});
  kernel.want("192.168.3.0/26 via 172.17.8.3");
  CHECK(kernel.done() == Lines{"add 192.168.3.0/26 via 10.9.9.9 dev 1 onlink"});
}

TEST_CASE("a pool that changes its mode moves routes by replacing them: there is no moment without one") {
  TextKernel kernel;
  kernel.link_changed(kTunnel);
  kernel.want("192.168.2.0/26 via 10.0.0.2");
  CHECK(kernel.done() == Lines{"add 192.168.2.0/26 via 10.0.0.2 dev 1"});
  kernel.want("192.168.2.0/26 via 10.0.0.2@tunl0");
  CHECK(kernel.done() == Lines{"replace 192.168.2.0/26 via 10.0.0.2 dev 3 onlink"});
  kernel.want("192.168.2.0/26 via 10.0.0.2");
  CHECK(kernel.done() == Lines{"replace 192.168.2.0/26 via 10.0.0.2 dev 1"});
}

TEST_CASE("CrossSubnet: one next hop in our subnet and one beyond are two legs of one route") {
  TextKernel kernel({"172.17.0.0/16 via 10.0.1.2 dev 2"});
  kernel.link_changed(kTunnel);
  kernel.want("192.168.2.0/26 via 10.0.0.2 172.17.8.3@tunl0");
  CHECK(kernel.done() == Lines{"add 192.168.2.0/26 via 10.0.0.2 dev 1 via 172.17.8.3 dev 3 onlink"});
}

TEST_CASE("routes of BIRD through tunl0 are adopted without an operation") {
  TextKernel kernel({"192.168.2.0/26 via 10.0.0.2 dev 3 onlink proto 12"}, false);
  kernel.want("192.168.2.0/26 via 10.0.0.2@tunl0");
  kernel.machine.begin_dump();
  for (const KernelEvent& fact : std::initializer_list<KernelEvent>{
           LinkEvent{false, TextKernel::link(1)}, LinkEvent{false, kTunnel}, AddressEvent{false, {1, ip("10.0.0.1"), 24}},
           RouteEvent{false, false, kernel_route("10.0.0.0/24 dev 1 proto 2")},
           RouteEvent{false, false, kernel_route("192.168.2.0/26 via 10.0.0.2 dev 3 onlink proto 12")}})
    kernel.machine.dumped(fact);
  kernel.machine.end_dump(true);
  CHECK(kernel.done().empty());
  CHECK(words(kernel, "192.168.2.0/26") == "installed");
}

TEST_CASE("a tunnel that goes down takes its routes with it silently, one that is made anew has another index") {
  TextKernel kernel;
  kernel.link_changed(kTunnel);
  kernel.want("192.168.2.0/26 via 10.0.0.2@tunl0");
  kernel.want("192.168.9.0/26 via 10.0.0.2");
  kernel.done();
  kernel.link_changed(tunnel(false, false));
  CHECK_MESSAGE(kernel.done().empty(), "the kernel dropped it already");
  CHECK(words(kernel, "192.168.2.0/26") == "unresolved: device tunl0 is down");
  CHECK(words(kernel, "192.168.9.0/26") == "installed");
  kernel.event(LinkEvent{true, tunnel(false, false)});
  CHECK(words(kernel, "192.168.2.0/26") == "unresolved: device tunl0 does not exist");
  kernel.link_changed({7, "tunl0", true, true, false});
  CHECK(kernel.done() == Lines{"add 192.168.2.0/26 via 10.0.0.2 dev 7 onlink"});
}

TEST_CASE("a device that takes the name of the tunnel is the tunnel") {
  TextKernel kernel;
  kernel.link_changed(kTunnel);
  kernel.want("192.168.2.0/26 via 10.0.0.2@tunl0");
  kernel.done();
  kernel.link_changed({3, "old0", true, true, false});
  CHECK(kernel.done() == Lines{"delete 192.168.2.0/26"});
  kernel.link_changed({4, "tunl0", true, true, false});
  CHECK(kernel.done() == Lines{"add 192.168.2.0/26 via 10.0.0.2 dev 4 onlink"});
  kernel.event(LinkEvent{true, {3, "old0", false, false, false}});
  CHECK(words(kernel, "192.168.2.0/26") == "installed");
}

TEST_CASE("a remote /32 inside an own block stands beside the block's blackhole, and is the longer (#3246, #2612, #4287)") {
  TextKernel kernel;
  kernel.link_changed(kTunnel);
  kernel.want("192.168.1.0/26 blackhole");
  kernel.want("192.168.1.7/32 via 10.0.0.2@tunl0");
  CHECK(kernel.done() == Lines{"add 192.168.1.0/26 blackhole", "add 192.168.1.7/32 via 10.0.0.2 dev 3 onlink"});
}

TEST_CASE("Felix takes a pool's routes over, and gives them back, prefix by prefix (PR #11845, #13470)") {
  TextKernel kernel;
  kernel.link_changed(kTunnel);
  kernel.machine.routes().allow_sweep();
  kernel.want("192.168.2.0/26 via 10.0.0.2@tunl0");
  kernel.done();
  // Felix is first, and replaces ours: it stays, and when we are told to leave there is nothing to delete.
  kernel.added("192.168.2.0/26 via 10.0.0.2 dev 3 onlink proto 80", true);
  CHECK(words(kernel, "192.168.2.0/26") == "conflict");
  kernel.unwant("192.168.2.0/26");
  CHECK(kernel.done().empty());
  // We are told first: ours is wanted again, waits while Felix's is there, and follows it.
  kernel.want("192.168.2.0/26 via 10.0.0.2@tunl0");
  CHECK(kernel.done().empty());
  kernel.removed("192.168.2.0/26 via 10.0.0.2 dev 3 onlink proto 80");
  CHECK(kernel.done() == Lines{"add 192.168.2.0/26 via 10.0.0.2 dev 3 onlink"});
}
