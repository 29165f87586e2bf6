// The 19 octets in front of every message (RFC 4271 §4.1), for the encoders of this room.
#pragma once

#include "bgp/wire/message.h"

namespace bgp::wire {

// Marker, a length of 0 and the type; end_message() fills in the length.
Bytes begin_message(MessageType type);
void append_message_header(Bytes& out, MessageType type);
// `begin`: where the message starts in `out`. Requires: the message is no longer than 65535 octets.
void end_message(Bytes& out, size_t begin = 0);

}  // namespace bgp::wire
