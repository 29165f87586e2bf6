// What upstream's resources have no field for: annotations `calico-bgp/<name>` on BGPPeer, on the
// BGPConfiguration `default` and on Node.
// Upstream's tools carry annotations through unharmed. The table of names is in
// annotations.cpp; config/README.md lists them for people. Other annotations are nobody's business here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/prefix.h"
#include "bgp/base/tcp_ao.h"
#include "bgp/base/time.h"
#include "config/model/error.h"
#include "config/model/kinds/secret_ref.h"
#include "config/model/value.h"

namespace config::model {

enum class AddPathMode : uint8_t { Off, Receive, Send, Both };
enum class MaxPrefixesAction : uint8_t { Warn, Stop, Restart };
enum class PeerRole : uint8_t { Provider, RouteServer, RouteServerClient, Customer, Peer };  // RFC 9234 §3.1: our own

struct BfdTimes {
  bgp::Duration interval;  // of sending, and the shortest that we take
  uint8_t multiplier = 3;
  bool operator==(const BfdTimes&) const = default;
};

// A key of TCP-AO, its secret by name.
struct AoKeyRef {
  uint8_t send_id = 0, recv_id = 0;
  bgp::AoAlgorithm algorithm = bgp::AoAlgorithm::HmacSha1_96;
  SecretRef secret;
  bool operator==(const AoKeyRef&) const = default;
};

// Absent: nobody said anything, the default holds.
struct Annotations {
  // of a BGPPeer; of the BGPConfiguration `default` for the peers of the mesh
  std::optional<uint16_t> hold_time_s;
  std::optional<bgp::Duration> connect_retry;
  std::optional<uint16_t> send_hold_time_s;
  std::optional<bool> passive;
  std::optional<bool> graceful_restart;
  std::optional<uint32_t> long_lived_stale_s;
  std::optional<AddPathMode> add_path;
  std::optional<uint32_t> max_prefixes;
  std::optional<MaxPrefixesAction> max_prefixes_action;
  std::optional<uint16_t> max_prefixes_restart_s;
  std::optional<PeerRole> role;
  std::optional<bool> role_strict;
  std::optional<bool> enforce_first_as;
  std::optional<bool> reject_as_sets;
  std::optional<bool> software_version;
  std::optional<bool> hostname;
  std::optional<bool> extended_messages;
  std::optional<bool> extended_next_hop;
  std::optional<BfdTimes> bfd;
  std::optional<bool> bfd_multihop;
  std::optional<uint8_t> bfd_minimum_ttl;
  std::optional<bool> accept_blackhole;
  // The first is preferred. There and empty: somebody wants TCP-AO in words that make no sense; never read as "without".
  std::optional<std::vector<AoKeyRef>> tcp_ao;
  // of a BGPPeer alone
  std::optional<bgp::IpAddress> local_address;
  std::optional<bgp::Prefix> dynamic;
  std::optional<uint16_t> dynamic_max;
  // of the BGPConfiguration `default`
  std::optional<uint8_t> multipath_ebgp;
  std::optional<uint8_t> multipath_ibgp;
  std::optional<bool> multipath_mixed;
  std::optional<bool> link_bandwidth;
  // of a Node
  std::optional<bool> drain;

  bool operator==(const Annotations&) const = default;
};

enum class Holder : uint8_t { BgpPeer = 1, BgpConfiguration = 2, Node = 4 };

// Is there one of ours?
bool has_annotations(const Value& metadata);
// Checks the annotations that are ours in a resource's metadata and makes their values texts, as upstream's schema
// wants them (an unquoted `true` of YAML is none). Unknown names, names of another kind, and bad values are errors.
Outcome<bgp::Done> check_annotations(Value& metadata, Holder holder);
// What they say. Those that check_annotations would refuse are left out and, in order, named in `problems`: another
// tool may have written them.
Annotations read_annotations(const Value& metadata, Holder holder, std::vector<std::string>* problems = nullptr);

}  // namespace config::model
