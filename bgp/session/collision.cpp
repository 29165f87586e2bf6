#include "bgp/session/collision.h"

#include <utility>

namespace bgp::session {

namespace {

bool is_dominants(const Contender& contender, bool we_are_dominant) {
  return contender.opened_by_peer != we_are_dominant;
}

}  // namespace

bool is_dominant(const PeerConfig& config, const wire::Open& peer_open) {
  return std::pair(config.identifier, config.local_as) > std::pair(peer_open.identifier, peer_open.my_as);
}

Verdict resolve_collision(const Contender& receiver, const Contender& other, bool we_are_dominant) {
  bool same_opener = receiver.opened_by_peer == other.opened_by_peer;
  switch (other.state) {
    case State::Idle:
    case State::Active: return Verdict::KeepBoth;
    case State::Connect: return Verdict::CloseOther;  // here is a peer that talks; the dial may never be answered
    case State::OpenSent:
      if (same_opener) return Verdict::KeepBoth;
      if (is_dominants(receiver, we_are_dominant)) return Verdict::CloseOther;
      // The dominant peer may have given up its own connection while it was still dialling: its word to say.
      return we_are_dominant ? Verdict::CloseReceiver : Verdict::KeepBoth;
    case State::OpenConfirm:
      // A peer that dials twice has forgotten the first: it restarted.
      if (same_opener || is_dominants(receiver, we_are_dominant)) return Verdict::CloseOther;
      return Verdict::CloseReceiver;
    case State::Established: return Verdict::CloseReceiver;
  }
  return Verdict::KeepBoth;
}

}  // namespace bgp::session
