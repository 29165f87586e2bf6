// Collects a node's peers by address; the first to come for an address has it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/desired/policies.h"
#include "config/desired/session_settings.h"

namespace config::desired {

class PeerTable {
 public:
  PeerTable(const Self& self, const Policies& policies, const SecretLookup& secrets,
            std::vector<bgp::LogRecord>& warnings)
      : self_(self), policies_(policies), secrets_(secrets), warnings_(warnings) {}

  // Who asks: a peer resource, the other end of one, or the mesh. Only the first is told that it came too late:
  // peering explicitly with a node of the mesh is how a mesh is taken down.
  enum class From : uint8_t { Resource, Reverse, Mesh };
  // `subject`: what configured it, for warnings.
  void add(const Endpoint& peer, const PeerWishes& wishes, bgp::speaker::PeerType type, From from,
           const std::string& subject);

  // The settings of one peer, held and warned about where its secret is missing.
  bgp::speaker::PeerSettings make(const Endpoint& peer, const PeerWishes& wishes, const std::string& subject);
  void warn(std::string event, std::string subject, std::string reason, std::string peer = "");

  // Sorted by address.
  std::vector<bgp::speaker::PeerSettings> take();
  // By which gateways some of them are reached.
  const std::map<bgp::IpAddress, bgp::IpAddress>& gateways() const { return gateways_; }

 private:
  void set_filters(bgp::speaker::PeerSettings& settings, const PeerWishes& wishes, const std::string& subject);
  void set_gateway(const Endpoint& peer, const PeerWishes& wishes, const std::string& subject);
  bool is_possible(const Endpoint& peer, From from, const std::string& subject);

  const Self& self_;
  const Policies& policies_;
  const SecretLookup& secrets_;
  std::vector<bgp::LogRecord>& warnings_;
  std::map<bgp::IpAddress, bgp::speaker::PeerSettings> peers_;
  std::map<bgp::IpAddress, bgp::IpAddress> gateways_;
};

}  // namespace config::desired
