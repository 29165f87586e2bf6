// What the speaker shows of itself: values, sorted, safe to carry to another thread.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bgp/rib/rib.h"
#include "bgp/session/peer.h"
#include "bgp/speaker/input.h"
#include "bgp/speaker/speaker_config.h"

namespace bgp::speaker {

struct PrefixCounts {
  uint64_t received = 0;    // announced and not withdrawn
  uint64_t accepted = 0;    // of those, not rejected by policy or as a loop
  uint64_t advertised = 0;  // size of the Adj-RIB-Out
  uint64_t stale = 0;       // of the received: not said again since the peer restarted, or began a route refresh
};

// Routes that were said, since the peer is there.
struct ImportCounts {
  uint64_t updates = 0;
  uint64_t loops = 0;     // of them rejected as loops and leaks
  uint64_t filtered = 0;  // of them rejected by policy
  uint64_t withdraws = 0;
};

// What RFC 7606 had us do, how often.
struct FaultCounts {
  uint64_t treated_as_withdraw = 0;
  uint64_t discarded = 0;
  uint64_t reset = 0;
  bool operator==(const FaultCounts&) const = default;
};

struct MalformedCounts {
  FaultCounts total;
  std::map<uint8_t, FaultCounts> by_attribute;  // by type code; 0 also for what is not the fault of one attribute
  std::string last;      // "attribute 8 COMMUNITIES: length is no multiple of the element's"; static text of ours
  Bytes last_bytes;      // the first limits::kFaultBytesMax octets of it
  Instant last_at;       // meaningful when `last` is not empty
};

// A peer that was told Cease 6/8 and is kept out for a while.
struct MemoryHold {
  uint64_t routes = 0;  // that it had
  uint64_t bytes = 0;   // that these took, of the RIB alone
  Instant until;
};

struct PeerSnapshot {
  IpAddress address;
  uint16_t port = 179;
  std::optional<IpAddress> local_address;         // configured
  PeerType type = PeerType::Global;
  Asn local_as;
  Asn peer_as;
  session::State state = session::State::Idle;
  bool is_started = false;
  bool is_passive = false;
  Instant since;
  session::Fault last_fault;
  session::Counters counters;
  std::optional<session::Negotiated> negotiated;  // while Established
  FamilySet offered;                              // families we offer
  FamilySet end_of_rib_received;
  std::optional<Instant> stale_until;             // the stale routes are given up then
  PrefixCounts ipv4;
  PrefixCounts ipv6;
  std::array<ImportCounts, 2> imports = {};       // by rib::index_of
  MalformedCounts malformed;
  uint64_t refused_paths = 0;                     // more of one prefix than limits::kPathsPerPeerMax, or the table was full
  std::optional<MemoryHold> memory_hold;          // kept out until then
  bool is_kept_out_by_memory = false;             // as every new session is while memory is tight
};

// More of one peer.
struct PeerDetailSnapshot {
  PeerSnapshot peer;
  session::PeerConfig config;  // the password stays inside its Secret
  std::vector<session::StateChange> history;
  std::optional<wire::Notification> last_sent;
  std::optional<wire::Notification> last_received;
};

struct Snapshot {
  Asn local_as;
  BgpIdentifier identifier;
  Instant now;
  std::vector<PeerSnapshot> peers;  // by address
  input::MemoryUse memory = {};
  bool is_memory_tight = false;
  // After a restart nobody is told End-of-RIB (RFC 4724 §4.1) until all was heard, and until then at the latest.
  std::optional<Instant> recovering_until = {};
};

// Who brought how many paths of one family, and of how many prefixes the selected one.
struct PathCounts {
  uint64_t accepted = 0;
  uint64_t rejected = 0;
  uint64_t selected = 0;
};
struct TableCounts {
  PathCounts all;
  PathCounts blocks;                      // own ones
  PathCounts kernel;                      // other routes of this node's kernel
  std::map<IpAddress, PathCounts> peers;  // those with a path
  uint64_t prefixes = 0;                  // with an accepted path
  uint64_t rejected_prefixes = 0;         // with a rejected one
};

// One path; text is made elsewhere, from the canonical attribute bytes.
struct RouteSnapshot {
  rib::PathView view;
  std::optional<IpAddress> peer;     // nullopt: local
  std::optional<IpAddress> next_hop;
  uint32_t ifindex = 0;              // the link that a link-local next hop is on
  uint32_t metric = 0;               // to the next hop
  Bytes attributes;
};

struct RoutePage {
  size_t ipv4_listeners = 0;             // peers that are up and carry the family
  size_t ipv6_listeners = 0;
  std::vector<RouteSnapshot> routes;     // by prefix, the best of each first
  std::optional<Prefix> next;            // the first prefix that is not here; nullopt: that was all
};

}  // namespace bgp::speaker
