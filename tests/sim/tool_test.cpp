// The simulation tested itself: plans and their text, equal seeds, the shrinker, and that broken invariants are seen.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "world/scenarios.h"
#include "world/secrecy.h"
#include "world/shrink.h"
#include "world/world.h"

namespace sim {
namespace {

using namespace std::chrono_literals;

std::string text_of(const std::optional<Failure>& failure) { return failure ? failure->what : "holds"; }

// The broken invariant of the shrinker's test: no process ever ends while two nodes cannot reach each other.
std::optional<Failure> run_with_a_silly_rule(const Plan& plan) {
  World world(plan);
  world.also = [](World& w) {
    bool is_down = false;
    for (int n = 0; n < w.nodes(); ++n) is_down = is_down || !w.node(n).is_running();
    return is_down && w.is_cut() ? std::string("a process ended during a partition") : std::string();
  };
  return world.run();
}

TEST_CASE("the text of a plan reads back as the plan") {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Plan plan = any_plan(seed);
    auto back = parse_plan(to_text(plan, "why"));
    REQUIRE_MESSAGE(back.ok(), (back ? "" : back.error()));
    CHECK(*back == plan);
  }
}

TEST_CASE("what a trace says wrongly is refused with its line") {
  auto error = [](std::string_view text) { return parse_plan(text).error(); };
  CHECK(error("seed 1\nwind 3\n") == "line 2: nobody knows 'wind'");
  CHECK(error("seed x\n") == "line 1: not a number: seed x");
  World world(*parse_plan("nodes 2\nlength_s 5\nat 1 dance 0\n"));
  CHECK(text_of(world.run()) == "nobody knows the verb dance");
}

TEST_CASE("the same seed gives the same run, whatever happens in it") {
  for (uint64_t seed : {2, 5, 11}) {
    auto story = [&] {
      World world(any_plan(seed));
      CHECK(text_of(world.run()) == "holds");
      return world.story();
    };
    CHECK(story() == story());
  }
}

TEST_CASE("a failing run is shrunk to the events that it needs, and the text of what is left fails too") {
  Plan plan;
  for (uint64_t seed = 0;; seed += 2) {
    plan = random_plan(seed);
    if (plan.events.size() > 25 && run_with_a_silly_rule(plan)) break;
    REQUIRE(seed < 2000);
  }
  Plan small = shrink(plan, [](const Plan& p) { return run_with_a_silly_rule(p).has_value(); }, 500);
  INFO(to_text(small, "shrunk"));
  REQUIRE(small.events.size() == 2);
  bool is_cut_first = small.events[0].verb == "cut";
  CHECK(small.events[is_cut_first ? 0 : 1].verb == "cut");
  std::string other = small.events[is_cut_first ? 1 : 0].verb;
  CHECK((other == "kill" || other == "power"));
  auto back = parse_plan(to_text(small, "a silly rule"));
  REQUIRE(back.ok());
  CHECK(run_with_a_silly_rule(*back).has_value());
}

TEST_CASE("traces of runs that failed once hold now") {
  size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(CALICO_SOURCE_DIR "/tests/sim/traces")) {
    if (file.path().extension() != ".trace") continue;
    INFO(file.path().string());
    std::ifstream in(file.path());
    auto plan = parse_plan(std::string(std::istreambuf_iterator<char>(in), {}));
    REQUIRE(plan.ok());
    World world(*plan);
    CHECK(text_of(world.run()) == "holds");
    ++count;
  }
  CHECK(count > 0);
}

TEST_CASE("every scenario holds (two seeds each; tools/test runs 2,000 of all kinds)") {
  for (const Scenario& scenario : kScenarios) {
    for (uint64_t seed : {1, 2}) {
      INFO(scenario.name << " seed " << seed);
      World world(scenario.make(seed));
      CHECK(text_of(world.run()) == "holds");
    }
  }
}

// ---- what the simulation would see --------------------------------------------------------------------------------

TEST_CASE("I4: an operation that overwrites a foreign route is seen") {
  SimKernel kernel(1);
  std::string broken;
  kernel.broken = [&](const std::string& what) { broken = what; };
  kernel.add_link(1, "eth0");
  kernel.add_address(1, *IpAddress::parse("10.0.0.1"), 24);
  fib::KernelRoute route;
  route.prefix = *Prefix::parse("10.9.0.0/16");
  route.protocol = kStaticProtocol;
  route.legs = {{*IpAddress::parse("10.0.0.2"), 1, 1, false}};
  REQUIRE(kernel.add_route(route) == 0);
  route.protocol = kOurProtocol;
  CHECK(kernel.apply({fib::RouteOp::Kind::Add, 1, route}) == EEXIST);
  CHECK(broken.empty());
  CHECK(kernel.apply({fib::RouteOp::Kind::Replace, 2, route}) == 0);
  CHECK(broken == "I4: the foreign route to 10.9.0.0/16 was overwritten");
}

TEST_CASE("I7: a password that gets into an input, and so into transcript, log and status, is seen in each") {
  World world(Plan{}.set("nodes", 2).set("length_s", 20));
  world.also = [](World& w) {
    if (w.elapsed() < 5s) return std::string();
    for (uint32_t id = 0; id < 10; ++id)  // one of them is the session's
      for (uint32_t first : {0U, speaker::input::kFirstAcceptedConn})
        w.node(0).closed(ConnId{first + id}, "the peer said " + std::string(kCanary));
    return std::string();
  };
  CHECK(text_of(world.run()).starts_with("I7: a password in the "));
  CHECK(shows_secret(world.story()));
  CHECK(shows_secret(told_by_control_socket(world.node(0), Instant{} + world.elapsed())));
}

TEST_CASE("the simulated kernel refuses what Linux refuses, and forgets IPv4 routes when their link goes down") {
  SimKernel kernel(1);
  int heard = 0;
  kernel.add_link(1, "eth0");
  kernel.add_address(1, *IpAddress::parse("10.0.0.1"), 24);
  fib::KernelRoute route;
  route.prefix = *Prefix::parse("10.9.0.0/16");
  route.protocol = kOurProtocol;
  route.legs = {{*IpAddress::parse("192.0.2.1"), 1, 1, false}};
  CHECK(kernel.apply({fib::RouteOp::Kind::Add, 1, route}) == EINVAL);
  route.legs[0].gateway = *IpAddress::parse("10.0.0.2");
  CHECK(kernel.apply({fib::RouteOp::Kind::Add, 2, route}) == 0);
  kernel.monitor = [&](const fib::KernelEvent& event) { heard += std::holds_alternative<fib::RouteEvent>(event); };
  kernel.set_link(1, false, false);
  CHECK(heard == 0);
  CHECK(kernel.own_routes().empty());
  CHECK(kernel.apply({fib::RouteOp::Kind::Add, 3, route}) == ENETDOWN);
  route.protocol = kStaticProtocol;
  CHECK(kernel.apply({fib::RouteOp::Kind::Delete, 4, route}) == ESRCH);
}

}  // namespace
}  // namespace sim
