// What comes of two OPENs: RFC 4271 §4.2, RFC 4760 §8, RFC 5492, RFC 6793.
#include <doctest/doctest.h>

#include "bgp/session/negotiation.h"
#include "session_support.h"

namespace bgp::session {
namespace {

Negotiated agreed(const PeerConfig& config, const wire::Open& open) {
  Result<Negotiated, wire::Notification> result = negotiate(config, open, IpAddress());
  REQUIRE(result.ok());
  return *result;
}

FamilySet families(FamilySet ours, FamilySet theirs, std::vector<uint32_t> others = {}) {
  PeerConfig config = config_towards();
  config.families = ours;
  wire::Open open = neighbours_open();
  open.capabilities.multiprotocol = theirs;
  open.capabilities.other_families = std::move(others);
  return agreed(config, open).codec.families;
}

const FamilySet kV4 = FamilySet::of(Family::IPv4);
const FamilySet kV6 = FamilySet::of(Family::IPv6);
const FamilySet kNone = {};

}  // namespace

TEST_CASE("our OPEN offers our families, route refresh and our AS in four octets, and survives the wire") {
  PeerConfig config = config_towards();
  config.local_as = Asn{4200000000};
  config.hold_time_s = 30;
  Bytes message = wire::encode(make_open(config));
  Result<wire::Open, wire::Notification> open = wire::decode_open(ByteView(message).subspan(19));
  REQUIRE(open.ok());
  CHECK(open->my_as == Asn{4200000000});
  CHECK(open->hold_time_s == 30);
  CHECK(open->identifier == config.identifier);
  CHECK(open->capabilities.multiprotocol == FamilySet::both());
  CHECK(open->capabilities.route_refresh);
  CHECK(open->capabilities.four_octet_as == Asn{4200000000});
  CHECK_FALSE(open->capabilities.extended_messages);
}

TEST_CASE("how paths are judged is for our configuration alone to say") {
  PeerConfig config = config_towards();
  CHECK(agreed(config, neighbours_open()).codec.enforce_first_as);
  CHECK_FALSE(agreed(config, neighbours_open()).codec.reject_as_sets);
  config.enforce_first_as = false;
  config.reject_as_sets = true;
  CHECK_FALSE(agreed(config, neighbours_open()).codec.enforce_first_as);
  CHECK(agreed(config, neighbours_open()).codec.reject_as_sets);
}

TEST_CASE("families are those of both sides") {
  CHECK(families(FamilySet::both(), FamilySet::both()) == FamilySet::both());
  CHECK(families(FamilySet::both(), kV6) == kV6);
  CHECK(families(kV4, FamilySet::both()) == kV4);
  CHECK(families(kV4, kV6) == kNone);
}

TEST_CASE("RFC 4760 §8: a peer without multiprotocol means IPv4 unicast") {
  CHECK(families(FamilySet::both(), kNone) == kV4);
  CHECK(families(kV6, kNone) == kNone);
}

TEST_CASE("a peer that offers only families we do not carry does not mean IPv4") {
  constexpr uint32_t kVpnv4 = 1 << 8 | 128;
  CHECK(families(FamilySet::both(), kNone, {kVpnv4}) == kNone);
}

TEST_CASE("a capability counts when both sides have it") {
  wire::Open open = neighbours_open();
  CHECK(agreed(config_towards(), open).codec.four_octet_as);
  CHECK(agreed(config_towards(), open).codec.route_refresh);
  open.capabilities.four_octet_as.reset();
  open.capabilities.route_refresh = false;
  open.capabilities.extended_messages = true;
  wire::CodecContext codec = agreed(config_towards(), open).codec;
  CHECK_FALSE(codec.four_octet_as);
  CHECK_FALSE(codec.route_refresh);
  CHECK_FALSE(codec.extended_messages);
}

TEST_CASE("hold time: the smaller, and 0 from either side turns it off") {
  auto hold = [](uint16_t ours, uint16_t theirs) {
    PeerConfig config = config_towards();
    config.hold_time_s = ours;
    wire::Open open = neighbours_open();
    open.hold_time_s = theirs;
    return agreed(config, open).hold_time_s;
  };
  CHECK(hold(90, 30) == 30);
  CHECK(hold(30, 90) == 30);
  CHECK(hold(0, 90) == 0);
  CHECK(hold(90, 0) == 0);
}

}  // namespace bgp::session
