// What happens to a route's attributes on the way in: the fixed rules of BGP, apart from any configured policy.
// Pure; called once for each UPDATE whose set concerns one of them.
#pragma once

#include <optional>

#include "bgp/base/numbers.h"
#include "bgp/wire/attribute.h"
#include "bgp/wire/role.h"

namespace bgp::policy {

struct ImportSource {
  bool is_ebgp = false;
  Asn peer_as;
  std::optional<wire::Role> role;  // ours, towards it
};

// The set as it shall be stored, or nullopt when it stays as it is:
// - GRACEFUL_SHUTDOWN from an eBGP neighbour makes LOCAL_PREF 0 (RFC 8326 §4.3), so that any other path is better;
// - ONLY_TO_CUSTOMER is put on what comes down from a provider, a peer or a route server (RFC 9234 §5).
std::optional<Bytes> import_attributes(ByteView canonical, bool graceful_shutdown, const ImportSource& source);

}  // namespace bgp::policy
