// What is said to the set of sessions, and what it says: the words that the speaker and the rim share.
#pragma once

#include <optional>
#include <variant>

#include "bgp/base/ip_address.h"
#include "bgp/base/log.h"
#include "bgp/bfd/config.h"
#include "bgp/bfd/packet.h"

namespace bgp::bfd {

inline constexpr uint16_t kSingleHopPort = 3784;  // RFC 5881 §4
inline constexpr uint16_t kMultihopPort = 4784;   // RFC 5883 §5
inline constexpr uint8_t kTtl = 255;              // sent always; demanded of a neighbour on the link (RFC 5881 §5)

// What is wanted towards one peer.
struct Wish {
  IpAddress remote;                // identity
  std::optional<IpAddress> local;  // source of our packets; none: the kernel chooses
  Config config;
  bool operator==(const Wish&) const = default;
};

struct Datagram {
  IpAddress from;
  IpAddress to;
  uint8_t ttl = 0;
  bool multihop = false;  // which port it came to
  ByteView payload;
};

// From `local` to the single-hop or the multihop port of `remote`, with TTL kTtl.
struct Send { IpAddress remote; std::optional<IpAddress> local; bool multihop = false; Bytes payload; };
// A session entered or left Up. Not told of a stop(): who asked for that knows.
struct Changed {
  IpAddress remote;
  bool is_up = false;
  Diagnostic diagnostic = Diagnostic::None;  // of leaving Up
  bool is_administrative = false;            // the neighbour said AdminDown: it says nothing about the path
  bool control_plane_independent = false;    // the neighbour's C bit (RFC 5882 §4.3)
};
struct Gone { IpAddress remote; };  // nothing will be sent there any more
using Output = std::variant<Send, Changed, Gone, LogRecord>;

}  // namespace bgp::bfd
