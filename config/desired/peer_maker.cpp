#include "config/desired/peer_maker.h"

#include <utility>

namespace config::desired {

using bgp::speaker::PeerSettings;
using bgp::speaker::PeerType;

namespace {

const char* family_name(bgp::Family family) { return family == bgp::Family::IPv4 ? "IPv4" : "IPv6"; }

}  // namespace

bool PeerMaker::is_possible(const Endpoint& peer, Candidate& candidate) const {
  if (self_.has(peer.address)) return false;  // a global peer reaches the peer's own node too
  const auto refuse = [&](const std::string& reason) {
    candidate.warnings.push_back(warning("peer_ignored", candidate.subject, reason, peer.address.to_string()));
    return false;
  };
  if (!self_.address(peer.address.family())) {
    // Of a node's two families the one that both have is enough.
    if (candidate.from != From::Resource || peer.node != nullptr) return false;
    return refuse(std::string("this node has no ") + family_name(peer.address.family()) + " address to peer from");
  }
  return peer.as_number.value != 0 || refuse("it has no AS number");
}

PeerSettings PeerMaker::settings(const Endpoint& peer, const PeerWishes& wishes, const std::string& subject,
                                 std::vector<bgp::LogRecord>& warnings) const {
  std::vector<std::string> lost_keys;
  PeerSettings made = settings_for(peer, self_, wishes, secrets_, lost_keys);
  for (const std::string& why : lost_keys)
    warnings.push_back(warning("peer_key_ignored", subject, why, peer.address.to_string()));
  if (!made.session.held.empty())
    warnings.push_back(warning("peer_held", subject, made.session.held, peer.address.to_string()));
  set_filters(made, wishes, subject, warnings);
  return made;
}

void PeerMaker::set_filters(PeerSettings& settings, const PeerWishes& wishes, const std::string& subject,
                            std::vector<bgp::LogRecord>& warnings) const {
  for (const std::string& name : wishes.filters) {
    if (policies_.knows(name)) continue;
    warnings.push_back(warning("filter_missing", subject, "there is no BGPFilter " + name + "; its rules are passed over",
                               settings.session.address.to_string()));
  }
  settings.import = policies_.import_filter(wishes.filters, wishes.is_of_workload);
  settings.export_ = policies_.export_filter(wishes.filters);
}

void PeerMaker::set_gateway(const Endpoint& peer, const PeerWishes& wishes, Candidate& candidate) const {
  if (!wishes.reachable_by) return;
  if (*wishes.reachable_by != peer.address && !self_.has(*wishes.reachable_by)) {
    candidate.gateway = wishes.reachable_by;
    return;
  }
  candidate.warnings.push_back(warning("field_ignored", candidate.subject,
                                       "reachableBy must be a gateway, neither the peer's own address nor this node's",
                                       peer.address.to_string()));
}

Candidate PeerMaker::make(From from, const std::string& subject, const Endpoint& peer, const PeerWishes& wishes,
                          PeerType type) const {
  Candidate candidate{from, subject};
  if (!is_possible(peer, candidate)) return candidate;
  PeerSettings made = settings(peer, wishes, subject, candidate.warnings);
  made.type = type;
  candidate.settings = std::move(made);
  set_gateway(peer, wishes, candidate);
  return candidate;
}

}  // namespace config::desired
