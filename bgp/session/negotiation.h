// OPEN against configuration: what we offer, and what comes of the peer's offer. RFC 4271 §4.2 and §6.2, RFC 5492.
#pragma once

#include "bgp/base/result.h"
#include "bgp/session/action.h"
#include "bgp/session/peer_config.h"

namespace bgp::session {

// Multiprotocol for each family of the configuration, route refresh, and 4-octet AS numbers.
wire::Open make_open(const PeerConfig& config);

// Checks what decode_open() could not know (2/2, 2/3) and the hold time once more (2/6), in that order.
// A peer that names no family at all means IPv4 unicast (RFC 4760 §8). No family in common is no error: the session
// comes up and carries nothing, and the log says so, because a session that flaps for ever says less.
Result<Negotiated, wire::Notification> negotiate(const PeerConfig& config, const wire::Open& peer_open,
                                                 const IpAddress& local_address);

}  // namespace bgp::session
