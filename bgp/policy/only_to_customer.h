// Roles and the ONLY_TO_CUSTOMER attribute (RFC 9234 §5): a route that came from a provider, a peer or a route server
// goes to customers alone. The role is ours, towards the neighbour; one without a role takes no part.
// Who calls: bgp/speaker on the way in, bgp/policy and bgp/rib on the way out.
#pragma once

#include <optional>

#include "bgp/base/numbers.h"
#include "bgp/wire/attribute.h"
#include "bgp/wire/role.h"

namespace bgp::policy {

// The AS in the set's ONLY_TO_CUSTOMER.
std::optional<Asn> only_to_customer(ByteView canonical);

// A customer of ours hands us what it should have kept, or a peer what is another's.
bool is_route_leak(wire::Role ours, Asn peer_as, std::optional<Asn> received);
// Whether the set gets the neighbour's AS as ONLY_TO_CUSTOMER when it comes in without one.
bool is_marked_on_import(wire::Role ours);
// Whether a route may be told to this neighbour.
bool may_export(wire::Role ours, std::optional<Asn> marked);
// Whether the set gets our AS as ONLY_TO_CUSTOMER when it goes out without one.
bool is_marked_on_export(wire::Role ours);

}  // namespace bgp::policy
