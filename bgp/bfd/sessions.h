// All BFD sessions of this node, one for each peer address: whose is this packet, and who is due.
//
//   start() stop() stop_all()   what is wanted
//   receive()                   a datagram came to UDP port 3784 or 4784
//   next_deadline() expire()    timers are deadlines held here
//   take_output()               datagrams to send, changes, log lines; in their order
//
// Who calls: bgp/io's BfdDriver, on its own thread; tests with virtual time.
// Invariants: discriminators are unique and not 0; a packet that belongs to no session changes nothing; what is wanted
// no more says AdminDown for a while before it is gone (RFC 5880 §6.8.16).
// RFCs: 5880 §6.8.6 (demultiplexing), 5881 (TTL 255, addresses), 5883 (multihop: the TTL that is configured, else any).
#pragma once

#include <array>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bgp/bfd/events.h"
#include "bgp/bfd/session.h"

namespace bgp::bfd {

struct Counters {
  uint64_t received = 0, sent = 0;
  uint64_t discarded = 0;  // named this session and broke another rule
  uint64_t ups = 0, downs = 0;
  bool operator==(const Counters&) const = default;
};

// One session, as a value for `node peer`.
struct Status {
  Wish wish;
  State state = State::Down;
  Instant since;
  Diagnostic last_diagnostic = Diagnostic::None;
  uint32_t discriminator = 0;
  Remote remote;
  std::optional<Duration> tx_interval;
  std::optional<Duration> detection_time;
  Counters counters;
};

class Sessions {
 public:
  explicit Sessions(uint64_t seed) : prng_(seed) {}

  // Idempotent; other intervals or another source change a session that runs, another hop count begins a new one.
  void start(const Wish& wish, Instant now);
  void stop(const IpAddress& remote, Instant now);
  // The end: AdminDown to everybody, three times over in case one is lost. Nothing comes after.
  void stop_all(Instant now);

  void receive(const Datagram& datagram, Instant now);
  Instant next_deadline() const;
  void expire(Instant now);
  std::vector<Output> take_output() { return std::exchange(outputs_, {}); }
  bool has_output() const { return !outputs_.empty(); }

  std::optional<Status> status(const IpAddress& remote) const;  // nullopt: not wanted
  size_t size() const { return by_address_.size(); }
  uint64_t discarded(Discard why) const { return discarded_[static_cast<size_t>(why)]; }

 private:
  struct Slot {
    Wish wish;
    Session session;
    Counters counters;
    Instant gone_at = kNever;    // after stop(): how long it goes on saying AdminDown
    Instant scheduled = kNever;  // its place in deadlines_
    bool was_up = false;
    bool is_wanted() const { return gone_at == kNever; }
  };
  Result<Slot*, Discard> find(const Packet& packet, const Datagram& datagram);
  void add(const Wish& wish, Instant now);
  void change(Slot& slot, const Wish& wish, Instant now);
  void remove(uint32_t discriminator);
  uint32_t take_discriminator();
  void settle(Slot& slot, const std::optional<Packet>& packet);
  void schedule(Slot& slot, Instant at);
  void note_change(Slot& slot);
  void discard(Discard why, const Datagram& datagram, Instant now);
  void log(LogLevel level, const char* event, const IpAddress& peer,
           std::vector<std::pair<std::string, std::string>> fields);

  Prng prng_;
  std::unordered_map<uint32_t, std::unique_ptr<Slot>> slots_;  // by our discriminator
  std::unordered_map<IpAddress, uint32_t> by_address_;
  std::set<std::pair<Instant, uint32_t>> deadlines_;  // with our discriminator; one a session
  std::vector<Output> outputs_;
  std::array<uint64_t, kDiscards> discarded_{};
  uint64_t not_logged_ = 0;
  Instant next_discard_log_;  // at most one line a second
};

}  // namespace bgp::bfd
