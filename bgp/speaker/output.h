// Everything the speaker asks of the rim. Outgoing bytes are not among them: they are pulled (Speaker::bytes_to_send).
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "bgp/base/log.h"
#include "bgp/base/numbers.h"
#include "bgp/base/prefix.h"
#include "bgp/base/secret.h"
#include "bgp/base/tcp_ao.h"
#include "bgp/bfd/events.h"
#include "bgp/rib/rib.h"

namespace bgp::speaker::output {

// Open a TCP connection; answer with Connected or ConnectFailed, unless Close comes first.
struct Connect {
  ConnId conn;
  IpAddress remote;
  uint16_t port = 179;
  std::optional<IpAddress> local_address;
  Secret password;
  AoKeys tcp_ao;
  std::optional<uint8_t> ttl_security_hops;
};
// Another chain of TCP-AO keys for it, without ending it; can_roll_over(from, to). Where the kernel cannot: Closed.
struct Rekey { ConnId conn; IpAddress remote; AoKeys from, to; };
// Close it. Try once to write `last_words` (the rest of a message, a NOTIFICATION) before. No Closed comes back.
struct Close { ConnId conn; Bytes last_words; };
// What the listening sockets must know of those who may connect before they do: replaces what was said before.
struct PeerGuard {
  Prefix range;                              // one address, or a range of dynamic neighbours
  Secret password;                           // TCP-MD5 (RFC 2385); empty: none
  AoKeys tcp_ao;                             // TCP-AO (RFC 5925); empty: none
  std::optional<uint8_t> ttl_security_hops;  // GTSM (RFC 5082), of the accepted socket
  bool operator==(const PeerGuard&) const = default;
};
struct Listen {
  std::vector<PeerGuard> guards;  // sorted by range; only those with something to guard
  // The most hops that anybody of the family may be away, when GTSM is configured for all of them: then not even a SYN
  // from farther away gets in.
  std::optional<uint8_t> hops_v4, hops_v6;
  bool operator==(const Listen&) const = default;
};
struct Routes { std::vector<rib::RouteChange> changes; };
struct WatchNextHop { IpAddress address; uint32_t ifindex = 0; };  // ifindex: of a link-local address
struct UnwatchNextHop { IpAddress address; uint32_t ifindex = 0; };
// Every peer that can be heard has said all it knows (End-of-RIB), or was given its time: what nobody announced again
// may be removed from the kernel. Comes once.
struct Converged {};
// Keep a BFD session, or keep it so from now on: idempotent, one for each remote address. Answers: input::BfdState.
struct BfdStart { bfd::Wish wish; };
struct BfdStop { IpAddress remote; };
// Give what is free back to the system, and measure again. Answer: input::MemoryUse.
struct FreeMemory {};
struct Log { LogRecord record; };

}  // namespace bgp::speaker::output

namespace bgp::speaker {
using Output = std::variant<output::Connect, output::Rekey, output::Close, output::Listen, output::Routes, output::WatchNextHop,
                            output::UnwatchNextHop, output::Converged, output::BfdStart, output::BfdStop, output::FreeMemory,
                            output::Log>;
}  // namespace bgp::speaker
