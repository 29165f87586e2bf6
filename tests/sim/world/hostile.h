// A peer that is not ours: it knows just enough BGP to come up, and then does what its mode says. It keeps the table that
// RFC 7606 says its victim must now have of it, so that the world can compare.
#pragma once

#include <map>
#include <set>

#include "calendar.h"
#include "grammar.h"
#include "internet.h"

namespace sim {

class Hostile : public Host {
 public:
  enum class Mode : int64_t { Away, Polite, Malformed, Rough, Mute, Storm, Deaf, Drip, Flood, kCount };
  struct World {
    Calendar& calendar;
    Internet& internet;
    std::function<void(const std::string&)> broken;
  };
  Hostile(HostId id, uint64_t seed, HostId victim, uint32_t as_number, bool is_ibgp, IpAddress address, World world);

  void become(Mode mode);
  Mode mode() const { return mode_; }
  HostId victim() const { return victim_; }
  bool is_up() const { return session_.has_value() && has_keepalive_; }
  // What the victim must have of it; nullopt while that is not certain (no session, or half a message out).
  std::optional<std::set<Prefix>> expected() const;

  void connected(ConnId conn) override;
  void connect_failed(ConnId, const std::string&) override { redial(); }
  void accepted(ConnId conn, HostId from) override;
  void received(ConnId conn, ByteView bytes) override;
  void closed(ConnId conn, const std::string& reason) override;
  void writable(ConnId) override {}

 private:
  void dial();
  void redial();
  void leave();
  void tick(uint64_t life);
  void act();
  void say(const Utterance& said);
  void send(const Bytes& bytes);
  void take_message(ConnId conn, uint8_t type, ByteView body);

  HostId id_;
  Prng chance_;
  HostId victim_;
  uint32_t identifier_;
  World world_;
  Grammar grammar_;
  Mode mode_ = Mode::Away;
  std::optional<ConnId> session_;          // the connection that it uses
  std::set<ConnId> others_;                // of a storm
  std::map<ConnId, Bytes> incoming_;
  std::set<Prefix> told_;
  std::deque<uint8_t> drip_;
  bool has_keepalive_ = false;             // the session is Established
  bool has_broken_rules_ = false;          // it said something that earns a NOTIFICATION
  std::string last_said_;
  uint32_t next_conn_ = 1;
  uint64_t life_ = 0;                      // old ticks and dials do nothing
  std::optional<uint64_t> redials_in_;     // the life in which the next dial is already in the calendar
  Instant next_keepalive_;
};

}  // namespace sim
