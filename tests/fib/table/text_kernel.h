// The kernel in words, and a FIB machine that reads them.
#pragma once

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "fib/table/fib_machine.h"

namespace fib::table {

inline bgp::IpAddress ip(const std::string& text) { return *bgp::IpAddress::parse(text); }
inline bgp::Prefix prefix(const std::string& text) { return *bgp::Prefix::parse(text); }
inline const bgp::Instant t0 = bgp::Instant(std::chrono::hours(1));

// "10.9.0.0/16 via 10.0.0.2 dev 1 via 10.0.1.2 dev 2 proto 12 metric 5 table 10", "10.8.0.0/16 blackhole",
// "10.0.0.0/24 dev 1 proto 2", "10.9.0.0/16 via 10.0.0.2 dev 3 onlink". Protocol 4 (static) unless said; IPv6 metric 1024 unless said.
inline KernelRoute kernel_route(const std::string& text) {
  std::istringstream in(text);
  std::string word;
  in >> word;
  KernelRoute route;
  route.prefix = prefix(word);
  route.protocol = 4;
  route.metric = route.prefix.family() == bgp::Family::IPv6 ? 1024 : 0;
  Leg leg;
  auto number = [&] {
    unsigned n = 0;
    in >> n;
    return n;
  };
  while (in >> word) {
    if (word == "blackhole")
      route.type = KernelRoute::Type::Blackhole;
    else if (word == "unreachable")
      route.type = KernelRoute::Type::Other;
    else if (word == "proto")
      route.protocol = static_cast<uint8_t>(number());
    else if (word == "metric")
      route.metric = number();
    else if (word == "table")
      route.table = number();
    else if (word == "via") {
      in >> word;
      leg.gateway = ip(word);
    } else if (word == "onlink") {
      route.legs.back().onlink = true;
    } else if (word == "dev") {
      leg.ifindex = number();
      route.legs.push_back(std::exchange(leg, {}));
    }
  }
  std::sort(route.legs.begin(), route.legs.end());
  return route;
}

// "10.0.0.2", "10.0.0.2*3" (weight), "fe80::2%1" (link), "10.0.0.2@tunl0" (through a tunnel)
inline NextHop next_hop(const std::string& text) {
  size_t end = text.find_first_of("*%@");
  NextHop hop(ip(text.substr(0, end)));
  if (end == std::string::npos) return hop;
  if (text[end] == '@') {
    hop.gateway.device = text.substr(end + 1);
    return hop;
  }
  unsigned long number = std::stoul(text.substr(end + 1));
  if (text[end] == '*') hop.weight = static_cast<uint16_t>(number);
  else hop.gateway.ifindex = static_cast<uint32_t>(number);
  return hop;
}

// "10.9.0.0/16 via 10.0.0.2 10.0.1.2" or "10.8.0.0/16 blackhole"
inline BestRoute best_route(const std::string& text) {
  std::istringstream in(text);
  std::string word;
  in >> word;
  BestRoute route{prefix(word), BestRoute::Type::Unicast, {}};
  in >> word;
  if (word == "blackhole")
    route.type = BestRoute::Type::Blackhole;
  else
    while (in >> word) route.next_hops.push_back(next_hop(word));
  return route;
}

// "add 10.9.0.0/16 via 10.0.0.2 dev 1"
inline std::string text_of(const RouteOp& op) {
  std::string text = op.kind == RouteOp::Kind::Add       ? "add "
                     : op.kind == RouteOp::Kind::Replace ? "replace "
                                                         : "delete ";
  text += op.route.prefix.to_string();
  if (op.kind == RouteOp::Kind::Delete) return text;
  if (op.route.type == KernelRoute::Type::Blackhole) text += " blackhole";
  for (const Leg& leg : op.route.legs) {
    text += " via " + leg.gateway.to_string() + " dev " + std::to_string(leg.ifindex);
    if (leg.onlink) text += " onlink";
    if (leg.weight != 1) text += " weight " + std::to_string(leg.weight);
  }
  return text;
}

using Lines = std::vector<std::string>;

class TextKernel {
 public:
  FibMachine machine{Ownership{}};

  // Two links, 1 (10.0.0.1/24) and 2 (10.0.1.1/24), with their connected routes, and whatever else is given.
  explicit TextKernel(const Lines& more = {}, bool read = true) : routes_(more) {
    if (read) this->read();
  }
  void read(bool consistent = true) {
    machine.begin_dump();
    for (uint32_t i : {1U, 2U}) machine.dumped(LinkEvent{false, link(i)});
    machine.dumped(AddressEvent{false, {1, ip("10.0.0.1"), 24}});
    machine.dumped(AddressEvent{false, {2, ip("10.0.1.1"), 24}});
    for (const char* text : {"10.0.0.0/24 dev 1 proto 2", "10.0.1.0/24 dev 2 proto 2"})
      machine.dumped(RouteEvent{false, false, kernel_route(text)});
    for (const std::string& text : routes_) machine.dumped(RouteEvent{false, false, kernel_route(text)});
    machine.end_dump(consistent);
    take_news();
  }
  static Link link(uint32_t index) { return {index, "eth" + std::to_string(index), true, true, false}; }
  void set_routes(const Lines& routes) { routes_ = routes; }

  void added(const std::string& route, bool replaced = false) {
    event(RouteEvent{false, replaced, kernel_route(route)});
  }
  void removed(const std::string& route) { event(RouteEvent{true, false, kernel_route(route)}); }
  void link_changed(const Link& link) { event(LinkEvent{false, link}); }
  void event(const KernelEvent& e) {
    machine.event(e);
    take_news();
  }

  void want(const std::string& text) { machine.routes().want(best_route(text)); }
  void unwant(const std::string& text) { machine.routes().unwant(prefix(text)); }
  RouteState state(const std::string& text) const { return machine.routes().status(prefix(text)).state; }

  // Takes the operations due and leaves them unanswered; flying() has them by prefix.
  Lines due(bgp::Instant now = t0, size_t n = 1000) {
    Lines lines;
    for (RouteOp& op : machine.routes().ops_due(now, n)) {
      lines.push_back(text_of(op));
      flying_[op.route.prefix.to_string()] = op.id;
    }
    return lines;
  }
  // The same, each with success.
  Lines done(bgp::Instant now = t0) {
    Lines lines = due(now);
    for (const auto& [text, id] : std::exchange(flying_, {})) machine.routes().acked(id);
    return lines;
  }
  void ack(const std::string& text) { machine.routes().acked(take(text)); }
  void fail(const std::string& text, int error, const std::string& why = "", bgp::Instant now = t0) {
    machine.routes().failed(take(text), error, why, now);
  }

  Lines local_added, local_removed;  // "10.42.0.7/32 eth1", since the last clear_news()
  std::vector<NextHopState> next_hops;
  void take_news() {
    FibMachine::News news = machine.take_news();
    for (const LocalRoute& r : news.local_routes.added) local_added.push_back(r.prefix.to_string() + " " + r.interface);
    for (const LocalRoute& r : news.local_routes.removed)
      local_removed.push_back(r.prefix.to_string() + " " + r.interface);
    next_hops.insert(next_hops.end(), news.next_hops.begin(), news.next_hops.end());
  }
  void clear_news() {
    local_added.clear();
    local_removed.clear();
    next_hops.clear();
  }

 private:
  uint32_t take(const std::string& text) {
    uint32_t id = flying_.at(text);
    flying_.erase(text);
    return id;
  }
  Lines routes_;
  std::map<std::string, uint32_t> flying_;
};

}  // namespace fib::table
