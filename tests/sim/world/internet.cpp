#include "internet.h"

#include <algorithm>
#include <utility>

namespace sim {
namespace {

uint64_t mixed(uint64_t seed, uint64_t a, uint64_t b, uint64_t c) {
  return Prng(seed ^ (a * 0x9e3779b97f4a7c15ULL) ^ (b * 0xc2b2ae3d27d4eb4fULL) ^ (c * 0x165667b19e3779f9ULL)).next();
}

}  // namespace

// ---- what a process does ------------------------------------------------------------------------------------------

void Internet::dial(HostId from, ConnId conn, HostId to) {
  uint64_t number = hosts_[from].dials[to]++;
  Wire& wire = wires_[next_wire_];
  wire.id = next_wire_++;
  wire.chance = Prng(mixed(options_.seed, static_cast<uint64_t>(from), static_cast<uint64_t>(to), number));
  wire.ends[0].host = from;
  wire.ends[0].conn = conn;
  wire.ends[0].is_open = true;
  wire.ends[1].host = to;
  hosts_[from].wires[conn] = wire.id;
  push(wire, 1, Kind::Syn);
}

size_t Internet::room(HostId host, ConnId conn) const {
  auto place = hosts_.find(host);
  auto found = place->second.wires.find(conn);
  if (found == place->second.wires.end()) return 0;
  const Wire& wire = wires_.at(found->second);
  int side = wire.ends[0].host == host && wire.ends[0].conn == conn ? 0 : 1;
  if (!wire.ends[side].is_open || !wire.is_accepted) return 0;
  size_t used = wire.ends[1 - side].incoming_bytes;
  return used < options_.socket_bytes ? options_.socket_bytes - used : 0;
}

void Internet::send(HostId host, ConnId conn, Bytes bytes) {
  auto [wire, side] = find(host, conn);
  if (wire == nullptr || !wire->ends[side].is_open || bytes.empty()) return;
  if (witness_ != nullptr) witness_->saw(wire->id, host, wire->ends[1 - side].host, bytes);
  push(*wire, 1 - side, Kind::Data, std::move(bytes));
}

void Internet::close(HostId host, ConnId conn, Bytes last_words) {
  auto [wire, side] = find(host, conn);
  if (wire == nullptr) return;
  if (!last_words.empty() && wire->is_accepted) send(host, conn, std::move(last_words));
  hosts_[host].wires.erase(conn);
  wire->ends[side].is_open = false;
  push(*wire, 1 - side, Kind::Fin);
}

// ---- segments on their way ----------------------------------------------------------------------------------------

bool Internet::is_blocked(const Wire& wire, int side) const {
  const Place& from = hosts_.at(wire.ends[1 - side].host);
  const Place& to = hosts_.at(wire.ends[side].host);
  if (!from.is_plugged || !to.is_plugged || !to.is_on || !from.is_on) return true;
  if (is_cut_.contains(std::minmax(wire.ends[0].host, wire.ends[1].host))) return true;
  return to.is_frozen && wire.ends[side].is_open;  // bytes wait in the socket
}

void Internet::push(Wire& wire, int side, Kind kind, Bytes bytes) {
  End& end = wire.ends[side];
  auto latency = static_cast<uint64_t>(options_.latency_max.count());
  Duration delay(static_cast<Duration::rep>(wire.chance.below(latency + 1)));
  end.last_due = std::max(end.last_due + std::chrono::nanoseconds(1), calendar_.now() + delay);
  end.incoming_bytes += bytes.size();
  end.incoming.push_back({kind, std::move(bytes), end.last_due});
  pump_at(wire, side, end.incoming.front().due);
}

void Internet::pump_at(Wire& wire, int side, Instant when) {
  if (std::exchange(wire.ends[side].is_pumped, true)) return;
  calendar_.at(when, [this, id = wire.id, side] { pump(id, side); });
}

// One segment at a time, for what it does may end everything.
void Internet::pump(uint32_t id, int side) {
  auto found = wires_.find(id);
  if (found == wires_.end()) return;
  Wire& wire = found->second;
  End& end = wire.ends[side];
  end.is_pumped = false;
  if (end.incoming.empty() || is_blocked(wire, side)) return;  // wake() looks again
  if (end.incoming.front().due > calendar_.now()) return pump_at(wire, side, end.incoming.front().due);
  Segment segment = std::move(end.incoming.front());
  end.incoming.pop_front();
  end.incoming_bytes -= segment.bytes.size();
  if (!end.incoming.empty()) pump_at(wire, side, end.incoming.front().due);
  deliver(wire, side, std::move(segment));
  forget_if_done(id);
}

void Internet::deliver(Wire& wire, int side, Segment segment) {
  End& end = wire.ends[side];
  Host* process = hosts_[end.host].process;
  switch (segment.kind) {
    case Kind::Syn: return accept(wire);
    case Kind::SynAck:
      if (!end.is_open) return;
      wire.is_accepted = true;
      return process->connected(end.conn);
    case Kind::Refused:
      if (!std::exchange(end.is_open, false)) return;
      hosts_[end.host].wires.erase(end.conn);
      return process->connect_failed(end.conn, "Connection refused");
    case Kind::Data: return deliver_data(wire, side, segment.bytes);
    case Kind::Fin: return hang_up(wire, side, "Connection closed");
    case Kind::Reset: return hang_up(wire, side, "Connection reset by peer");
  }
}

void Internet::accept(Wire& wire) {
  if (!wire.ends[0].is_open) return;
  Place& callee = hosts_[wire.ends[1].host];
  if (callee.process == nullptr || !callee.listens) return push(wire, 0, Kind::Refused);
  wire.ends[1].conn = ConnId{callee.next_accepted++};
  wire.ends[1].is_open = true;
  wire.is_accepted = true;
  callee.wires[wire.ends[1].conn] = wire.id;
  push(wire, 0, Kind::SynAck);
  callee.process->accepted(wire.ends[1].conn, wire.ends[0].host);
}

// However TCP cut it: each read gets some of it. What the process does with a part may end the connection.
void Internet::deliver_data(Wire& wire, int side, const Bytes& bytes) {
  uint32_t id = wire.id;
  if (!wire.ends[side].is_open) return push(wire, 1 - side, Kind::Reset);
  HostId host = wire.ends[side].host;
  ConnId conn = wire.ends[side].conn;
  for (size_t at = 0; at < bytes.size();) {
    size_t size = std::min<size_t>(1 + wire.chance.below(options_.chunk_max), bytes.size() - at);
    hosts_[host].process->received(conn, ByteView(bytes).subspan(at, size));
    at += size;
    if (!wires_.contains(id) || !wire.ends[side].is_open) return;
  }
  End& other = wire.ends[1 - side];
  if (other.is_open && hosts_[other.host].process != nullptr && !hosts_[other.host].is_frozen)
    hosts_[other.host].process->writable(other.conn);
}

void Internet::hang_up(Wire& wire, int side, const std::string& reason) {
  End& end = wire.ends[side];
  if (!std::exchange(end.is_open, false)) return;
  HostId host = end.host;
  hosts_[host].wires.erase(end.conn);
  hosts_[host].process->closed(end.conn, reason);
}

void Internet::forget_if_done(uint32_t id) {
  auto found = wires_.find(id);
  if (found == wires_.end()) return;
  const auto& ends = found->second.ends;
  bool is_done = !ends[0].is_open && !ends[1].is_open && ends[0].incoming.empty() && ends[1].incoming.empty();
  if (is_done) wires_.erase(found);
}

// ---- faults -------------------------------------------------------------------------------------------------------

// TCP tries again when its timer says so, not when the path is there.
void Internet::wake(Duration at_most) {
  for (auto& [id, wire] : wires_) {
    for (int side : {0, 1}) {
      if (wire.ends[side].incoming.empty() || wire.ends[side].is_pumped) continue;
      Duration wait(static_cast<Duration::rep>(wire.chance.below(static_cast<uint64_t>(at_most.count()) + 1)));
      pump_at(wire, side, calendar_.now() + wait);
    }
  }
}

// TCP keepalives, as bgp/io asks for them: who has a connection that the other end forgot is told so.
void Internet::probe() {
  for (auto& [id, wire] : wires_) {
    for (int side : {0, 1}) {
      bool is_dead = wire.ends[side].is_open && wire.is_accepted && !wire.ends[1 - side].is_open;
      if (is_dead && wire.ends[side].incoming.empty() && !is_blocked(wire, 1 - side)) push(wire, side, Kind::Reset);
    }
  }
  calendar_.in(std::chrono::seconds(10), [this] { probe(); });
}

void Internet::heal(HostId a, HostId b) {
  if (is_cut_.erase(std::minmax(a, b)) > 0) wake(std::chrono::seconds(3));
}

void Internet::plug(HostId host) {
  if (!std::exchange(hosts_[host].is_plugged, true)) wake(std::chrono::seconds(3));
}

void Internet::reset(HostId a, HostId b) {
  std::vector<uint32_t> ids;
  for (auto& [id, wire] : wires_)
    if (std::minmax(wire.ends[0].host, wire.ends[1].host) == std::minmax(a, b) && wire.is_accepted) ids.push_back(id);
  for (uint32_t id : ids)
    for (int side : {0, 1})
      if (auto wire = wires_.find(id); wire != wires_.end() && !hosts_[wire->second.ends[side].host].is_frozen)
        hang_up(wire->second, side, "Connection reset by peer");
}

void Internet::end_process(HostId host) {
  Place& place = hosts_[host];
  place.listens = false;
  for (auto [conn, id] : std::map(place.wires)) close(host, conn);
  place.is_frozen = false;
}

void Internet::power(HostId host, bool is_on) {
  Place& place = hosts_[host];
  if (std::exchange(place.is_on, is_on) == is_on) return;
  if (is_on) return wake(std::chrono::seconds(3));
  place.listens = false;
  for (auto [conn, id] : std::exchange(place.wires, {})) {
    Wire& wire = wires_.at(id);
    int side = wire.ends[0].host == host && wire.ends[0].conn == conn ? 0 : 1;
    wire.ends[side].is_open = false;
    std::erase_if(wire.ends[1 - side].incoming, [](const Segment& s) { return s.kind != Kind::Data; });
    wire.ends[1 - side].incoming.clear();  // what it had said and TCP had not delivered is gone with it
    wire.ends[1 - side].incoming_bytes = 0;
    wire.ends[side].incoming.clear();
    wire.ends[side].incoming_bytes = 0;
    // The other side's next word will be answered by a reset; a silent one finds out by its keepalives.
  }
}

void Internet::freeze(HostId host, bool is_frozen) {
  if (std::exchange(hosts_[host].is_frozen, is_frozen) && !is_frozen) wake(Duration(0));
}

void Internet::heal_all() {
  is_cut_.clear();
  for (auto& [id, place] : hosts_) place.is_plugged = place.is_on = true, place.is_frozen = false;
  wake(std::chrono::seconds(3));
}

// ---- questions ----------------------------------------------------------------------------------------------------

bool Internet::is_quiet(HostId a, HostId b) const {
  return std::none_of(wires_.begin(), wires_.end(), [&](const auto& entry) {
    const auto& ends = entry.second.ends;
    return std::minmax(ends[0].host, ends[1].host) == std::minmax(a, b) &&
           (!ends[0].incoming.empty() || !ends[1].incoming.empty());
  });
}

int Internet::open_connections(HostId a, HostId b) const {
  return static_cast<int>(std::count_if(wires_.begin(), wires_.end(), [&](const auto& entry) {
    const auto& ends = entry.second.ends;
    return std::minmax(ends[0].host, ends[1].host) == std::minmax(a, b) && (ends[0].is_open || ends[1].is_open);
  }));
}

std::vector<ConnId> Internet::connections(HostId host) const {
  std::vector<ConnId> open;
  for (const auto& [conn, id] : hosts_.at(host).wires) open.push_back(conn);
  return open;
}

std::pair<Internet::Wire*, int> Internet::find(HostId host, ConnId conn) {
  auto found = hosts_[host].wires.find(conn);
  if (found == hosts_[host].wires.end()) return {nullptr, 0};
  Wire& wire = wires_.at(found->second);
  return {&wire, wire.ends[0].host == host && wire.ends[0].conn == conn ? 0 : 1};
}

}  // namespace sim
