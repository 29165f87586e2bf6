#include <doctest/doctest.h>

#include <cerrno>

#include "tests/fib/table/text_kernel.h"

using namespace fib;
using namespace fib::table;
using namespace std::chrono_literals;

TEST_CASE("nothing is written before the kernel was read completely") {
  TextKernel kernel({}, false);
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  CHECK(kernel.done().empty());
  CHECK(kernel.machine.routes().phase() == FibTable::Phase::Awaiting);
  kernel.read(false);
  CHECK_MESSAGE(kernel.done().empty(), "an interrupted dump is no reading");
  kernel.read();
  CHECK(kernel.done() == Lines{"add 10.9.0.0/16 via 10.0.0.2 dev 1"});
  CHECK(kernel.state("10.9.0.0/16") == RouteState::Installed);
}

TEST_CASE("a wish that changes in one turn is written once, in its last form") {
  TextKernel kernel;
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  kernel.want("10.9.0.0/16 via 10.0.1.2");
  kernel.want("10.8.0.0/16 via 10.0.0.2");
  kernel.unwant("10.8.0.0/16");
  CHECK(kernel.done() == Lines{"add 10.9.0.0/16 via 10.0.1.2 dev 2"});
}

TEST_CASE("what changes while an operation is in flight follows its answer, in order") {
  TextKernel kernel;
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  CHECK(kernel.due() == Lines{"add 10.9.0.0/16 via 10.0.0.2 dev 1"});
  kernel.want("10.9.0.0/16 blackhole");
  CHECK(kernel.due().empty());
  kernel.ack("10.9.0.0/16");
  CHECK(kernel.due() == Lines{"replace 10.9.0.0/16 blackhole"});
  kernel.unwant("10.9.0.0/16");
  kernel.ack("10.9.0.0/16");
  CHECK(kernel.done() == Lines{"delete 10.9.0.0/16"});
  CHECK(kernel.state("10.9.0.0/16") == RouteState::Absent);
}

TEST_CASE("own routes of an earlier life are adopted without an operation when they are as wanted") {
  TextKernel kernel({"10.9.0.0/16 via 10.0.0.2 dev 1 proto 12", "10.8.0.0/16 blackhole proto 12",
                     "10.7.0.0/16 via 10.0.0.2 dev 1 via 10.0.1.2 dev 2 proto 12", "fd09::/32 blackhole proto 12"},
                    false);
  for (const char* wish : {"10.9.0.0/16 via 10.0.0.2", "10.8.0.0/16 blackhole", "10.7.0.0/16 via 10.0.0.2 10.0.1.2",
                           "fd09::/32 blackhole"})
    kernel.want(wish);
  kernel.read();
  CHECK(kernel.done().empty());
  CHECK(kernel.machine.routes().count(RouteState::Installed) == 4);
}

TEST_CASE("an adopted route with other legs is replaced at once, not deleted first") {
  TextKernel kernel({"10.9.0.0/16 via 10.0.0.9 dev 1 proto 12"});
  CHECK(kernel.state("10.9.0.0/16") == RouteState::Stale);
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  CHECK(kernel.done() == Lines{"replace 10.9.0.0/16 via 10.0.0.2 dev 1"});
}

TEST_CASE("a stale route stays until the sweep is allowed, even where its wish is unresolved") {
  TextKernel kernel({"10.9.0.0/16 via 10.0.0.2 dev 1 proto 12", "10.8.0.0/16 via 10.0.0.2 dev 1 proto 12"});
  kernel.want("10.8.0.0/16 via 192.0.2.1");
  CHECK(kernel.done().empty());
  CHECK(kernel.state("10.8.0.0/16") == RouteState::Unresolved);
  CHECK(kernel.machine.routes().phase() == FibTable::Phase::Syncing);
  kernel.machine.routes().allow_sweep();
  CHECK(kernel.done() == Lines{"delete 10.8.0.0/16", "delete 10.9.0.0/16"});
  CHECK(kernel.machine.routes().phase() == FibTable::Phase::Synced);
}

