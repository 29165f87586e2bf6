// What the agent says about itself and its sessions: the values behind `calicoctl node status` and `node peer`.
//
// The agent fills these; ctl/server renders them, ctl/client reads them back. JSON field names are the lowerCamelCase
// ones of the outside interface and never change meaning. Text that a peer had a hand in (info, last_error, reasons,
// NOTIFICATION text, capability text) is escaped (bgp/base/escape.h) when it is rendered, whoever filled it in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/result.h"
#include "ctl/protocol/bfd_info.h"
#include "ctl/protocol/datastore_status.h"
#include "ctl/protocol/error.h"
#include "ctl/protocol/timestamp.h"

namespace ctl::protocol {

// In the order in which status lists them.
enum class PeerType : uint8_t { NodeToNodeMesh, Global, NodeSpecific, LocalWorkload };
const char* to_string(PeerType type);  // "node-to-node mesh", "global", "node specific", "local workload"

struct PrefixCounts {
  uint64_t received = 0;    // in the Adj-RIB-In
  uint64_t accepted = 0;    // of these, passed by the import filter
  uint64_t advertised = 0;  // in the Adj-RIB-Out
  bool operator==(const PrefixCounts&) const = default;
};

struct MessageCounts {
  uint64_t open = 0, update = 0, notification = 0, keepalive = 0, route_refresh = 0;
  bool operator==(const MessageCounts&) const = default;
};

struct PeerStatus {
  bgp::Family family = bgp::Family::IPv4;  // of the session's addresses; chooses the table
  bgp::IpAddress peer_address;
  uint16_t port = 179;
  PeerType peer_type = PeerType::Global;
  std::string state;      // BIRD's word: "up" (Established), "start" (trying), "down" (stopped)
  Timestamp since;        // of `state`
  std::string info;       // see info_text()
  std::string bgp_state;  // "Idle" ... "Established"
  std::optional<bgp::IpAddress> local_address;  // of the TCP connection, or configured
  uint32_t local_as = 0;
  uint32_t peer_as = 0;
  std::optional<std::string> last_error;  // "Socket: Connection refused", ...; none while Established
  uint64_t flaps = 0;                     // times the session left Established
  PrefixCounts prefixes;
  MessageCounts received;
  MessageCounts sent;
  bool operator==(const PeerStatus&) const = default;
};

// "up" for Established, "down" for a stopped peer, else "start".
std::string state_word(std::string_view bgp_state, bool is_started);
// The INFO column: "Established", or the state and, after a blank, the last error.
std::string info_text(std::string_view bgp_state, const std::optional<std::string>& last_error);

// What the agent uses of what it may use, in octets.
struct MemoryInfo {
  uint64_t used = 0;
  uint64_t bound = 0;
  bool operator==(const MemoryInfo&) const = default;
};

struct NodeStatus {
  std::string node;
  std::string router_id;  // dotted quad
  uint32_t as_number = 0;
  bool running = true;
  std::vector<PeerStatus> peers;  // any order; see sort_for_display()
  std::optional<MemoryInfo> short_memory = {};  // no new sessions; the next step is Cease 6/8 to the peer with most routes
  std::optional<Timestamp> started = {};           // the agent; for probes (bgp/daemon/probe.h)
  std::optional<Timestamp> recovering_until = {};  // a graceful restart goes on, until then at the latest
  std::optional<std::string> configuration_refused = {};  // why; what was in use before stays in use
  std::optional<DatastoreStatus> datastore = {};  // none: the store is on this machine
  bool operator==(const NodeStatus&) const = default;
};

// Mesh, global, node specific; then by address as a number; then by port.
void sort_for_display(std::vector<PeerStatus>& peers);

struct NotificationInfo {
  int code = 0;
  int subcode = 0;
  std::string text;  // "Cease: Administrative Shutdown", with the peer's own words (RFC 9003) if there are any
  Timestamp at;
  bool operator==(const NotificationInfo&) const = default;
};

struct StateChangeInfo {
  Timestamp at;
  std::string from;
  std::string to;
  std::string reason;
  bool operator==(const StateChangeInfo&) const = default;
};

// What RFC 7606 had the agent do with malformed UPDATEs of the peer.
struct FaultCounts {
  uint64_t treated_as_withdraw = 0;
  uint64_t discarded = 0;  // the attribute alone
  uint64_t reset = 0;      // the session
  bool operator==(const FaultCounts&) const = default;
};

struct AttributeFaults {
  uint8_t type = 0;  // 0: of no one attribute
  std::string name;  // "COMMUNITIES"; empty for an unknown type
  FaultCounts counts;
  bool operator==(const AttributeFaults&) const = default;
};

struct LastFault {
  std::string text;   // "attribute 8 COMMUNITIES: length is no multiple of the element's"
  std::string bytes;  // the first octets of it, in hex
  Timestamp at;
  bool operator==(const LastFault&) const = default;
};

struct MalformedInfo {
  FaultCounts total;
  std::vector<AttributeFaults> attributes;  // by type
  std::optional<LastFault> last;
  bool operator==(const MalformedInfo&) const = default;
};

// Routes that the peer said before it restarted, or began a route refresh, and not again since.
struct StaleInfo {
  uint64_t routes = 0;
  Timestamp until;  // they are given up then
  bool operator==(const StaleInfo&) const = default;
};

struct PeerTimers {
  uint32_t hold_time_configured_s = 0;
  uint32_t hold_time_negotiated_s = 0;  // 0: no session, or none agreed
  uint32_t keepalive_s = 0;
  uint32_t connect_retry_s = 0;
  bool operator==(const PeerTimers&) const = default;
};

// One session in full. Capabilities are text, one a capability: "route refresh", "4-octet AS 64512", ...
struct PeerDetail {
  PeerStatus status;
  std::string peer_identifier;  // dotted quad; empty before an OPEN came
  std::vector<std::string> capabilities_ours;
  std::vector<std::string> capabilities_theirs;  // empty while there is no session
  std::vector<std::string> capabilities_agreed;
  PeerTimers timers;
  std::optional<NotificationInfo> last_notification_sent;
  std::optional<NotificationInfo> last_notification_received;
  std::optional<StaleInfo> stale;
  MalformedInfo malformed;
  uint64_t refused_paths = 0;   // not taken: too many of one prefix (ADD-PATH), or the table is full
  std::optional<BfdInfo> bfd;  // none: not configured
  std::vector<StateChangeInfo> history;  // newest last
  bool operator==(const PeerDetail&) const = default;
};

// One line, or with two-space indentation when `indent`.
std::string to_json(const NodeStatus& status, bool indent = false);
std::string to_json(const PeerDetail& detail, bool indent = false);
bgp::Result<NodeStatus, Error> parse_node_status(std::string_view json);
bgp::Result<PeerDetail, Error> parse_peer_detail(std::string_view json);

}  // namespace ctl::protocol
