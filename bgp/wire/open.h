// OPEN (RFC 4271 §4.2) and the capabilities in it (RFC 5492, RFC 9072).
#pragma once

#include <optional>

#include "bgp/wire/capabilities.h"
#include "bgp/wire/notification.h"

namespace bgp::wire {

struct Open {
  uint8_t version = 4;
  Asn my_as;                  // the true number: capability 65 if present, else the 2-octet field
  uint16_t hold_time_s = 90;  // as offered; 0 = no keepalives
  BgpIdentifier identifier;
  Capabilities capabilities;

  bool operator==(const Open&) const = default;
};

// The whole message, header included. A my_as above 65535 is sent as AS_TRANS with capability 65; the extended
// parameter header of RFC 9072 is used only when the capabilities need it.
Bytes encode(const Open& open);

// The body of a received OPEN. Checks everything that needs no configuration: version 2/1, lengths 2/0, unknown
// parameter 2/4, hold time 1..2 2/6, identifier 0 2/3, AS 0 or AS_TRANS without capability 65 2/2.
Result<Open, Notification> decode_open(ByteView body);

}  // namespace bgp::wire