TEST_CASE("what is of another protocol or table is never swept") {
  TextKernel kernel({"10.9.0.0/16 via 10.0.0.2 dev 1 proto 4", "10.7.0.0/16 via 10.0.0.2 dev 1 proto 12 table 10"});
  kernel.machine.routes().allow_sweep();
  CHECK(kernel.done().empty());
}

TEST_CASE("own routes that an earlier life left with another metric go at the sweep, after what is wanted was written") {
  TextKernel kernel({"10.9.0.0/16 via 10.0.0.2 dev 1 proto 12 metric 32", "10.8.0.0/16 via 10.0.0.2 dev 1 proto 12 metric 7"});
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  CHECK(kernel.done() == Lines{"add 10.9.0.0/16 via 10.0.0.2 dev 1"});
  CHECK(kernel.machine.routes().leftovers() == 2);
  kernel.want("10.6.0.0/16 via 10.0.0.2");
  kernel.machine.routes().allow_sweep();
  CHECK(kernel.machine.routes().next_due() == bgp::Instant());
  std::vector<RouteOp> ops = kernel.machine.routes().ops_due(t0, 2);
  REQUIRE(ops.size() == 2);
  CHECK(text_of(ops[0]) == "add 10.6.0.0/16 via 10.0.0.2 dev 1");
  CHECK(text_of(ops[1]) == "delete 10.8.0.0/16");
  CHECK(ops[1].route.metric == 7);
  kernel.machine.routes().acked(ops[0].id);
  kernel.machine.routes().acked(ops[1].id);
  ops = kernel.machine.routes().ops_due(t0, 10);
  REQUIRE(ops.size() == 1);
  CHECK(ops[0].route.metric == 32);
  kernel.machine.routes().failed(ops[0].id, ESRCH, "", t0);
  CHECK(kernel.machine.routes().next_due() == bgp::kNever);
  CHECK(kernel.machine.routes().phase() == FibTable::Phase::Synced);
  CHECK(kernel.state("10.9.0.0/16") == RouteState::Installed);
}

TEST_CASE("a route of our protocol with another metric that appears later is somebody else's") {
  TextKernel kernel;
  kernel.machine.routes().allow_sweep();
  kernel.added("10.9.0.0/16 via 10.0.0.2 dev 1 proto 12 metric 32");
  kernel.set_routes({"10.9.0.0/16 via 10.0.0.2 dev 1 proto 12 metric 32"});
  kernel.read();
  CHECK(kernel.done().empty());
}

TEST_CASE("a reading that the kernel interrupts sweeps nothing, however often, and takes nothing for gone") {
  TextKernel kernel({"10.9.0.0/16 via 10.0.0.2 dev 1 proto 12", "10.8.0.0/16 via 10.0.0.2 dev 1 proto 12 metric 7"}, false);
  kernel.want("10.6.0.0/16 via 10.0.0.2");
  kernel.machine.routes().allow_sweep();
  for (int i = 0; i < 20; ++i) {
    kernel.read(false);
    CHECK(kernel.done().empty());
  }
  kernel.read();
  CHECK(kernel.done() == Lines{"add 10.6.0.0/16 via 10.0.0.2 dev 1", "delete 10.9.0.0/16", "delete 10.8.0.0/16"});
  kernel.set_routes({});
  kernel.read(false);
  CHECK(kernel.done().empty());
  CHECK(kernel.state("10.6.0.0/16") == RouteState::Installed);
}

TEST_CASE("a foreign route of the same prefix and metric is a conflict until it goes") {
  TextKernel kernel({"10.9.0.0/16 via 10.0.1.9 dev 2"});
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  CHECK(kernel.done().empty());
  CHECK(kernel.state("10.9.0.0/16") == RouteState::Conflict);
  kernel.removed("10.9.0.0/16 via 10.0.1.9 dev 2");
  CHECK(kernel.done() == Lines{"add 10.9.0.0/16 via 10.0.0.2 dev 1"});
}

TEST_CASE("a foreign route of another metric is none of our business") {
  TextKernel kernel({"10.9.0.0/16 via 10.0.1.9 dev 2 metric 50"});
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  CHECK(kernel.done() == Lines{"add 10.9.0.0/16 via 10.0.0.2 dev 1"});
}

