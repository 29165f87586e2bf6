#include "config/desired/peer_table.h"

#include <utility>

namespace config::desired {

using bgp::speaker::PeerSettings;
using bgp::speaker::PeerType;

namespace {

const char* family_name(bgp::Family family) { return family == bgp::Family::IPv4 ? "IPv4" : "IPv6"; }

}  // namespace

void PeerTable::warn(std::string event, std::string subject, std::string reason, std::string peer) {
  warnings_.push_back(warning(std::move(event), std::move(subject), std::move(reason), std::move(peer)));
}

bool PeerTable::is_possible(const Endpoint& peer, From from, const std::string& subject) {
  if (self_.has(peer.address)) return false;  // a global peer reaches the peer's own node too
  const std::string address = peer.address.to_string();
  if (!self_.address(peer.address.family())) {
    // Of a node's two families the one that both have is enough.
    if (from == From::Resource && peer.node == nullptr) {
      const std::string family = family_name(peer.address.family());
      warn("peer_ignored", subject, "this node has no " + family + " address to peer from", address);
    }
    return false;
  }
  if (peer.as_number.value != 0) return true;
  warn("peer_ignored", subject, "it has no AS number", address);
  return false;
}

PeerSettings PeerTable::make(const Endpoint& peer, const PeerWishes& wishes, const std::string& subject) {
  std::vector<std::string> lost_keys;
  PeerSettings settings = settings_for(peer, self_, wishes, secrets_, lost_keys);
  for (const std::string& why : lost_keys) warn("peer_key_ignored", subject, why, peer.address.to_string());
  if (!settings.session.held.empty()) warn("peer_held", subject, settings.session.held, peer.address.to_string());
  set_filters(settings, wishes, subject);
  return settings;
}

void PeerTable::set_filters(PeerSettings& settings, const PeerWishes& wishes, const std::string& subject) {
  for (const std::string& name : wishes.filters) {
    if (policies_.knows(name)) continue;
    warn("filter_missing", subject, "there is no BGPFilter " + name + "; its rules are passed over",
         settings.session.address.to_string());
  }
  settings.import = policies_.import_filter(wishes.filters, wishes.is_of_workload);
  settings.export_ = policies_.export_filter(wishes.filters);
}

void PeerTable::set_gateway(const Endpoint& peer, const PeerWishes& wishes, const std::string& subject) {
  if (!wishes.reachable_by) return;
  if (*wishes.reachable_by != peer.address && !self_.has(*wishes.reachable_by)) {
    gateways_.emplace(peer.address, *wishes.reachable_by);
    return;
  }
  warn("field_ignored", subject, "reachableBy must be a gateway, neither the peer's own address nor this node's",
       peer.address.to_string());
}

void PeerTable::add(const Endpoint& peer, const PeerWishes& wishes, PeerType type, From from,
                    const std::string& subject) {
  if (!is_possible(peer, from, subject)) return;
  const auto place = peers_.find(peer.address);
  if (place != peers_.end() && from != From::Resource) return;
  PeerSettings settings = make(peer, wishes, subject);
  settings.type = type;
  if (place == peers_.end()) {
    peers_.emplace(peer.address, std::move(settings));
    set_gateway(peer, wishes, subject);
  } else if (place->second.session != settings.session) {
    warn("peer_ignored", subject, "another peer resource has this address and other parameters", peer.address.to_string());
  }
}

std::vector<PeerSettings> PeerTable::take() {
  std::vector<PeerSettings> sorted;
  for (auto& [address, settings] : peers_) sorted.push_back(std::move(settings));
  return sorted;
}

}  // namespace config::desired
