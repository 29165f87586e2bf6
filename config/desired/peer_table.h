// Collects a node's peers by address; the first to come for an address has it.
#pragma once

#include <map>
#include <vector>

#include "config/desired/peer_maker.h"

namespace config::desired {

class PeerTable {
 public:
  explicit PeerTable(std::vector<bgp::LogRecord>& warnings) : warnings_(warnings) {}

  void add(const Candidate& candidate);
  void warn(bgp::LogRecord warning) { warnings_.push_back(std::move(warning)); }

  // Sorted by address.
  std::vector<bgp::Shared<bgp::speaker::PeerSettings>> peers() const;
  // By which gateways some of them are reached.
  const std::map<bgp::IpAddress, bgp::IpAddress>& gateways() const { return gateways_; }

 private:
  std::vector<bgp::LogRecord>& warnings_;
  std::map<bgp::IpAddress, bgp::Shared<bgp::speaker::PeerSettings>> peers_;
  std::map<bgp::IpAddress, bgp::IpAddress> gateways_;
};

}  // namespace config::desired
