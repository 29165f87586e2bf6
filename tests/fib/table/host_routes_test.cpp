// Calico's reachableBy: host routes of the operator, before what the routing side wants, and the way to their addresses.
#include <doctest/doctest.h>

#include "tests/fib/table/text_kernel.h"

using namespace fib;
using namespace fib::table;

namespace {

std::string way(const TextKernel& kernel, const std::string& address) {
  std::string text;
  for (const Leg& leg : kernel.machine.look_up(ip(address)).legs)
    text += (text.empty() ? "" : ", ") + leg.gateway.to_string() + " dev " + std::to_string(leg.ifindex);
  return text.empty() ? "unreachable" : text;
}

}  // namespace

TEST_CASE("reachableBy: a host route comes, moves to another gateway and goes") {
  TextKernel kernel;
  kernel.machine.set_host_routes({{ip("192.0.2.9"), ip("10.0.0.254")}});
  CHECK(kernel.done() == Lines{"add 192.0.2.9/32 via 10.0.0.254 dev 1"});
  kernel.machine.set_host_routes({{ip("192.0.2.9"), ip("10.0.0.254")}});
  CHECK(kernel.done().empty());
  kernel.machine.set_host_routes({{ip("192.0.2.9"), ip("10.0.1.254")}});
  CHECK(kernel.done() == Lines{"replace 192.0.2.9/32 via 10.0.1.254 dev 2"});
  kernel.machine.set_host_routes({});
  CHECK(kernel.done() == Lines{"delete 192.0.2.9/32"});
}

TEST_CASE("reachableBy: what a peer behind the gateway announces resolves over it, and again when it goes") {
  TextKernel kernel({"0.0.0.0/0 via 10.0.1.254 dev 2"});
  kernel.machine.watch(ip("192.0.2.9"));
  kernel.take_news();
  kernel.want("10.9.0.0/16 via 192.0.2.9");
  CHECK(kernel.done() == Lines{"add 10.9.0.0/16 via 10.0.1.254 dev 2"});
  kernel.machine.set_host_routes({{ip("192.0.2.9"), ip("10.0.0.254")}});
  kernel.take_news();
  CHECK(way(kernel, "192.0.2.9") == "10.0.0.254 dev 1");
  Lines lines = kernel.done();
  std::sort(lines.begin(), lines.end());
  CHECK(lines == Lines{"add 192.0.2.9/32 via 10.0.0.254 dev 1", "replace 10.9.0.0/16 via 10.0.0.254 dev 1"});
  // The gateway's own way moves.
  kernel.added("10.0.0.254/32 via 10.0.1.7 dev 2");
  lines = kernel.done();
  std::sort(lines.begin(), lines.end());
  CHECK(lines == Lines{"replace 10.9.0.0/16 via 10.0.1.7 dev 2", "replace 192.0.2.9/32 via 10.0.1.7 dev 2"});
  kernel.machine.set_host_routes({});
  kernel.take_news();
  lines = kernel.done();
  std::sort(lines.begin(), lines.end());
  CHECK(lines == Lines{"delete 192.0.2.9/32", "replace 10.9.0.0/16 via 10.0.1.254 dev 2"});
}

TEST_CASE("reachableBy: a route of a peer to the same address waits until the host route goes") {
  TextKernel kernel;
  kernel.machine.want(best_route("192.0.2.9/32 via 10.0.1.2"));
  kernel.done();
  kernel.machine.set_host_routes({{ip("192.0.2.9"), ip("10.0.0.254")}});
  CHECK(kernel.done() == Lines{"replace 192.0.2.9/32 via 10.0.0.254 dev 1"});
  kernel.machine.want(best_route("192.0.2.9/32 via 10.0.1.3"));
  CHECK(kernel.done().empty());
  kernel.machine.set_host_routes({});
  CHECK(kernel.done() == Lines{"replace 192.0.2.9/32 via 10.0.1.3 dev 2"});
  kernel.machine.set_host_routes({{ip("192.0.2.9"), ip("10.0.0.254")}});
  kernel.machine.unwant(prefix("192.0.2.9/32"));
  kernel.done();
  kernel.machine.set_host_routes({});
  CHECK(kernel.done() == Lines{"delete 192.0.2.9/32"});
}

TEST_CASE("reachableBy: a host route of an earlier life is adopted, and a gateway that is not there yet waited for") {
  TextKernel kernel({"192.0.2.9/32 via 10.0.0.254 dev 1 proto 12"}, false);
  kernel.machine.set_host_routes({{ip("192.0.2.9"), ip("10.0.0.254")}, {ip("192.0.2.8"), ip("10.7.0.1")}});
  kernel.read();
  CHECK(kernel.done().empty());
  CHECK(kernel.state("192.0.2.9/32") == RouteState::Installed);
  CHECK(kernel.state("192.0.2.8/32") == RouteState::Unresolved);
  kernel.added("10.7.0.0/24 dev 2 proto 2");
  CHECK(kernel.done() == Lines{"add 192.0.2.8/32 via 10.7.0.1 dev 2"});
}

TEST_CASE("reachableBy: IPv6 alike, with the metric that the kernel gives") {
  TextKernel kernel({"fd00::/64 dev 2 proto 2"});
  kernel.machine.set_host_routes({{ip("fd00:77::2"), ip("fd00::fe")}});
  CHECK(kernel.done() == Lines{"add fd00:77::2/128 via fd00::fe dev 2"});
  kernel.machine.watch(ip("fd00:77::2"));
  kernel.take_news();
  CHECK(way(kernel, "fd00:77::2") == "fd00::fe dev 2");
}
