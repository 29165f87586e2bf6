#include "config/desired/peer_table.h"

namespace config::desired {

void PeerTable::add(const Candidate& candidate) {
  if (!candidate.settings) {
    warnings_.insert(warnings_.end(), candidate.warnings.begin(), candidate.warnings.end());
    return;
  }
  const bgp::Shared<bgp::speaker::PeerSettings>& settings = *candidate.settings;
  const bgp::IpAddress& address = settings->session.address;
  const auto [place, is_first] = peers_.try_emplace(address, settings);
  if (!is_first && candidate.from != From::Resource) return;
  warnings_.insert(warnings_.end(), candidate.warnings.begin(), candidate.warnings.end());
  if (is_first && candidate.gateway) gateways_.emplace(address, *candidate.gateway);
  if (place->second->session == settings->session) return;
  warn(warning("peer_ignored", candidate.subject, "another peer resource has this address and other parameters",
               address.to_string()));
}

std::vector<bgp::Shared<bgp::speaker::PeerSettings>> PeerTable::peers() const {
  std::vector<bgp::Shared<bgp::speaker::PeerSettings>> sorted;
  sorted.reserve(peers_.size());
  for (const auto& [address, settings] : peers_) sorted.push_back(settings);
  return sorted;
}

}  // namespace config::desired