TEST_CASE("a foreign route that replaced ours is not fought over") {
  TextKernel kernel;
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  kernel.done();
  kernel.added("10.9.0.0/16 via 10.0.1.9 dev 2", true);
  CHECK(kernel.done().empty());
  CHECK(kernel.state("10.9.0.0/16") == RouteState::Conflict);
  kernel.unwant("10.9.0.0/16");
  CHECK_MESSAGE(kernel.done().empty(), "there is nothing of ours to delete");
}

TEST_CASE("a dump shows a foreign route that came unheard, and that it went") {
  TextKernel kernel;
  kernel.set_routes({"10.9.0.0/16 via 10.0.1.9 dev 2"});
  kernel.read();
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  CHECK(kernel.state("10.9.0.0/16") == RouteState::Conflict);
  kernel.set_routes({});
  kernel.read();
  CHECK(kernel.done() == Lines{"add 10.9.0.0/16 via 10.0.0.2 dev 1"});
}

TEST_CASE("a route of ours that is deleted, changed or silently missing is put back") {
  TextKernel kernel;
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  kernel.done();
  kernel.removed("10.9.0.0/16 via 10.0.0.2 dev 1 proto 12");
  CHECK(kernel.done() == Lines{"add 10.9.0.0/16 via 10.0.0.2 dev 1"});
  kernel.added("10.9.0.0/16 via 10.0.0.7 dev 1 proto 12", true);
  CHECK(kernel.done() == Lines{"replace 10.9.0.0/16 via 10.0.0.2 dev 1"});
  kernel.read(false);
  CHECK_MESSAGE(kernel.done().empty(), "an interrupted dump does not tell what is missing");
  kernel.read();
  CHECK(kernel.done() == Lines{"add 10.9.0.0/16 via 10.0.0.2 dev 1"});
}

TEST_CASE("an echo of our own write changes nothing") {
  TextKernel kernel;
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  kernel.due();
  kernel.added("10.9.0.0/16 via 10.0.0.2 dev 1 proto 12");
  kernel.ack("10.9.0.0/16");
  kernel.added("10.9.0.0/16 via 10.0.0.2 dev 1 proto 12");
  CHECK(kernel.done().empty());
  CHECK(kernel.state("10.9.0.0/16") == RouteState::Installed);
}

TEST_CASE("somebody's touch while our write is in flight makes us write again") {
  TextKernel kernel;
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  kernel.due();
  kernel.removed("10.9.0.0/16 via 10.0.0.2 dev 1 proto 12");
  kernel.ack("10.9.0.0/16");
  CHECK(kernel.done() == Lines{"replace 10.9.0.0/16 via 10.0.0.2 dev 1"});
}

TEST_CASE("each errno concerns one route, is visible, and is retried") {
  for (int error : {EINVAL, EPERM, ENOMEM, ESRCH, EEXIST, ENETDOWN, EHOSTUNREACH, ENOBUFS}) {
    CAPTURE(error);
    TextKernel kernel;
    kernel.want("10.9.0.0/16 via 10.0.0.2");
    kernel.want("10.8.0.0/16 via 10.0.0.2");
    kernel.due();
    kernel.fail("10.9.0.0/16", error, "because");
    kernel.ack("10.8.0.0/16");
    CHECK(kernel.state("10.8.0.0/16") == RouteState::Installed);
    RouteStatus status = kernel.machine.routes().status(prefix("10.9.0.0/16"));
    CHECK(status.state == RouteState::Failed);
    CHECK(status.error == error);
    CHECK(status.text == "because");
    CHECK(kernel.machine.take_resync_wish() == (error == EEXIST));
    CHECK(kernel.due(t0 + 99ms).empty());
    CHECK(kernel.done(t0 + 100ms) == Lines{"add 10.9.0.0/16 via 10.0.0.2 dev 1"});
    CHECK(kernel.state("10.9.0.0/16") == RouteState::Installed);
  }
}

