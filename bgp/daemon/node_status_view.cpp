#include "bgp/daemon/node_status_view.h"

#include <algorithm>

#include "bgp/base/limits.h"
#include "ctl/bird/show.h"

namespace bgp::daemon {
namespace {

namespace bird = ctl::bird;
using config::model::Value;

// What may still be written into one status.
class Room {
 public:
  bool take(const Value& value) {
    size_t size = to_compact_json(value).size() + 1;
    if (size > left_) return false;
    left_ -= size;
    return true;
  }

 private:
  size_t left_ = limits::kNodeStatusBytesMax;
};

// As many as there is room for. `is_cut` is set when that is not all.
Value fitting(std::vector<Value> values, Room& room, bool& is_cut) {
  auto first_left_out = std::find_if(values.begin(), values.end(), [&](const Value& value) { return !room.take(value); });
  is_cut |= first_left_out != values.end();
  values.erase(first_left_out, values.end());
  return Value::list(std::move(values));
}

void set_text(Value& map, const char* key, const std::string& text) {
  if (!text.empty()) map.set(key, Value::string(text));  // upstream's fields are `omitempty`
}

void set_list(Value& map, const std::string& key, Value list) {
  if (!list.items.empty()) map.set(key, std::move(list));
}

const char* suffix(Family family) { return family == Family::IPv4 ? "V4" : "V6"; }

// ---- Agent ------------------------------------------------------------------------------------------------------
Value daemon_status(const bird::Status& status) {
  Value out = Value::map();
  out.set("state", Value::string("Ready"));
  out.set("version", Value::string(status.version));
  out.set("routerID", Value::string(status.router_id));
  out.set("lastBootTime", Value::string(bird::date_and_time(status.booted)));
  out.set("lastReconfigurationTime", Value::string(bird::date_and_time(status.reconfigured)));
  return out;
}

// ---- BGP --------------------------------------------------------------------------------------------------------
const char* peer_type(speaker::PeerType type) {
  switch (type) {
    case speaker::PeerType::NodeToNodeMesh: return "NodeMesh";
    case speaker::PeerType::Global: return "GlobalPeer";
    case speaker::PeerType::NodeSpecific: return "NodePeer";
    case speaker::PeerType::LocalWorkload: break;  // left out before
  }
  return "GlobalPeer";
}

Value peer_status(const speaker::PeerSnapshot& peer, const Clocks& clocks) {
  Value out = Value::map();
  out.set("peerIP", Value::string(peer.address.to_string()));
  out.set("type", Value::string(peer_type(peer.type)));
  out.set("state", Value::string(session::to_string(peer.state)));
  out.set("since", Value::string(bird::short_time(to_bird_time(clocks.to_wall(peer.since)), to_bird_time(clocks.wall))));
  return out;
}

// Upstream's type has no word for a pod that is a peer, and upstream leaves it out.
Value bgp_status(const LiveStatus* live, const Clocks& clocks, Room& room, bool& is_cut) {
  Value counts = Value::map(), lists = Value::map();
  for (Family family : rib::kFamilies) {
    uint64_t established = 0;
    std::vector<Value> peers;
    for (size_t i = 0; live && i < live->snapshot.peers.size(); ++i) {
      const speaker::PeerSnapshot& peer = live->snapshot.peers[i];
      if (peer.address.family() != family || peer.type == speaker::PeerType::LocalWorkload) continue;
      established += peer.state == session::State::Established;
      peers.push_back(peer_status(peer, clocks));
    }
    counts.set(std::string("numberEstablished") + suffix(family), Value::number(established));
    counts.set(std::string("numberNotEstablished") + suffix(family), Value::number(peers.size() - established));
    set_list(lists, std::string("peers") + suffix(family), fitting(std::move(peers), room, is_cut));
  }
  for (auto& member : lists.members) counts.set(member.key, std::move(member.value));
  return counts;
}

// ---- Routes -----------------------------------------------------------------------------------------------------
// Blocks are BIRD's static routes, and so are the ranges of services, which nothing in the kernel holds.
bool is_static(const speaker::RouteSnapshot& route) {
  return !route.peer && route.view.path_id != static_cast<uint32_t>(rib::LocalKind::Kernel);
}

Value learned_from(const speaker::RouteSnapshot& route, const speaker::Snapshot& snapshot) {
  Value out = Value::map();
  if (!route.peer) return out.set("sourceType", Value::string(is_static(route) ? "Static" : "Kernel"));
  auto peer = std::find_if(snapshot.peers.begin(), snapshot.peers.end(),
                           [&](const speaker::PeerSnapshot& p) { return p.address == *route.peer; });
  bool is_mesh = peer != snapshot.peers.end() && peer->type == speaker::PeerType::NodeToNodeMesh;
  out.set("sourceType", Value::string(is_mesh ? "NodeMesh" : "BGPPeer"));
  return out.set("peerIP", Value::string(route.peer->to_string()));
}

std::string interface_of(const speaker::RouteSnapshot& route, const bird::Route& shown) {
  if (is_static(route) || shown.way == bird::Route::Way::Blackhole) return "blackhole";
  if (shown.way == bird::Route::Way::Unreachable) return "unreachable";
  return shown.interface == "?" ? "" : shown.interface;
}

Value route_status(const speaker::RouteSnapshot& route, const bird::Route& shown, bool is_in_fib,
                   const speaker::Snapshot& snapshot) {
  Value out = Value::map();
  out.set("type", Value::string(is_in_fib ? "FIB" : "RIB"));
  out.set("destination", Value::string(route.view.prefix.to_string()));
  out.set("gateway", Value::string(shown.way == bird::Route::Way::Router ? shown.gateway : "N/A"));
  set_text(out, "interface", interface_of(route, shown));
  return out.set("learnedFrom", learned_from(route, snapshot));
}

// What the import policy refused is no route, as in `show route`.
Value routes_status(const LiveStatus& live, const BirdSelf& self, const Clocks& clocks, Room& room, bool& is_cut) {
  Value out = Value::map();
  for (Family family : rib::kFamilies) {
    const LiveStatus::Table& table = live.tables[rib::index_of(family)];
    const auto& routes = table.page.routes;
    bird::RoutePage shown = to_bird_routes(table.page, table.facts, live.snapshot, self, clocks);
    std::vector<Value> values;
    for (size_t i = 0; i < routes.size(); ++i) {
      if (shown.routes[i].is_filtered) continue;
      bool is_in_fib = is_installed(routes[i], table.facts.empty() ? nullptr : &table.facts[i].kernel);
      values.push_back(route_status(routes[i], shown.routes[i], is_in_fib, live.snapshot));
    }
    is_cut |= table.page.next.has_value();
    set_list(out, std::string("routes") + suffix(family), fitting(std::move(values), room, is_cut));
  }
  return out;
}

}  // namespace

NodeStatusReport to_report(const config::model::CalicoNodeStatus& wanted, const LiveStatus& live, const BirdSelf& self,
                           const Clocks& clocks) {
  NodeStatusReport report{Value::map(), false};
  Room room;
  Value agent = Value::map();
  for (Family family : rib::kFamilies)
    agent.set(std::string("bird") + suffix(family),
              wanted.wants_agent ? daemon_status(to_bird_view(live.snapshot, {}, family, self, clocks).status) : Value::map());
  report.status.set("agent", std::move(agent));
  report.status.set("bgp", bgp_status(wanted.wants_bgp ? &live : nullptr, clocks, room, report.is_cut));
  report.status.set("routes",
                    wanted.wants_routes ? routes_status(live, self, clocks, room, report.is_cut) : Value::map());
  return report;
}

std::optional<std::string> updated(const std::string& stored, Value status, std::chrono::system_clock::time_point now) {
  auto document = config::model::parse_json(stored);
  if (document)
    if (Value* before = document->find("status"); before != nullptr) {
      before->erase("lastUpdated");
      if (*before == status) return std::nullopt;
    }
  Value dated = Value::map();
  std::string time = ctl::protocol::to_rfc3339(std::chrono::floor<std::chrono::milliseconds>(now));
  dated.set("lastUpdated", Value::string(time.substr(0, time.find('.')) + "Z"));  // whole seconds, as Go writes them
  for (auto& member : status.members) dated.set(member.key, std::move(member.value));
  return config::model::with_status(stored, std::move(dated));
}

}  // namespace bgp::daemon
