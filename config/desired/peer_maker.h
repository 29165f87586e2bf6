// One peering of this node -> the settings of its session, before it is known which of several peerings has the address.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bgp/base/shared.h"
#include "config/desired/policies.h"
#include "config/desired/session_settings.h"

namespace config::desired {

// Who asks: a peer resource, the other end of one, or the mesh. Only the first is told that it came too late: peering
// explicitly with a node of the mesh is how a mesh is taken down.
enum class From : uint8_t { Resource, Reverse, Mesh };

struct Candidate {
  From from = From::Resource;
  std::string subject;  // what configured it, for warnings
  std::optional<bgp::Shared<bgp::speaker::PeerSettings>> settings = {};  // nullopt: no session can come of it
  std::optional<bgp::IpAddress> gateway = {};                            // reachableBy
  std::vector<bgp::LogRecord> warnings = {};
};

class PeerMaker {
 public:
  // All outlive this.
  PeerMaker(const Self& self, const Policies& policies, const SecretLookup& secrets)
      : self_(self), policies_(policies), secrets_(secrets) {}

  Candidate make(From from, const std::string& subject, const Endpoint& peer, const PeerWishes& wishes,
                 bgp::speaker::PeerType type) const;
  // Of a peer that is known to be possible; held and warned about where its secret is missing.
  bgp::speaker::PeerSettings settings(const Endpoint& peer, const PeerWishes& wishes, const std::string& subject,
                                      std::vector<bgp::LogRecord>& warnings) const;

 private:
  bool is_possible(const Endpoint& peer, Candidate& candidate) const;
  void set_filters(bgp::speaker::PeerSettings& settings, const PeerWishes& wishes, const std::string& subject,
                   std::vector<bgp::LogRecord>& warnings) const;
  void set_gateway(const Endpoint& peer, const PeerWishes& wishes, Candidate& candidate) const;

  const Self& self_;
  const Policies& policies_;
  const SecretLookup& secrets_;
};

}  // namespace config::desired
