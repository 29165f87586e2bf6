#include "bgp/bfd/sessions.h"

#include <algorithm>

#include "bgp/base/limits.h"

namespace bgp::bfd {

// ---- what is wanted -----------------------------------------------------------------------------------------------

void Sessions::start(const Wish& wish, Instant now) {
  auto it = by_address_.find(wish.remote);
  if (it != by_address_.end()) {
    Slot& slot = *slots_.at(it->second);
    if (slot.wish.config.multihop == wish.config.multihop) return change(slot, wish, now);
    remove(it->second);  // the other port: to the neighbour this is another session
  }
  if (slots_.size() >= limits::kBfdSessionsMax)
    return log(LogLevel::Warn, "bfd_refused", wish.remote,
               {{"reason", "there are " + std::to_string(limits::kBfdSessionsMax) + " BFD sessions already"}});
  add(wish, now);
}

void Sessions::add(const Wish& wish, Instant now) {
  uint32_t discriminator = take_discriminator();
  by_address_[wish.remote] = discriminator;
  auto slot = std::make_unique<Slot>(Slot{wish, Session(wish.config, discriminator, now), {}});
  settle(*slots_.emplace(discriminator, std::move(slot)).first->second, std::nullopt);
}

void Sessions::change(Slot& slot, const Wish& wish, Instant now) {
  if (slot.is_wanted() && slot.wish == wish) return;
  slot.wish = wish;
  slot.gone_at = kNever;
  settle(slot, slot.session.reconfigure(wish.config, now, prng_));
  settle(slot, slot.session.enable(now, prng_));
}

// The neighbour hears AdminDown for the time after which it would call us lost.
void Sessions::stop(const IpAddress& remote, Instant now) {
  auto it = by_address_.find(remote);
  if (it == by_address_.end()) return;
  Slot& slot = *slots_.at(it->second);
  if (!slot.is_wanted()) return;
  slot.was_up = false;
  slot.gone_at = now + slot.session.config().multiplier * kSlowInterval;
  settle(slot, slot.session.disable(now, prng_));
}

void Sessions::stop_all(Instant now) {
  for (auto& [discriminator, slot] : slots_) {
    slot->was_up = false;
    std::optional<Packet> packet = slot->session.disable(now, prng_);
    for (int i = 0; packet && i < 3; ++i) settle(*slot, packet);
  }
}

void Sessions::remove(uint32_t discriminator) {
  auto it = slots_.find(discriminator);
  schedule(*it->second, kNever);
  IpAddress remote = it->second->wish.remote;
  slots_.erase(it);
  by_address_.erase(remote);
  outputs_.push_back(Gone{remote});
}

// Not predictable, so that nobody off the path can speak for a neighbour.
uint32_t Sessions::take_discriminator() {
  for (;;) {
    auto candidate = static_cast<uint32_t>(prng_.next());
    if (candidate != 0 && !slots_.contains(candidate)) return candidate;
  }
}

// ---- what comes ---------------------------------------------------------------------------------------------------

void Sessions::receive(const Datagram& datagram, Instant now) {
  if (!datagram.multihop && datagram.ttl != kTtl) return discard(Discard::Ttl, datagram, now);
  Result<Packet, Discard> packet = decode(datagram.payload);
  if (!packet) return discard(packet.error(), datagram, now);
  Result<Slot*, Discard> slot = find(*packet, datagram);
  if (!slot) return discard(slot.error(), datagram, now);
  ++(*slot)->counters.received;
  settle(**slot, (*slot)->session.receive(*packet, now, prng_));
}

// By Your Discriminator alone once the neighbour knows it, by addresses before (RFC 5880 §6.3). The addresses must be
// right in any case: one peer may not speak for another.
Result<Sessions::Slot*, Discard> Sessions::find(const Packet& packet, const Datagram& datagram) {
  auto by_address = by_address_.find(datagram.from);
  if (packet.your_discriminator == 0 && by_address == by_address_.end()) return Err(Discard::NoSession);
  auto it = slots_.find(packet.your_discriminator != 0 ? packet.your_discriminator : by_address->second);
  if (it == slots_.end()) return Err(Discard::NoSession);
  const Wish& wish = it->second->wish;
  if (wish.config.multihop != datagram.multihop) return Err(Discard::NoSession);
  if (datagram.multihop && datagram.ttl < wish.config.minimum_ttl) return Err(Discard::Ttl);
  if (wish.remote != datagram.from || (wish.local && *wish.local != datagram.to)) return Err(Discard::WrongAddress);
  return it->second.get();
}

void Sessions::discard(Discard why, const Datagram& datagram, Instant now) {
  ++discarded_[static_cast<size_t>(why)];
  auto it = by_address_.find(datagram.from);
  if (it == by_address_.end()) return;  // anybody may send us datagrams: only what seems to be a peer's is looked at
  ++slots_.at(it->second)->counters.discarded;
  ++not_logged_;
  if (now < next_discard_log_) return;
  next_discard_log_ = now + 1s;
  log(LogLevel::Debug, "bfd_packet_discarded", datagram.from,
      {{"reason", to_string(why)}, {"count", std::to_string(std::exchange(not_logged_, 0))}});
}

// ---- time ---------------------------------------------------------------------------------------------------------

Instant Sessions::next_deadline() const { return deadlines_.empty() ? kNever : deadlines_.begin()->first; }

void Sessions::expire(Instant now) {
  while (next_deadline() <= now) {
    Slot& slot = *slots_.at(deadlines_.begin()->second);
    if (slot.gone_at <= now) remove(slot.session.discriminator());
    else settle(slot, slot.session.expire(now, prng_));
  }
}

void Sessions::schedule(Slot& slot, Instant at) {
  if (at == slot.scheduled) return;
  if (slot.scheduled != kNever) deadlines_.erase({slot.scheduled, slot.session.discriminator()});
  if (at != kNever) deadlines_.emplace(at, slot.session.discriminator());
  slot.scheduled = at;
}

// ---- what follows a step ------------------------------------------------------------------------------------------

void Sessions::settle(Slot& slot, const std::optional<Packet>& packet) {
  if (packet) {
    ++slot.counters.sent;
    outputs_.push_back(Send{slot.wish.remote, slot.wish.local, slot.wish.config.multihop, encode(*packet)});
  }
  if ((slot.session.state() == State::Up) != slot.was_up && slot.is_wanted()) note_change(slot);
  schedule(slot, std::min(slot.session.next_deadline(), slot.gone_at));
}

void Sessions::note_change(Slot& slot) {
  const Session& session = slot.session;
  const Remote& remote = session.remote();
  slot.was_up = session.state() == State::Up;
  ++(slot.was_up ? slot.counters.ups : slot.counters.downs);
  Diagnostic why = slot.was_up ? Diagnostic::None : session.last_diagnostic();
  bool is_administrative = !slot.was_up && remote.state == State::AdminDown;
  outputs_.push_back(Changed{slot.wish.remote, slot.was_up, why, is_administrative, remote.control_plane_independent});
  if (slot.was_up)
    return log(LogLevel::Info, "bfd_up", slot.wish.remote,
               {{"discriminator", std::to_string(session.discriminator())},
                {"remote_discriminator", std::to_string(remote.discriminator)}});
  log(is_administrative ? LogLevel::Info : LogLevel::Warn, "bfd_down", slot.wish.remote,
      {{"diagnostic", to_string(why)}, {"remote_state", to_string(remote.state)},
       {"remote_diagnostic", to_string(remote.diagnostic)}});
}

void Sessions::log(LogLevel level, const char* event, const IpAddress& peer,
                   std::vector<std::pair<std::string, std::string>> fields) {
  outputs_.push_back(LogRecord{level, event, peer.to_string(), std::move(fields)});
}

std::optional<Status> Sessions::status(const IpAddress& remote) const {
  auto it = by_address_.find(remote);
  if (it == by_address_.end() || !slots_.at(it->second)->is_wanted()) return std::nullopt;
  const Slot& slot = *slots_.at(it->second);
  const Session& s = slot.session;
  return Status{slot.wish,  s.state(), s.state_since(), s.last_diagnostic(), s.discriminator(),
                s.remote(), s.tx_interval(), s.detection_time(), slot.counters};
}

}  // namespace bgp::bfd
