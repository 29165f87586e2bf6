// Two connections to one peer: which of them survives. RFC 4271 §6.8, with the tie of RFC 6286 §2.3.
//
// Each side has a connection that it opened. The side with the higher BGP Identifier (tie: higher AS) is dominant, and
// the connection that it opened survives. The RFC compares connections in OpenConfirm only, which leaves a race: one
// side may see its own connection Established, and close the other, just when the dominant side closes that one.
// Therefore we look at OpenSent too, which §6.8 allows because the identifier is known from the OPEN at hand: the
// dominant side never sends a KEEPALIVE on the connection that will lose, so nobody can be Established on it.
#pragma once

#include "bgp/session/action.h"
#include "bgp/session/peer_config.h"

namespace bgp::session {

struct Contender {
  State state;
  bool opened_by_peer;
};

enum class Verdict : uint8_t { KeepBoth, CloseReceiver, CloseOther };

// An acceptable OPEN arrived on `receiver` (in OpenSent) while `other` exists.
Verdict resolve_collision(const Contender& receiver, const Contender& other, bool we_are_dominant);

bool is_dominant(const PeerConfig& config, const wire::Open& peer_open);

}  // namespace bgp::session
