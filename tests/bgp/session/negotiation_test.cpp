// What comes of two OPENs: RFC 4271 §4.2, RFC 4760 §8, RFC 5492, RFC 6793.
#include <doctest/doctest.h>

#include "bgp/session/negotiation.h"
#include "session_support.h"

namespace bgp::session {
namespace {

Negotiated agreed(const PeerConfig& config, const wire::Open& open) {
  Result<Negotiated, wire::Notification> result = negotiate(config, make_open(config), open, IpAddress());
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
  CHECK(open->capabilities == make_open(config).capabilities);
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
  CHECK_FALSE(agreed(config_towards(), open).enhanced_refresh);
  open.capabilities.extended_messages = open.capabilities.enhanced_route_refresh = true;
  CHECK(agreed(config_towards(), open).codec.extended_messages);
  CHECK(agreed(config_towards(), open).enhanced_refresh);
  open.capabilities.four_octet_as.reset();
  open.capabilities.route_refresh = false;
  open.capabilities.extended_messages = false;
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

// ---- what the configuration offers --------------------------------------------------------------------------------

TEST_CASE("the configuration turns each offer on and off") {
  PeerConfig config = config_towards();
  config.extended_messages = false;
  config.graceful_restart.restart_time_s = 0;
  config.add_path = {.receive = false, .send = false};
  wire::Capabilities least = make_open(config).capabilities;
  CHECK(wire::describe(least) == std::vector<std::string>{"IPv4 unicast", "IPv6 unicast", "Route refresh",
                                                          "4-octet AS 64512", "Enhanced route refresh"});
  config.extended_messages = true;
  config.graceful_restart = {.restart_time_s = 60, .notification = true, .long_lived_stale_s = 3600};
  config.add_path = {.receive = true, .send = true};
  config.role = Role::Customer;
  config.hostname = "node1";
  config.software_version = true;
  OpenFacts facts{.restarting = true, .forwarding = FamilySet::of(Family::IPv4), .software = "calico-bgp v9"};
  CHECK(wire::describe(make_open(config, facts).capabilities) ==
        std::vector<std::string>{
            "IPv4 unicast", "IPv6 unicast", "Route refresh", "Extended messages", "Role customer",
            "Graceful restart, 60 s, restarting", "4-octet AS 64512", "ADD-PATH IPv4 unicast, send and receive",
            "ADD-PATH IPv6 unicast, send and receive", "Enhanced route refresh",
            "Long-lived graceful restart, IPv4 unicast, 3600 s", "Long-lived graceful restart, IPv6 unicast, 3600 s",
            "Hostname node1", "Software version calico-bgp v9"});
}

TEST_CASE("the F-bits are those of the facts, for offered families alone") {
  PeerConfig config = config_towards();
  config.families = kV6;
  config.graceful_restart.long_lived_stale_s = 60;
  wire::Capabilities offer = make_open(config, {.forwarding = FamilySet::both()}).capabilities;
  CHECK(offer.graceful_restart->families == kV6);
  CHECK(offer.graceful_restart->forwarding == kV6);
  CHECK(offer.long_lived->forwarding == kV6);
  CHECK(make_open(config).capabilities.graceful_restart->forwarding == kNone);
}

TEST_CASE("a restart time above 12 bits is cut") {
  PeerConfig config = config_towards();
  config.graceful_restart.restart_time_s = 5000;
  CHECK(make_open(config).capabilities.graceful_restart->restart_time_s == 4095);
}

TEST_CASE("RFC 9072: an OPEN of ours that says all it can uses the long form, and is read again") {
  PeerConfig config = config_towards();
  config.address = *IpAddress::parse("fd00::2");
  config.hostname = std::string(64, 'h');
  config.role = Role::Peer;
  config.software_version = true;
  config.add_path.send = true;
  config.graceful_restart.long_lived_stale_s = 60;
  OpenFacts facts{.restarting = true, .forwarding = FamilySet::both(), .software = "calico-bgp v9"};
  auto is_long = [&] { return wire::encode(make_open(config, facts))[29] == 255; };
  CHECK_FALSE(is_long());
  std::string longest(64, 's');
  facts.software = longest;
  wire::Open open = make_open(config, facts);
  for (uint8_t code = 200; wire::encode(open)[29] != 255; ++code) open.capabilities.unknown.push_back({code, Bytes(8)});
  Result<wire::Open, wire::Notification> again = wire::decode_open(ByteView(wire::encode(open)).subspan(19));
  REQUIRE(again.ok());
  CHECK(*again == open);
}

// ---- graceful restart -----------------------------------------------------------------------------------------------

namespace {

GracefulRestart restart_with(const PeerConfig& config, std::optional<wire::GracefulRestart> theirs,
                             std::optional<wire::LongLivedGracefulRestart> long_lived = {}) {
  wire::Open open = neighbours_open();
  open.capabilities.graceful_restart = theirs;
  open.capabilities.long_lived = long_lived;
  return agreed(config, open).graceful;
}

}  // namespace

TEST_CASE("RFC 4724: the peer's restart time, for the families that it keeps and the session carries") {
  PeerConfig config = config_towards();
  config.families = kV4;
  GracefulRestart graceful = restart_with(config, wire::GracefulRestart{true, false, 77, FamilySet::both(), kV6});
  CHECK(graceful.negotiated);
  CHECK(graceful.families == kV4);
  CHECK(graceful.restart_time_s == 77);
  CHECK(graceful.peer_restarting);
  CHECK(graceful.peer_forwarding == kNone);
  CHECK_FALSE(graceful.notification);
}

TEST_CASE("without an offer from both sides nothing restarts gracefully") {
  PeerConfig config = config_towards();
  CHECK(restart_with(config, std::nullopt) == GracefulRestart{});
  config.graceful_restart.restart_time_s = 0;
  CHECK(restart_with(config, wire::GracefulRestart{false, true, 77, kV4, kV4}) == GracefulRestart{});
}

TEST_CASE("RFC 8538: the N-bit counts when both set it") {
  PeerConfig config = config_towards();
  wire::GracefulRestart theirs{false, true, 77, kV4, kV4};
  CHECK(restart_with(config, theirs).notification);
  config.graceful_restart.notification = false;
  CHECK_FALSE(restart_with(config, theirs).notification);
}

TEST_CASE("RFC 9494: long-lived times are the smaller of both, and need capability 64") {
  PeerConfig config = config_towards();
  config.graceful_restart.long_lived_stale_s = 600;
  wire::LongLivedGracefulRestart theirs{FamilySet::both(), kV4, 3600, 60};
  GracefulRestart graceful = restart_with(config, wire::GracefulRestart{false, false, 0, kV4, kV4}, theirs);
  CHECK(graceful.long_lived == FamilySet::both());
  CHECK(graceful.long_lived_stale_s_v4 == 600);
  CHECK(graceful.long_lived_stale_s_v6 == 60);
  CHECK(restart_with(config, std::nullopt, theirs) == GracefulRestart{});
  config.graceful_restart.long_lived_stale_s = 0;
  CHECK(restart_with(config, wire::GracefulRestart{false, false, 0, kV4, kV4}, theirs).long_lived == kNone);
}

// ---- roles ----------------------------------------------------------------------------------------------------------

TEST_CASE("RFC 9234 §4.2: roles pair, or the session is refused with 2/11") {
  struct {
    std::optional<Role> ours;
    std::optional<uint8_t> theirs;
    bool strict, fits;
  } rows[] = {
      {Role::Provider, 3, false, true},           {Role::Customer, 0, false, true},
      {Role::RouteServer, 2, false, true},        {Role::RouteServerClient, 1, false, true},
      {Role::Peer, 4, false, true},               {Role::Provider, 0, false, false},
      {Role::Provider, 4, false, false},          {Role::Peer, 3, false, false},
      {Role::Peer, 77, false, false},             {Role::Peer, std::nullopt, false, true},
      {Role::Peer, std::nullopt, true, false},    {std::nullopt, 0, false, true},
      {std::nullopt, 0, true, true},
  };
  for (const auto& row : rows) {
    PeerConfig config = config_towards();
    config.role = row.ours;
    config.role_strict = row.strict;
    wire::Open open = neighbours_open();
    open.capabilities.role = row.theirs;
    CAPTURE(row.theirs.value_or(99));
    Result<Negotiated, wire::Notification> result = negotiate(config, make_open(config), open, IpAddress());
    CHECK(result.ok() == row.fits);
    if (!result) CHECK(result.error() == wire::role_mismatch());
  }
}

TEST_CASE("RFC 9234 §4.2: two roles that disagree are refused; within an AS there are none") {
  PeerConfig config = config_towards();
  config.role = Role::Provider;
  wire::Open open = neighbours_open();
  open.capabilities.role = 3;
  open.capabilities.roles_disagree = true;
  CHECK_FALSE(negotiate(config, make_open(config), open, IpAddress()).ok());
  config.peer_as = config.local_as;
  open.my_as = config.local_as;
  CHECK_FALSE(make_open(config).capabilities.role);
  CHECK(negotiate(config, make_open(config), open, IpAddress()).ok());
}

}  // namespace bgp::session
