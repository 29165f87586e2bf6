// Everything that one session is configured with, already resolved: nothing here needs a look-up.
#pragma once

#include <optional>
#include <string>

#include "bgp/base/ip_address.h"
#include "bgp/base/numbers.h"
#include "bgp/base/secret.h"
#include "bgp/base/time.h"

namespace bgp::session {

struct PeerConfig {
  IpAddress address;                       // identity: one peer per address
  uint16_t port = 179;                     // where we dial
  Asn peer_as;
  Asn local_as;
  BgpIdentifier identifier;                // ours
  std::optional<IpAddress> local_address;  // bind here before connect; also what next-hop-self says
  FamilySet families;                      // offered by us
  bool passive = false;                    // never dial
  uint16_t hold_time_s = 90;               // offered; 0 = no keepalives
  Duration connect_retry = 5s;             // times 0.75..1.0; doubles per failure up to 60 s
  Duration idle_hold_min = 5s;             // after a session error; doubles per error, forgotten after 300 s up
  Duration idle_hold_max = 30s;
  Secret password;                         // TCP-MD5 (RFC 2385)
  std::optional<uint8_t> ttl_security_hops;  // GTSM (RFC 5082)

  bool is_ibgp() const { return local_as == peer_as; }
  bool operator==(const PeerConfig&) const = default;
};

}  // namespace bgp::session
