#include "bgp/session/negotiation.h"

#include <algorithm>

#include "bgp/base/limits.h"

namespace bgp::session {

namespace {

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
  codec.add_path_send = ours.capabilities.add_path_send & theirs.capabilities.add_path_receive;
  return codec;
}

}  // namespace

wire::Open make_open(const PeerConfig& config) {
  wire::Open open;
  open.my_as = config.local_as;
  open.hold_time_s = config.hold_time_s;
  open.identifier = config.identifier;
  open.capabilities.multiprotocol = config.families;
  open.capabilities.route_refresh = true;
  open.capabilities.four_octet_as = config.local_as;
  return open;
}

Result<Negotiated, wire::Notification> negotiate(const PeerConfig& config, const wire::Open& peer_open,
                                                 const IpAddress& local_address) {
  if (peer_open.my_as != config.peer_as) return Err(wire::bad_peer_as());
  // RFC 6286 §2.2: identifiers are unique within an AS; two autonomous systems may well use the same.
  bool identifier_is_ours = config.is_ibgp() && peer_open.identifier == config.identifier;
  if (peer_open.identifier.value == 0 || identifier_is_ours) return Err(wire::bad_bgp_identifier());
  if (peer_open.hold_time_s != 0 && peer_open.hold_time_s < limits::kHoldTimeMin_s) {
    return Err(wire::unacceptable_hold_time());
  }

  Negotiated agreed;
  agreed.codec = codec_for(config, make_open(config), peer_open);
  agreed.hold_time_s = std::min(config.hold_time_s, peer_open.hold_time_s);
  agreed.peer_open = peer_open;
  agreed.local_address = local_address;
  return agreed;
}

}  // namespace bgp::session