TEST_CASE("retries wait 100 ms, doubling to 30 s") {
  TextKernel kernel;
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  bgp::Instant now = t0;
  std::vector<int64_t> waits_ms;
  for (int i = 0; i < 11; ++i) {
    REQUIRE(kernel.due(now).size() == 1);
    kernel.fail("10.9.0.0/16", EINVAL, "Nexthop has invalid gateway", now);
    bgp::Instant next = kernel.machine.routes().next_due();
    waits_ms.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(next - now).count());
    now = next;
  }
  CHECK(waits_ms == std::vector<int64_t>{100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000});
}

TEST_CASE("a changed wish or a changed way is tried at once, whatever failed before") {
  TextKernel kernel;
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  kernel.due();
  kernel.fail("10.9.0.0/16", EINVAL);
  kernel.want("10.9.0.0/16 via 10.0.1.2");
  CHECK(kernel.due() == Lines{"add 10.9.0.0/16 via 10.0.1.2 dev 2"});
  kernel.fail("10.9.0.0/16", EINVAL);
  kernel.added("10.0.1.2/32 via 10.0.0.3 dev 1");
  CHECK(kernel.done() == Lines{"add 10.9.0.0/16 via 10.0.0.3 dev 1"});
}

TEST_CASE("a failed route that is no longer wanted is forgotten with its retry") {
  TextKernel kernel;
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  kernel.due();
  kernel.fail("10.9.0.0/16", EINVAL);
  kernel.unwant("10.9.0.0/16");
  CHECK(kernel.state("10.9.0.0/16") == RouteState::Absent);
  CHECK(kernel.machine.routes().next_due() == bgp::kNever);
  CHECK(kernel.done(t0 + 1h).empty());
}

TEST_CASE("deleting what is gone already is success; any other refusal is retried") {
  TextKernel kernel;
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  kernel.done();
  kernel.unwant("10.9.0.0/16");
  kernel.due();
  kernel.fail("10.9.0.0/16", EPERM);
  CHECK(kernel.state("10.9.0.0/16") == RouteState::Failed);
  CHECK(kernel.due(t0 + 100ms) == Lines{"delete 10.9.0.0/16"});
  kernel.fail("10.9.0.0/16", ESRCH);
  CHECK(kernel.state("10.9.0.0/16") == RouteState::Absent);
}

TEST_CASE("a link that goes down takes the IPv4 routes over it, and a multipath route its leg") {
  TextKernel kernel;
  kernel.want("10.9.0.0/16 via 10.0.0.2");
  kernel.want("10.8.0.0/16 via 10.0.0.2 10.0.1.2");
  kernel.done();
  Link down = TextKernel::link(1);
  down.up = down.carrier = false;
  kernel.link_changed(down);
  CHECK(kernel.machine.take_resync_wish());
  CHECK(kernel.done() == Lines{"replace 10.8.0.0/16 via 10.0.1.2 dev 2"});
  CHECK(kernel.state("10.9.0.0/16") == RouteState::Unresolved);
  kernel.link_changed(TextKernel::link(1));
  kernel.added("10.0.0.0/24 dev 1 proto 2");
  CHECK(kernel.done() ==
        Lines{"replace 10.8.0.0/16 via 10.0.0.2 dev 1 via 10.0.1.2 dev 2", "add 10.9.0.0/16 via 10.0.0.2 dev 1"});
}

TEST_CASE("a link that goes down takes only its leg of a weighted route; a new weight is a new route") {
  TextKernel kernel;
  kernel.want("10.8.0.0/16 via 10.0.0.2*3 10.0.1.2 10.0.1.3");
  CHECK(kernel.done() == Lines{"add 10.8.0.0/16 via 10.0.0.2 dev 1 weight 3 via 10.0.1.2 dev 2 via 10.0.1.3 dev 2"});
  kernel.want("10.8.0.0/16 via 10.0.0.2*2 10.0.1.2 10.0.1.3");
  CHECK(kernel.done() == Lines{"replace 10.8.0.0/16 via 10.0.0.2 dev 1 weight 2 via 10.0.1.2 dev 2 via 10.0.1.3 dev 2"});
  Link down = TextKernel::link(2);
  down.up = down.carrier = false;
  kernel.link_changed(down);
  CHECK(kernel.done() == Lines{"replace 10.8.0.0/16 via 10.0.0.2 dev 1"});
}

