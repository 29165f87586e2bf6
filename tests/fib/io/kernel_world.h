// A network namespace of the test's own, with a pair of interfaces in it, and a driver on an io_context.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "fib/io/kernel_driver.h"

namespace fib::io {

// Runs `body` in a fresh network namespace and comes back: everything made there is gone afterwards.
inline void in_new_namespace(const std::function<void()>& body) {
  if (geteuid() != 0) {
    MESSAGE("skipped: making a network namespace needs root");
    return;
  }
  struct Return {
    int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    ~Return() {
      setns(home, CLONE_NEWNET);
      close(home);
    }
  } home;
  REQUIRE(home.home >= 0);
  REQUIRE(unshare(CLONE_NEWNET) == 0);
  body();
}

// What a shell command prints; it runs in the calling thread's namespace.
inline std::string shell(const std::string& command) {
  std::string output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> chunk{};
  while (size_t n = fread(chunk.data(), 1, chunk.size(), pipe)) output.append(chunk.data(), n);
  int status = pclose(pipe);
  INFO(command, ": ", output);
  REQUIRE(status == 0);
  return output;
}

// lo; eth1 (10.0.0.1/24, fd00::1/64) with its other end peer1; eth2 (10.0.1.1/24, fd01::1/64) with peer2; all up.
inline void make_links() {
  shell(
      "ip link set lo up && ip link add eth1 type veth peer name peer1 && ip link add eth2 type veth peer name peer2 &&"
      "for l in eth1 peer1 eth2 peer2; do ip link set $l up || exit 1; done;"
      "ip addr add 10.0.0.1/24 dev eth1 && ip addr add 10.0.1.1/24 dev eth2 &&"
      "ip addr add fd00::1/64 dev eth1 nodad && ip addr add fd01::1/64 dev eth2 nodad");
}

class World {
 public:
  explicit World(KernelOptions options = {}) : driver_(std::make_unique<KernelDriver>(io_, options, events())) {
    bgp::Status<KernelError> started = driver_->start();
    REQUIRE(started.ok());
  }

  KernelDriver& driver() { return *driver_; }
  // "10.9.0.0/16 via 10.0.0.2 10.0.1.2", "10.8.0.0/16 blackhole"
  void want(const std::string& text) { driver_->want(parse(text)); }
  void unwant(const std::string& prefix) { driver_->unwant(*bgp::Prefix::parse(prefix)); }
  RouteState state(const std::string& prefix) { return driver_->status(*bgp::Prefix::parse(prefix)).state; }

  // Runs the event loop until `condition` holds; false if it does not within ten seconds.
  bool until(const std::function<bool()>& condition) {
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      io_.run_one_for(std::chrono::milliseconds(50));
    }
    return true;
  }
  bool until_state(const std::string& prefix, RouteState wanted) {
    return until([&] { return state(prefix) == wanted; });
  }
  bool until_synced() {
    return until([&] { return synced; });
  }

  bool synced = false;
  std::set<std::string> local;                    // "10.0.0.0/24 a"
  std::map<std::string, NextHopState> next_hops;  // by address
  std::vector<bgp::LogRecord> logs;

 private:
  // "10.0.0.2", "10.0.0.2*3" (weight), "fe80::2%1" (link), "10.0.0.2@tunl0" (through a tunnel)
  static NextHop next_hop(const std::string& text) {
    size_t end = text.find_first_of("*%@");
    NextHop hop(*bgp::IpAddress::parse(text.substr(0, end)));
    if (end == std::string::npos) return hop;
    if (text[end] == '@') hop.gateway.device = text.substr(end + 1);
    else if (text[end] == '*') hop.weight = static_cast<uint16_t>(std::stoul(text.substr(end + 1)));
    else hop.gateway.ifindex = static_cast<uint32_t>(std::stoul(text.substr(end + 1)));
    return hop;
  }
  static BestRoute parse(const std::string& text) {
    size_t space = text.find(' ');
    BestRoute route;
    route.prefix = *bgp::Prefix::parse(text.substr(0, space));
    if (text.ends_with("blackhole")) route.type = BestRoute::Type::Blackhole;
    for (size_t at = text.find(" via "); at != std::string::npos && at + 1 < text.size();) {
      size_t from = text.find_first_not_of(' ', at + (text.compare(at, 5, " via ") == 0 ? 5 : 1));
      size_t to = text.find(' ', from);
      route.next_hops.push_back(next_hop(text.substr(from, to - from)));
      at = to;
    }
    return route;
  }
  KernelEvents events() {
    KernelEvents e;
    e.local_routes = [this](const std::vector<LocalRoute>& added, const std::vector<LocalRoute>& removed) {
      for (const LocalRoute& route : removed) local.erase(route.prefix.to_string() + " " + route.interface);
      for (const LocalRoute& route : added) local.insert(route.prefix.to_string() + " " + route.interface);
    };
    e.next_hops = [this](const std::vector<NextHopState>& states) {
      for (const NextHopState& state : states) next_hops[state.address.to_string()] = state;
    };
    e.log = [this](const bgp::LogRecord& record) { logs.push_back(record); };
    e.synced = [this] { synced = true; };
    return e;
  }

  boost::asio::io_context io_;
  std::unique_ptr<KernelDriver> driver_;
};

}  // namespace fib::io
