// A network of Speakers in memory: virtual time, connections that deliver in order after a random time, reads and writes
// of any size, refusals, resets and cut cables. Only the Speaker's public interface is used. A seed replays a run.
//
//   speaker A --bytes_to_send--> segment . . . segment --Received--> speaker B
#pragma once

#include <doctest/doctest.h>

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "bgp/base/prng.h"
#include "bgp/speaker/speaker.h"

namespace sim {

using namespace bgp;
using namespace std::chrono_literals;

inline IpAddress address_of(int node) { return IpAddress::v4(0x0a000001U + static_cast<uint32_t>(node)); }
inline Prefix prefix(std::string_view text) {
  std::optional<Prefix> parsed = Prefix::parse(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

struct Options {
  Duration latency_max = 20ms;
  size_t read_bytes_max = 65536;   // one read of a socket
  size_t write_bytes_max = 65536;  // what a socket takes at a time
};

class Network {
 public:
  explicit Network(uint64_t seed, Options options = {}) : chance_(seed), seed_(seed), options_(options) {}

  int add(speaker::SpeakerConfigPtr config) {
    auto node = std::make_unique<Node>();
    speaker::Speaker::Options how{.seed = chance_.next(), .has_fib = false};
    node->speaker = std::make_unique<speaker::Speaker>(std::move(config), how, now_);
    nodes_.push_back(std::move(node));
    return static_cast<int>(nodes_.size()) - 1;
  }
  speaker::Speaker& at(int node) { return *nodes_[node]->speaker; }
  Instant now() const { return now_; }
  uint64_t seed() const { return seed_; }
  void handle(int node, const speaker::Input& input) {
    at(node).handle(input, now_);
    turn(node);
  }

  // ---- faults ------------------------------------------------------------------------------------------------------
  // Nothing gets from one to the other until heal(). A connection that was there stays silent for ever: with a gap in its
  // stream it could only be one that TCP would have mended.
  void cut(int a, int b) {
    is_cut_.insert({a, b});
    for (auto& [id, wire] : wires_) wire.is_silent = wire.is_silent || joins(wire, a, b);
  }
  void heal(int a, int b) { is_cut_.erase({a, b}); }
  // TCP resets every connection between the two.
  void reset(int a, int b) {
    for (auto& [id, wire] : wires_) {
      if (!joins(wire, a, b)) continue;
      for (int side : {0, 1}) hang_up(wire, side, "Connection reset by peer");
    }
  }
  // While refusing, a node answers no connection.
  void refuse(int node, bool refuses) { nodes_[node]->refuses = refuses; }

  void run_for(Duration duration);

  // ---- what one may ask --------------------------------------------------------------------------------------------
  session::State state(int node, int towards) const { return peer(node, towards).state; }
  speaker::PeerSnapshot peer(int node, int towards) const {
    for (speaker::PeerSnapshot& p : nodes_[node]->speaker->snapshot(now_).peers)
      if (p.address == address_of(towards)) return p;
    return {};
  }
  bool are_joined(int a, int b) const {
    return state(a, b) == session::State::Established && state(b, a) == session::State::Established;
  }
  int open_connections(int a, int b) const {
    int open = 0;
    for (const auto& [id, wire] : wires_)
      open += joins(wire, a, b) && (wire.ends[0].is_open || wire.ends[1].is_open);
    return open;
  }
  // "10.1.0.0/26 via 10.0.0.2": the selected routes, by prefix.
  std::map<std::string, std::string> loc_rib(int node) const;
  const std::vector<LogRecord>& logs(int node) const { return nodes_[node]->logs; }
  int converged(int node) const { return nodes_[node]->converged; }
  // The NOTIFICATIONs that were put on wires since the last call: "1->0 6/3 2->0 6/3".
  std::string take_notifications() { return std::exchange(notifications_, {}); }

 private:
  struct Node {
    std::unique_ptr<speaker::Speaker> speaker;
    bool refuses = false;
    bool has_more = false;
    uint32_t next_accepted = speaker::input::kFirstAcceptedConn;
    std::map<ConnId, uint32_t> wires;
    std::vector<LogRecord> logs;
    int converged = 0;
  };
  struct End {
    int node = -1;
    ConnId conn;
    bool is_open = false;
    Instant arrives;   // when the last thing sent to this end gets here: order is kept
    Bytes outgoing;    // for take_notifications(): the beginning of a message
  };
  struct Wire {
    uint32_t id = 0;
    std::array<End, 2> ends;  // [0] dialled
    bool is_silent = false;
  };
  static bool joins(const Wire& wire, int a, int b) {
    return std::set{wire.ends[0].node, wire.ends[1].node} == std::set{a, b};
  }

  void turn(int node);
  void carry_out(int node, const speaker::Output& output);
  void pull(int node, ConnId conn);
  void dial(int node, const speaker::output::Connect& request);
  void arrive(Wire& wire, bool is_refused);
  void send(Wire& wire, int from, Bytes bytes);
  void receive(uint32_t wire, int side, const Bytes& bytes);
  void hang_up(Wire& wire, int side, const std::string& reason);
  void watch(Wire& wire, int from, const Bytes& bytes);
  Duration latency() {
    return Duration(static_cast<Duration::rep>(chance_.below(static_cast<uint64_t>(options_.latency_max.count()) + 1)));
  }
  void deliver(Wire& wire, int side, std::function<void()> happen) {
    Instant& arrives = wire.ends[side].arrives;
    arrives = std::max(arrives + 1ns, now_ + latency());
    in_flight_.emplace(arrives, std::move(happen));
  }
  static int node_of(const IpAddress& address) { return static_cast<int>(address.to_u32() - 0x0a000001U); }

  Prng chance_;
  uint64_t seed_;
  Options options_;
  Instant now_ = Instant{} + 1h;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::map<uint32_t, Wire> wires_;
  uint32_t next_wire_ = 1;
  std::multimap<Instant, std::function<void()>> in_flight_;
  std::set<std::set<int>> is_cut_;
  std::string notifications_;
};

}  // namespace sim
