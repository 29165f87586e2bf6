// The facts of a session that change how bytes are read or written. Fixed once the session is negotiated.
#pragma once

#include "bgp/base/numbers.h"

namespace bgp::wire {

struct CodecContext {
  Asn local_as;
  Asn peer_as;
  bool four_octet_as = true;       // both sides sent capability 65 (RFC 6793)
  bool extended_messages = false;  // both sides sent capability 6 (RFC 8654)
  bool route_refresh = false;      // both sides sent capability 2 (RFC 2918)
  FamilySet families;              // both sides sent these (RFC 4760); IPv4 alone when neither sent any
  FamilySet add_path_receive;      // the peer may send path identifiers (RFC 7911)
  FamilySet add_path_send;
  // Policy of this side alone; they change what is read, never what is written.
  bool enforce_first_as = true;    // an eBGP path begins with the peer's AS (RFC 4271 §6.3)
  bool reject_as_sets = false;     // a path with an AS_SET is treated as withdrawn (RFC 9774)
  bool extended_next_hop = false;  // both sides sent capability 5: IPv4 routes may have IPv6 next hops (RFC 8950)

  bool is_ibgp() const { return local_as == peer_as; }
  bool operator==(const CodecContext&) const = default;
};

}  // namespace bgp::wire
