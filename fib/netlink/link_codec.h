// RTM_NEWLINK, RTM_DELLINK, RTM_NEWADDR, RTM_DELADDR to values.
#pragma once

#include <optional>

#include "fib/netlink/message.h"

namespace fib::netlink {

// nullopt for messages of another family than AF_UNSPEC: a bridge tells of its ports with RTM_DELLINK too, and the
// link is still there.
std::optional<LinkEvent> decode_link(const MessageView& message);

// The local address (IFA_LOCAL; IPv6 has IFA_ADDRESS alone).
std::optional<AddressEvent> decode_address(const MessageView& message);

}  // namespace fib::netlink
