// Routes to and from rtnetlink messages.
#pragma once

#include <optional>

#include "fib/netlink/message.h"

namespace fib::netlink {

// Appends one request to `out`. Its sequence number is op.id. With `ack` the kernel answers success too; refusals it
// answers always.
// A delete says prefix, table, protocol and metric, and nothing of the next hops: it takes the route whatever became
// of its legs. (IPv4 reads metric 0 as "any": the smallest metric of our protocol goes first.)
void encode_route_op(const RouteOp& op, bool ack, bgp::Bytes& out);

// Legs come back sorted, so that equal routes compare equal. nullopt: cached, with a TOS or a source prefix (these
// live beside ours and never clash), or another family.
std::optional<RouteEvent> decode_route(const MessageView& message);

}  // namespace fib::netlink
