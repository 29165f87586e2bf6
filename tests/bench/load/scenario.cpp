#include "tests/bench/load/scenario.h"

#include <algorithm>

namespace bench {

namespace {

constexpr uint32_t kSenderAs = 65001, kReceiverAs = 65301;  // of the first of each

}  // namespace

// Peers in order of their addresses: senders or clients or the mesh first, receivers last.
Scenario::Scenario(const Options& options) : options_(options) {
  const size_t announcing = options.senders + options.clients;
  if (options.mesh > 0) universe_ = make_blocks(options.own_blocks * (options.mesh + 1));
  else if (!options.mrt.empty()) universe_ = read_mrt(options.mrt);
  else universe_ = make_universe(options.seed, options.routes * (options.overlap == Overlap::None ? announcing : 1));
  const Range all{0, universe_.routes.size()};

  for (size_t n = 0; n < announcing; ++n) {
    const bool is_client = n < options.clients;
    const size_t share = all.size() / announcing;
    const Range own = options.overlap == Overlap::None ? Range{n * share, (n + 1) * share} : all;
    add_peer(is_client ? options.speaker_as : kSenderAs + static_cast<uint32_t>(n), own, is_client);
  }
  for (size_t n = 0; n < options.mesh; ++n) {
    add_peer(options.speaker_as, {(n + 1) * options.own_blocks, (n + 2) * options.own_blocks}, true);
    peers_.back().scope = {0, options.own_blocks};  // a mesh passes nothing on
  }
  for (size_t n = 0; n < options.receivers; ++n) add_peer(kReceiverAs + static_cast<uint32_t>(n), {}, true);
}

void Scenario::add_peer(uint32_t asn, Range announces, bool receives) {
  const auto number = static_cast<uint32_t>(peers_.size());
  peers_.push_back({options_.first_address + number, asn, asn == options_.speaker_as, announces, receives,
                    {0, universe_.routes.size()}, announces});
}

size_t Scenario::winner(uint32_t set) const {
  return options_.overlap == Overlap::Spread ? set % options_.senders : 0;
}

Dress Scenario::dress(const Peer& peer, uint32_t set, uint32_t marker) const {
  Dress dress{.next_hop = peer.address, .prepend_as = peer.asn, .marker = marker};
  if (peer.is_internal) dress.local_pref = 100;
  else dress.prepends = options_.overlap == Overlap::None || &peer == &peers_[winner(set)] ? 1 : 2;
  return dress;
}

Bytes Scenario::announcement(const Peer& peer, uint32_t marker) const { return announcement(peer, marker, peer.announces); }

Bytes Scenario::announcement(const Peer& peer, uint32_t marker, Range routes) const {
  return announcements(universe_, routes, [&](uint32_t set) { return dress(peer, set, marker); });
}

const Peer& Scenario::source_of(size_t route, size_t first_sender) const {
  if (options_.overlap != Overlap::None) return peers_[std::max(first_sender, winner(universe_.routes[route].set))];
  return peers_[(route - first_route()) / peers_[0].announces.size()];
}

uint32_t Scenario::expected_of(size_t route, uint32_t marker) const {
  const uint32_t set = universe_.routes[route].set;
  return fingerprint(encode(universe_.sets[set], dress(source_of(route, 0), set, marker)), 0);
}

Expected Scenario::all_announced(uint32_t marker, size_t first_sender) const {
  Expected out = nothing();
  const Peer* last_source = nullptr;
  for (size_t n = first_route(); n < out.size(); ++n) {
    const uint32_t set = universe_.routes[n].set;
    const Peer& source = source_of(n, first_sender);
    const bool is_same = &source == last_source && universe_.routes[n - 1].set == set;
    out[n] = is_same ? out[n - 1] : fingerprint(encode(universe_.sets[set], dress(source, set, marker)), 0);
    last_source = &source;
  }
  return out;
}

Expected Scenario::nothing() const {
  Expected out(universe_.routes.size(), kAbsent);
  std::fill_n(out.begin(), first_route(), kAny);
  return out;
}

}  // namespace bench
