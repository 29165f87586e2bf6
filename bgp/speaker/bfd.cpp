// What BFD means for BGP, RFC 5882 §3 and §4; the protocol itself is bgp/bfd, its sockets are the rim's.
//
// A session that falls while BGP is Established ends the BGP session with Cease 6/10 (RFC 9384). Everything else that BFD
// says changes nothing: BGP neither waits for it nor dials because of it.
#include "bgp/speaker/peer_slot.h"

namespace bgp::speaker {

// From the address that the BGP session has (or had last) where none is configured: what the neighbour expects.
void Speaker::want_bfd(PeerSlot& peer) {
  std::optional<bfd::Wish> wish;
  const session::PeerConfig& session = peer.settings->session;
  if (peer.settings->bfd) {
    wish = {session.address, session.local_address, *peer.settings->bfd};
    if (!wish->local && peer.is_up()) wish->local = peer.fsm.negotiated().local_address;
    else if (!wish->local && peer.bfd) wish->local = peer.bfd->local;
  }
  if (wish == peer.bfd) return;
  if (wish) outputs_.push_back(output::BfdStart{*wish});
  else outputs_.push_back(output::BfdStop{session.address});
  peer.bfd = wish;
}

// A neighbour that takes BFD down on purpose says nothing about the path (RFC 5882 §3.2).
//
// Graceful restart, RFC 5882 §4.3: our BFD shares fate with the control plane, so §4.3.2 holds. A peer that restarts is
// noticed by its TCP connection first, because the kernel closes it; BFD falls later, when the BGP session is down
// and its stale routes are kept, and leaves them alone. When BFD falls first, TCP is silent: node, link or agent are gone
// without a word, a topology change is what §4.3.2.2 asks for, and keeping the routes would be the
// black hole that BFD is there to end: where the N-bit is agreed on, the session machine makes a hard reset of the Cease
// (RFC 8538 §4, RFC 9384 §3). A neighbour with the C bit would let us abort even a restart that is going on (§4.3.1);
// that section asks for the bit from both sides, and ours is 0.
void Speaker::on(const input::BfdState& in) {
  PeerSlot* peer = find_peer(in.remote);
  if (!peer || !peer->bfd || in.is_up || in.is_administrative || !peer->is_up()) return;
  session::Environment env = environment();
  perform(*peer, peer->fsm.reset(wire::cease(wire::CeaseReason::BfdDown), env));
}

}  // namespace bgp::speaker