TEST_CASE("an IPv4 route over link-local gateways keeps each to its link") {
  TextKernel kernel({"fe80::/64 dev 1 proto 2 metric 256", "fe80::/64 dev 2 proto 2 metric 256"});
  kernel.want("10.8.0.0/16 via fe80::2%1 fe80::2%2");
  CHECK(kernel.done() == Lines{"add 10.8.0.0/16 via fe80::2 dev 1 via fe80::2 dev 2"});
  Link down = TextKernel::link(1);
  down.up = down.carrier = false;
  kernel.link_changed(down);
  CHECK(kernel.done() == Lines{"replace 10.8.0.0/16 via fe80::2 dev 2"});
  kernel.want("10.8.0.0/16 via fe80::2");
  CHECK(kernel.done() == Lines{});
}

TEST_CASE("an IPv6 route that loses one leg in the kernel gets it back") {
  TextKernel kernel({"fd00::/64 dev 1 proto 2 metric 256", "fd01::/64 dev 2 proto 2 metric 256"});
  kernel.want("fd09::/32 via fd00::2 fd01::2");
  kernel.done();
  kernel.removed("fd09::/32 via fd00::2 dev 1 proto 12");
  CHECK(kernel.machine.routes().status(prefix("fd09::/32")).legs.size() == 1);
  CHECK(kernel.done() == Lines{"replace fd09::/32 via fd00::2 dev 1 via fd01::2 dev 2"});
}

TEST_CASE("at most n operations are given out at a time, oldest wish first") {
  TextKernel kernel;
  for (int i = 0; i < 5; ++i) kernel.want("10." + std::to_string(100 + i) + ".0.0/16 via 10.0.0.2");
  CHECK(kernel.due(t0, 2) == Lines{"add 10.100.0.0/16 via 10.0.0.2 dev 1", "add 10.101.0.0/16 via 10.0.0.2 dev 1"});
  CHECK(kernel.due(t0, 2).size() == 2);
  CHECK(kernel.due(t0, 2).size() == 1);
}

TEST_CASE("states are counted: they add up to the prefixes known") {
  TextKernel kernel({"10.9.0.0/16 via 10.0.1.9 dev 2", "10.5.0.0/16 via 10.0.0.2 dev 1 proto 12"});
  for (const char* wish : {"10.9.0.0/16 via 10.0.0.2", "10.8.0.0/16 via 192.0.2.1", "10.7.0.0/16 via 10.0.0.2",
                           "10.6.0.0/16 via 10.0.0.2"})
    kernel.want(wish);
  kernel.due();
  kernel.fail("10.6.0.0/16", EINVAL);
  kernel.ack("10.7.0.0/16");
  const FibTable& routes = kernel.machine.routes();
  CHECK(routes.wanted() == 4);
  CHECK(routes.count(RouteState::Conflict) == 1);
  CHECK(routes.count(RouteState::Unresolved) == 1);
  CHECK(routes.count(RouteState::Installed) == 1);
  CHECK(routes.count(RouteState::Failed) == 1);
  CHECK(routes.count(RouteState::Stale) == 1);
  CHECK(routes.count(RouteState::Absent) == 0);
}

TEST_CASE("memory given back in the middle of things changes nothing") {
  TextKernel kernel;
  auto nth = [](int n) { return "10.9." + std::to_string(n) + ".0/24"; };
  for (int n = 0; n < 250; ++n) kernel.want(nth(n) + " via 10.0.0.2");
  CHECK(kernel.done().size() == 250);
  for (int n = 5; n < 250; ++n) kernel.unwant(nth(n));
  CHECK(kernel.done().size() == 245);
  kernel.want(nth(7) + " blackhole");
  CHECK(kernel.due().size() == 1);
  kernel.machine.routes().give_back_memory();
  kernel.ack(nth(7));
  CHECK(kernel.done().empty());
  CHECK(kernel.machine.routes().count(RouteState::Installed) == 6);
  for (int n = 0; n < 5; ++n) CHECK(kernel.state(nth(n)) == RouteState::Installed);
}
