// OPEN against configuration: what we offer, and what comes of the peer's offer. RFC 4271 §4.2 and §6.2, RFC 5492.
#pragma once

#include "bgp/base/result.h"
#include "bgp/session/action.h"
#include "bgp/session/peer_config.h"

namespace bgp::session {

// What the configuration says, and route refresh, enhanced route refresh and 4-octet AS numbers always.
wire::Open make_open(const PeerConfig& config, const OpenFacts& facts = {});

// Checks what decode_open() could not know (2/2, 2/3), the hold time once more (2/6) and the roles (2/11), in that
// order. `ours` is the OPEN that was sent.
// A peer that names no family at all means IPv4 unicast (RFC 4760 §8). No family in common is no error: the session
// comes up and carries nothing, and the log says so, because a session that flaps for ever says less.
Result<Negotiated, wire::Notification> negotiate(const PeerConfig& config, const wire::Open& ours,
                                                 const wire::Open& theirs, const IpAddress& local_address);

}  // namespace bgp::session
