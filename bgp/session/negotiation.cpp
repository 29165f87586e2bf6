#include "bgp/session/negotiation.h"

#include <algorithm>

#include "bgp/base/limits.h"

namespace bgp::session {

namespace {

constexpr uint16_t kRestartTimeMax_s = 4095;  // 12 bits (RFC 4724 §3)

FamilySet families_of(const wire::Capabilities& capabilities) {
  bool names_none = capabilities.multiprotocol.empty() && capabilities.other_families.empty();
  return names_none ? FamilySet::of(Family::IPv4) : capabilities.multiprotocol;
}

wire::CodecContext codec_for(const PeerConfig& config, const wire::Open& ours, const wire::Open& theirs) {
  wire::CodecContext codec;
  codec.local_as = config.local_as;
  codec.peer_as = theirs.my_as;
  codec.four_octet_as = ours.capabilities.four_octet_as && theirs.capabilities.four_octet_as;
  codec.extended_messages = ours.capabilities.extended_messages && theirs.capabilities.extended_messages;
  codec.route_refresh = ours.capabilities.route_refresh && theirs.capabilities.route_refresh;
  codec.families = config.families & families_of(theirs.capabilities);
  codec.enforce_first_as = config.enforce_first_as;
  codec.reject_as_sets = config.reject_as_sets;
  codec.add_path_receive = ours.capabilities.add_path_receive & theirs.capabilities.add_path_send;
  codec.extended_next_hop = ours.capabilities.extended_next_hop && theirs.capabilities.extended_next_hop;
  codec.add_path_send = ours.capabilities.add_path_send & theirs.capabilities.add_path_receive;
  return codec;
}

wire::GracefulRestart graceful_restart(const PeerConfig& config, const OpenFacts& facts) {
  wire::GracefulRestart offer;
  offer.restarting = facts.restarting;
  offer.notification = config.graceful_restart.notification;
  offer.restart_time_s = std::min(config.graceful_restart.restart_time_s, kRestartTimeMax_s);
  offer.families = config.families;
  offer.forwarding = facts.forwarding & config.families;
  return offer;
}

// RFC 9494 §3.1: only beside capability 64.
wire::LongLivedGracefulRestart long_lived(const PeerConfig& config, const OpenFacts& facts) {
  wire::LongLivedGracefulRestart offer;
  offer.families = config.families;
  offer.forwarding = facts.forwarding & config.families;
  for (Family family : {Family::IPv4, Family::IPv6})
    if (config.families.has(family)) offer.stale_s(family) = config.graceful_restart.long_lived_stale_s;
  return offer;
}

GracefulRestart agree_on_restart(const wire::Capabilities& ours, const wire::Capabilities& theirs, FamilySet families) {
  GracefulRestart agreed;
  if (!ours.graceful_restart || !theirs.graceful_restart) return agreed;
  agreed.negotiated = true;
  agreed.families = theirs.graceful_restart->families & families;
  agreed.restart_time_s = theirs.graceful_restart->restart_time_s;
  agreed.peer_restarting = theirs.graceful_restart->restarting;
  agreed.peer_forwarding = theirs.graceful_restart->forwarding & families;
  agreed.notification = ours.graceful_restart->notification && theirs.graceful_restart->notification;
  if (!ours.long_lived || !theirs.long_lived) return agreed;
  agreed.long_lived = theirs.long_lived->families & ours.long_lived->families & families;
  agreed.long_lived_stale_s_v4 = std::min(theirs.long_lived->stale_s_v4, ours.long_lived->stale_s_v4);
  agreed.long_lived_stale_s_v6 = std::min(theirs.long_lived->stale_s_v6, ours.long_lived->stale_s_v6);
  return agreed;
}

// RFC 9234 §4.2: provider to customer, RS to RS-client, peer to peer.
bool is_pair(Role ours, uint8_t theirs) {
  auto is = [&](Role role) { return theirs == static_cast<uint8_t>(role); };
  switch (ours) {
    case Role::Provider: return is(Role::Customer);
    case Role::RouteServer: return is(Role::RouteServerClient);
    case Role::RouteServerClient: return is(Role::RouteServer);
    case Role::Customer: return is(Role::Provider);
    case Role::Peer: return is(Role::Peer);
  }
  return false;
}

// Only between autonomous systems, and only when we have a role: else whatever the peer says is its own affair.
bool are_roles_acceptable(const PeerConfig& config, const wire::Capabilities& theirs) {
  if (!config.role || config.is_ibgp()) return true;
  if (!theirs.role) return !config.role_strict;
  return !theirs.roles_disagree && is_pair(*config.role, *theirs.role);
}

}  // namespace

wire::Open make_open(const PeerConfig& config, const OpenFacts& facts) {
  wire::Open open;
  open.my_as = config.local_as;
  open.hold_time_s = config.hold_time_s;
  open.identifier = config.identifier;
  wire::Capabilities& offer = open.capabilities;
  offer.multiprotocol = config.families;
  offer.route_refresh = true;
  offer.enhanced_route_refresh = true;
  offer.extended_messages = config.extended_messages;
  if (!config.is_ibgp() && config.role) offer.role = static_cast<uint8_t>(*config.role);
  bool restarts_gracefully = config.graceful_restart.restart_time_s != 0;
  if (restarts_gracefully) offer.graceful_restart = graceful_restart(config, facts);
  if (restarts_gracefully && config.graceful_restart.long_lived_stale_s != 0) offer.long_lived = long_lived(config, facts);
  offer.four_octet_as = config.local_as;
  if (config.add_path.receive) offer.add_path_receive = config.families;
  if (config.add_path.send) offer.add_path_send = config.families;
  // RFC 8950: without an IPv4 address on the session there is no other way to say where IPv4 routes lead.
  offer.extended_next_hop = config.families.has(Family::IPv4) && config.address.is_v6();
  if (!config.hostname.empty()) offer.hostname = config.hostname;
  if (config.software_version && !facts.software.empty()) offer.software_version = std::string(facts.software);
  return open;
}

Result<Negotiated, wire::Notification> negotiate(const PeerConfig& config, const wire::Open& ours,
                                                 const wire::Open& theirs, const IpAddress& local_address) {
  if (theirs.my_as != config.peer_as) return Err(wire::bad_peer_as());
  // RFC 6286 §2.2: identifiers are unique within an AS; two autonomous systems may well use the same.
  bool identifier_is_ours = config.is_ibgp() && theirs.identifier == config.identifier;
  if (theirs.identifier.value == 0 || identifier_is_ours) return Err(wire::bad_bgp_identifier());
  if (theirs.hold_time_s != 0 && theirs.hold_time_s < limits::kHoldTimeMin_s) {
    return Err(wire::unacceptable_hold_time());
  }
  if (!are_roles_acceptable(config, theirs.capabilities)) return Err(wire::role_mismatch());

  Negotiated agreed;
  agreed.codec = codec_for(config, ours, theirs);
  agreed.hold_time_s = std::min(config.hold_time_s, theirs.hold_time_s);
  agreed.our_open = ours;
  agreed.peer_open = theirs;
  agreed.local_address = local_address;
  agreed.enhanced_refresh = ours.capabilities.enhanced_route_refresh && theirs.capabilities.enhanced_route_refresh;
  agreed.graceful = agree_on_restart(ours.capabilities, theirs.capabilities, agreed.codec.families);
  return agreed;
}

}  // namespace bgp::session
