// What the store says -> what this node's speaker does. Takes the place of confd's templates.
//
// Who calls: bgp/daemon, with what it hears of /calico/. Pure: the same entries and the same node give an equal
// SpeakerConfig, whatever was there before, so that the speaker's diff touches only the sessions that a change touches.
// Cost: an entry is read once, when it comes; a change of one BGPPeer is expanded alone, any other change all peerings.
//
// Invariants: one PeerSettings per address, sorted; a broken entry is reported and skipped, never drops another; a
// peer that moves between mesh, global and node-specific with the same parameters keeps an equal PeerConfig.
// Semantics: Calico v2.0's rendered configuration; config/desired/README.md has the decisions.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/log.h"
#include "bgp/base/numbers.h"
#include "bgp/base/prefix.h"
#include "bgp/base/result.h"
#include "bgp/base/secret.h"
#include "bgp/base/tcp_ao.h"
#include "bgp/speaker/speaker_config.h"
#include "config/model/endpoint_status.h"
#include "config/model/kinds/secret_ref.h"
#include "config/store/store.h"

namespace config::desired {

struct Inventory;

// Who this node is, and what its command line says over its resource.
struct NodeIdentity {
  std::string name = {};
  std::optional<bgp::IpAddress> ipv4 = {};
  std::optional<bgp::IpAddress> ipv6 = {};
  std::optional<bgp::Asn> as_number = {};
  std::string router_id = {};  // an IPv4 address, "hash", or empty: the node's IPv4 address
  // What its kernel can do of TCP-AO.
  std::vector<bgp::AoAlgorithm> ao_algorithms = {bgp::kAoAlgorithms.begin(), bgp::kAoAlgorithms.end()};
  bool speaks_bgp = true;  // CALICO_NETWORKING_BACKEND: without BGP there is a configuration, of nothing
  std::optional<bgp::Prefix> cluster_ips = {};  // CALICO_ADVERTISE_CLUSTER_IPS, instead of the configured ones
};

// The text of a secret, or why there is none. A peer whose password is missing is held down: never without it.
using SecretLookup = std::function<bgp::Result<bgp::Secret, std::string>(const model::SecretRef&)>;

// A workload of this node that Felix says is to be peered with: its endpoint-status file.
using LocalWorkloads = std::vector<model::EndpointStatus>;

// What the node does besides speaking: its sockets, its kernel, its log.
struct Surroundings {
  uint16_t listen_port = 179;                          // the node's, else the global one
  std::vector<bgp::IpAddress> listen_addresses = {};   // bindMode NodeIP; empty: every address
  std::map<bgp::IpAddress, bgp::IpAddress> host_routes = {};  // reachableBy: to a peer, by that gateway; told to nobody
  std::vector<std::string> ignored_interfaces = {};    // patterns, with those that always are
  std::string log_severity = {};                       // "Info", ...; the node's, else the global one; empty: not configured
  bool operator==(const Surroundings&) const = default;
};

struct Resolved {
  bgp::speaker::SpeakerConfig config;
  Surroundings surroundings;
  std::vector<bgp::LogRecord> warnings;  // what was skipped or has no effect, one record each, in the order of keys
  // Why there is no configuration (no address, AS 0, too many peers): keep the previous one. One line.
  std::optional<std::string> problem;
};

class Resolver {
 public:
  explicit Resolver(NodeIdentity node);
  ~Resolver();

  // An entry that is new or has another value; one that is gone. False: nothing here depends on it.
  bool put(const store::Entry& entry);
  bool erase(const std::string& key);
  // `secrets` is asked for those of this node's peers alone; without it every password is missing.
  Resolved resolve(const SecretLookup& secrets = {}, const LocalWorkloads& workloads = {});

 private:
  struct Frame;
  bool forget(const std::string& key);
  std::optional<std::string> make_frame();
  void resolve_peers(const SecretLookup& secrets, const LocalWorkloads& workloads, Resolved& resolved);

  NodeIdentity node_;
  std::unique_ptr<Inventory> inventory_;
  std::unique_ptr<Frame> frame_;
};

// All at once.
Resolved resolve(const std::vector<store::Entry>& entries, const NodeIdentity& node, const SecretLookup& secrets = {},
                 const LocalWorkloads& workloads = {});

}  // namespace config::desired
