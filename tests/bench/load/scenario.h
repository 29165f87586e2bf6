// Who the peers are, what each announces, and what each must hold at the end of a step.
#pragma once

#include "tests/bench/load/receiver.h"

namespace bench {

enum class Overlap {
  None,    // each sender has its own routes
  Spread,  // all have the same, and each wins an equal part of the attribute sets
  First,   // all have the same, and the first sender wins
};

struct Options {
  size_t senders = 0, receivers = 0, clients = 0, mesh = 0;
  size_t routes = 1000;  // of each sender or client; with an overlap, of all together
  size_t own_blocks = 4; // what the speaker itself announces into a mesh
  Overlap overlap = Overlap::None;
  uint64_t seed = 1;
  std::string mrt;
  uint32_t speaker_address = 0x0a000001, speaker_as = 64512;
  uint32_t first_address = 0x0a000101;  // of the peers, one after the other
  uint16_t hold_s = 90;
  bool is_listening = false;  // the speaker dials
};

struct Peer {
  uint32_t address, asn;
  bool is_internal;
  Range announces;  // empty: it only listens
  bool receives;
  Range scope, ignored;
};

class Scenario {
 public:
  explicit Scenario(const Options& options);

  const Options& options() const { return options_; }
  const Universe& universe() const { return universe_; }
  const std::vector<Peer>& peers() const { return peers_; }

  // `marker` tells one announcement of everything from the next, see Dress.
  Bytes announcement(const Peer& peer, uint32_t marker) const;
  Bytes announcement(const Peer& peer, uint32_t marker, Range routes) const;
  // What must be held when the senders from `first_sender` on have announced everything.
  Expected all_announced(uint32_t marker, size_t first_sender = 0) const;
  Expected nothing() const;  // but what the speaker itself announces
  uint32_t expected_of(size_t route, uint32_t marker) const;

 private:
  void add_peer(uint32_t asn, Range announces, bool receives);
  Dress dress(const Peer& peer, uint32_t set, uint32_t marker) const;
  size_t winner(uint32_t set) const;
  size_t first_route() const { return options_.mesh > 0 ? options_.own_blocks : 0; }  // behind the speaker's own
  const Peer& source_of(size_t route, size_t first_sender) const;

  Options options_;
  Universe universe_;
  std::vector<Peer> peers_;
};

}  // namespace bench
