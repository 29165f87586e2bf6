#include "fib/table/fib_machine.h"

#include <utility>

namespace fib::table {
namespace {

void apply_to(KernelView& view, const LinkEvent& event) {
  if (event.removed) view.remove_link(event.link.ifindex);
  else view.set_link(event.link);
}

void apply_to(KernelView& view, const AddressEvent& event) {
  if (event.removed) view.remove_address(event.address);
  else view.set_address(event.address);
}

void apply_to(KernelView& view, const RouteEvent& event) {
  if (event.removed) view.remove_route(event.route);
  else view.set_route(event.route, event.replaced);
}

}  // namespace

FibMachine::FibMachine(Ownership ownership) : ownership_(ownership), routes_(ownership, next_hops_) {}

// Next hops and announcements come from the main table and from others. Of our own protocol nothing counts, not even
// with another metric: what a speaker wrote is no evidence of reachability.
bool FibMachine::is_foreign(const KernelRoute& route) const {
  return route.table == kMainTable && route.protocol != ownership_.protocol;
}

void FibMachine::set_host_routes(const Gateways& gateways) {
  if (gateways == gateways_) return;
  gateways_ = gateways;
  next_hops_.set_gateways(gateways);
  host_routes_.set(gateways);
}

void FibMachine::begin_dump() {
  dumped_view_ = KernelView();
  routes_.begin_dump();
}

void FibMachine::dumped(const KernelEvent& fact) {
  if (const RouteEvent* event = std::get_if<RouteEvent>(&fact)) routes_.dumped(event->route);
  apply(fact, dumped_view_);
}

void FibMachine::end_dump(bool consistent) {
  KernelView fresh = std::exchange(dumped_view_, {});
  if (consistent) {
    view_ = std::move(fresh);
    next_hops_.all_changed();
    local_routes_.all_changed();
    refresh_next_hops();  // first: an adopted route must not look unresolved
  }
  routes_.end_dump(consistent);
}

void FibMachine::event(const KernelEvent& event) {
  std::visit([this](const auto& e) { on_event(e); }, event);
}

FibMachine::News FibMachine::take_news() {
  if (routes_.phase() == FibTable::Phase::Awaiting) return {};
  refresh_next_hops();
  return {local_routes_.take_changes(), std::exchange(states_, {})};
}

std::optional<Way> FibMachine::first_way(const std::vector<Leg>& legs) const {
  const Link* link = legs.empty() ? nullptr : view_.find_link(legs[0].ifindex);
  if (!link) return std::nullopt;
  Way way{std::nullopt, link->name};
  if (!legs[0].gateway.is_unspecified()) way.gateway = legs[0].gateway;
  return way;
}

std::optional<Way> FibMachine::way_to(const bgp::ScopedAddress& next_hop) const {
  return first_way(next_hops_.look_up(next_hop).legs);
}

std::optional<Way> FibMachine::way_of(const bgp::Prefix& prefix) const {
  std::span<const KernelRoute> routes = view_.routes_to(prefix);
  return routes.empty() ? std::nullopt : first_way(routes[0].legs);
}

bool FibMachine::take_resync_wish() {
  bool of_routes = routes_.take_resync_wish();
  return std::exchange(wants_resync_, false) || of_routes;
}

void FibMachine::apply(const KernelEvent& event, KernelView& view) {
  const RouteEvent* route = std::get_if<RouteEvent>(&event);
  if (route != nullptr && !is_foreign(route->route)) return;
  std::visit([&](const auto& e) { apply_to(view, e); }, event);
}

void FibMachine::on_event(const RouteEvent& event) {
  routes_.event(event);
  if (!is_foreign(event.route)) return;
  apply_to(view_, event);
  next_hops_.route_changed(event.route.prefix);
  local_routes_.route_changed(event.route.prefix);
}

void FibMachine::on_event(const LinkEvent& event) {
  const Link* known = view_.find_link(event.link.ifindex);
  bool was_up = known != nullptr && known->up;
  bool is_news = known == nullptr || event.removed || *known != event.link;
  bool went_down = was_up && (event.removed || !event.link.up);
  if (!is_news) return;  // statistics, MTU, a new master: nothing that routes hang on
  apply_to(view_, event);
  if (went_down) {
    view_.forget_routes_over(event.link.ifindex);
    routes_.link_went_down(event.link.ifindex);
    wants_resync_ = true;
  }
  next_hops_.all_changed();
  local_routes_.all_changed();
}

// With an address go routes whose preferred source it was, and without a word too.
void FibMachine::on_event(const AddressEvent& event) {
  apply_to(view_, event);
  if (event.removed) wants_resync_ = true;
  next_hops_.all_changed();
  local_routes_.route_changed(bgp::Prefix(event.address.address, event.address.prefix_length));
}

void FibMachine::refresh_next_hops() {
  NextHopTable::Changes changes = next_hops_.take_changes();
  states_.insert(states_.end(), changes.states.begin(), changes.states.end());
  if (!changes.addresses.empty()) routes_.next_hops_changed(changes.addresses);
}

}  // namespace fib::table
