// What happens to a route's attributes on the way out (RFC 4271 §5.1, RFC 4456 §8): the fixed rules of BGP, apart
// from any configured policy. Pure; called once per attribute set and export group, not once per peer.
#pragma once

#include <optional>

#include "bgp/base/numbers.h"
#include "bgp/wire/attribute.h"
#include "bgp/wire/role.h"

namespace bgp::policy {

enum class NextHopMode : uint8_t {
  Auto,  // ourselves, but a route reflected from iBGP to iBGP keeps its next hop
  Self,
  Keep,
};

// The receiving side: equal for every member of an export group.
struct ExportTarget {
  Asn local_as;
  bool is_ebgp = false;
  bool is_client = false;        // of ours, when we reflect
  BgpIdentifier cluster_id;
  NextHopMode next_hop_mode = NextHopMode::Auto;
  std::optional<IpAddress> self_v4;  // next-hop-self of each family; none: such routes are not sent
  std::optional<IpAddress> self_v6;
  std::optional<wire::Role> role = {};  // RFC 9234: ours, towards an eBGP neighbour
  bool graceful_shutdown = false;       // RFC 8326: we are about to go
  bool takes_llgr_stale = false;        // both sides know long-lived graceful restart: RFC 9494 §4.3
  bool extended_next_hop = false;  // RFC 8950: IPv4 routes may be told with an IPv6 next hop
  bool operator==(const ExportTarget&) const = default;
};

// Where the route came from.
struct ExportSource {
  bool is_local = false;
  bool is_ibgp = false;
  bool is_client = false;
  BgpIdentifier identifier;      // of the peer: ORIGINATOR_ID of a reflected route
};

// iBGP to iBGP only with a client on one side (RFC 4456 §6); NO_ADVERTISE and NO_EXPORT (RFC 1997).
bool may_export(bool no_export, bool no_advertise, const ExportSource& source, const ExportTarget& target);

// The attributes as `target` shall see them, canonical.
Bytes export_attributes(ByteView canonical, const ExportSource& source, const ExportTarget& target);

// The next hop to send; nullopt when it would have to be ourselves and we have no address of that family, or when the
// receiver does not take next hops of the received one's family (RFC 8950).
std::optional<wire::NextHop> export_next_hop(Family family, const wire::NextHop& received, const ExportSource& source,
                                             const ExportTarget& target);

}  // namespace bgp::policy
