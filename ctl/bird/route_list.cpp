#include "ctl/bird/route_list.h"

#include "bgp/base/escape.h"
#include "bgp/wire/attribute.h"
#include "ctl/bird/show.h"

namespace ctl::bird {
namespace {

std::string way(const Route& route) {
  switch (route.way) {
    case Route::Way::Router: return "via " + route.gateway + " on " + bgp::printable(route.interface);
    case Route::Way::Device: return "dev " + bgp::printable(route.interface);
    case Route::Way::Blackhole: return "blackhole";
    case Route::Way::Unreachable: return "unreachable";
  }
  return "unreachable";
}

// "[AS65001i]": who originated it, which a path that ends with a set does not say, and how.
std::string origin(const Route& route) {
  static constexpr char kOrigins[] = {'i', 'e', '?'};
  bgp::wire::AttributeFacts facts = bgp::wire::facts_of(route.attributes);
  bool is_known = facts.origin_as.value != 0 && !bgp::wire::as_path_text(route.attributes).ends_with('}');
  std::string as = is_known ? "AS" + facts.origin_as.to_string() : "";
  return "[" + as + kOrigins[static_cast<size_t>(facts.origin)] + "]";
}

std::string preference(const Route& route) {
  std::string text = "(" + std::to_string(route.preference);
  if (!route.is_bgp) return text + ")";
  return text + "/" + (route.igp_metric ? std::to_string(*route.igp_metric) : "-") + ") " + origin(route);
}

}  // namespace

bool RouteList::wants(const bgp::Prefix& prefix) const {
  if (prefix.family() != family_) return false;
  if (!command_.net) return true;
  return command_.is_for ? prefix.contains(*command_.net) : prefix == *command_.net;
}

std::vector<Route> RouteList::choose(std::vector<Route> fetched) const {
  if (!command_.is_for) return fetched;
  std::optional<bgp::Prefix> longest;  // a supernet comes before what it contains
  for (const Route& route : fetched)
    if (!route.is_filtered) longest = route.prefix;
  std::erase_if(fetched, [&](const Route& route) { return route.prefix != longest; });
  return fetched;
}

void RouteList::add(const Route& route) {
  if (route.is_filtered != command_.filtered) return;
  ++routes_;
  bool is_first = looked_at_ != route.prefix;
  looked_at_ = route.prefix;
  networks_ += is_first;
  if (command_.primary && !is_first) return;
  if (!command_.protocol.empty() && command_.protocol != route.protocol) return;
  ++routes_shown_;
  if (command_.count) return;
  write(route, shown_ != route.prefix);
  shown_ = route.prefix;
}

void RouteList::write(const Route& route, bool is_first_of_prefix) {
  std::string prefix = is_first_of_prefix ? route.prefix.to_string() : "";
  if (prefix.size() < 18) prefix.append(18 - prefix.size(), ' ');
  std::string from = route.from.empty() ? "" : " from " + route.from;
  std::string mark = route.is_primary ? (route.is_refused ? " !" : " *") : "";
  reply_.line(1007, prefix + " " + way(route) + " [" + route.protocol + " " + short_time(route.since, now_) + from + "]" +
                        mark + " " + preference(route));
  if (!command_.all) return;
  reply_.line(1008, "\tType: " + route.source + " unicast univ");
  if (!route.is_bgp) return;
  for (const std::string& line : attribute_lines(route)) reply_.line(1012, "\t" + line);
}

std::string RouteList::finish() {
  if (command_.net && routes_ == 0) reply_.end(8001, "Network not in table");
  else if (command_.net || !(command_.stats || command_.count)) reply_.end(0);
  else
    reply_.end(14, std::to_string(routes_shown_) + " of " + std::to_string(routes_) + " routes for " +
                       std::to_string(networks_) + " networks");
  return reply_.take();
}

}  // namespace ctl::bird
