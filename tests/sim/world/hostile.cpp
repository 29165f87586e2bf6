#include "hostile.h"

#include <utility>

namespace sim {

using namespace std::chrono_literals;

Hostile::Hostile(HostId id, uint64_t seed, HostId victim, uint32_t as_number, bool is_ibgp, IpAddress address,
                 World world)
    : id_(id),
      chance_(seed),
      victim_(victim),
      identifier_(address.to_u32()),
      world_(std::move(world)),
      grammar_(chance_, as_number, is_ibgp, address, static_cast<uint8_t>(id)) {}

void Hostile::become(Mode mode) {
  leave();
  mode_ = mode;
  world_.internet.listen(id_, mode != Mode::Away);
  world_.internet.freeze(id_, false);
  if (mode != Mode::Away) redial();
}

std::optional<std::set<Prefix>> Hostile::expected() const {
  bool is_plain = mode_ == Mode::Polite || mode_ == Mode::Malformed;
  if (!is_plain || !is_up()) return std::nullopt;
  return told_;
}

// ---- connections --------------------------------------------------------------------------------------------------

void Hostile::leave() {
  ++life_;
  for (ConnId conn : world_.internet.connections(id_)) world_.internet.close(id_, conn);
  session_.reset();
  others_.clear();
  incoming_.clear();
  told_.clear();
  drip_.clear();
  has_keepalive_ = has_broken_rules_ = false;
}

void Hostile::dial() {
  int dials = mode_ == Mode::Storm ? 5 : 1;
  for (int i = 0; i < dials; ++i) world_.internet.dial(id_, ConnId{next_conn_++}, victim_);
}

// Once, however many dials of a storm have failed: else each failure would begin a storm of its own.
void Hostile::redial() {
  if (std::exchange(redials_in_, life_) == life_) return;
  Duration wait = mode_ == Mode::Storm ? 100ms : 1s + Duration(static_cast<Duration::rep>(chance_.below(5'000'000'000)));
  world_.calendar.in(wait, [this, life = life_] {
    if (life != life_) return;
    redials_in_.reset();
    // Some wait to be called, so that not every meeting is a collision.
    bool dials = mode_ == Mode::Storm || mode_ == Mode::Mute || id_ % 2 == 0;
    if (mode_ != Mode::Away && !session_ && dials) dial();
  });
}

void Hostile::connected(ConnId conn) {
  if (mode_ == Mode::Mute) return;
  if (session_ && mode_ != Mode::Storm) return world_.internet.close(id_, conn);
  if (session_) others_.insert(conn);
  else session_ = conn;
  world_.internet.send(id_, conn, grammar_.open(90, identifier_));
  world_.calendar.in(1s, [this, life = life_] { tick(life); });
}

void Hostile::accepted(ConnId conn, HostId) { connected(conn); }

void Hostile::closed(ConnId conn, const std::string&) {
  incoming_.erase(conn);
  if (others_.erase(conn) > 0) return;
  if (session_ && session_ != conn) return;
  leave();
  redial();
}

// ---- what it hears ------------------------------------------------------------------------------------------------

void Hostile::received(ConnId conn, ByteView bytes) {
  if (mode_ == Mode::Mute) return;
  Bytes& stream = incoming_[conn];
  stream.insert(stream.end(), bytes.begin(), bytes.end());
  uint64_t life = life_;
  while (life == life_ && stream.size() >= 19) {
    size_t size = static_cast<size_t>(stream[16]) << 8 | stream[17];
    if (size < 19) return world_.broken("a message of ours says that it has " + std::to_string(size) + " octets");
    if (stream.size() < size) return;
    Bytes message(stream.begin(), stream.begin() + static_cast<ptrdiff_t>(size));
    stream.erase(stream.begin(), stream.begin() + static_cast<ptrdiff_t>(size));
    take_message(conn, message[18], ByteView(message).subspan(19));
  }
}

void Hostile::take_message(ConnId conn, uint8_t type, ByteView body) {
  if (type == 1) {
    world_.internet.send(id_, conn, Grammar::keepalive());
    next_keepalive_ = world_.calendar.now() + 10s;
  }
  if (type == 4 && conn == session_) has_keepalive_ = true;
  if (type != 3) return;
  // I1: what RFC 7606 does not punish with a reset must not be.
  bool is_about_bytes = body.size() >= 2 && (body[0] == 1 || body[0] == 2 || body[0] == 3 || body[0] == 5);
  if (is_about_bytes && !has_broken_rules_)
    world_.broken("I1: a peer that broke no rule was told " + std::to_string(body[0]) + "/" + std::to_string(body[1]) +
                  ", after: " + last_said_);
}

// ---- what it says -------------------------------------------------------------------------------------------------

void Hostile::tick(uint64_t life) {
  if (life != life_ || !session_) return;
  if (mode_ == Mode::Drip && !drip_.empty()) {
    world_.internet.send(id_, *session_, {drip_.front()});
    drip_.pop_front();
  } else {
    if (world_.calendar.now() >= next_keepalive_ && has_keepalive_) {
      next_keepalive_ = world_.calendar.now() + 10s;
      send(Grammar::keepalive());
    }
    if (has_keepalive_) act();
  }
  if (life != life_) return;
  auto wait = static_cast<Duration::rep>(20'000'000 + chance_.below(2'000'000'000));
  world_.calendar.in(mode_ == Mode::Drip ? 100ms : Duration(wait), [this, life] { tick(life); });
}

void Hostile::act() {
  switch (mode_) {
    case Mode::Away:
    case Mode::Mute: return;
    case Mode::Deaf:  // comes up in good order, and then never reads again
      world_.internet.freeze(id_, true);
      return say(grammar_.right_update());
    case Mode::Drip:
    case Mode::Polite:
    case Mode::Storm: return say(grammar_.right_update());
    case Mode::Malformed: return say(chance_.below(3) == 0 ? grammar_.right_update() : grammar_.bad_update());
    case Mode::Rough: {
      has_broken_rules_ = true;
      uint64_t what = chance_.below(12);
      if (what == 0) return say(grammar_.session_killer());
      if (what == 1) return send(grammar_.noise());
      return say(what < 6 ? grammar_.bad_update() : grammar_.right_update());
    }
    case Mode::Flood:
      for (int i = 0; i < 20 && session_; ++i) say(grammar_.right_update());
      return;
    case Mode::kCount: return;
  }
}

void Hostile::say(const Utterance& said) {
  last_said_ = said.what;
  if (said.fate == Utterance::Fate::Reset) has_broken_rules_ = true;
  for (const Prefix& prefix : said.withdrawn) told_.erase(prefix);
  for (const Prefix& prefix : said.reachable) {
    if (said.fate == Utterance::Fate::Learned) told_.insert(prefix);
    else told_.erase(prefix);
  }
  send(said.bytes);
}

void Hostile::send(const Bytes& bytes) {
  if (mode_ == Mode::Drip) {
    if (drip_.size() < 4096) drip_.insert(drip_.end(), bytes.begin(), bytes.end());
    return;
  }
  world_.internet.send(id_, *session_, bytes);
}

}  // namespace sim
