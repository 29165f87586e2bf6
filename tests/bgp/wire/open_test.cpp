#include <doctest/doctest.h>

#include "bgp/base/prng.h"
#include "bgp/wire/open.h"
#include "tests/support/wire_builders.h"

using namespace bgp;
using namespace bgp::wire;
using namespace tests::support;

namespace {

Result<Open, Notification> read(std::string_view body) { return decode_open(hex(body)); }
Result<Open, Notification> round_trip(const Open& open) { return decode_open(body_of(encode(open))); }

FamilySet random_families(Prng& prng) { return {static_cast<uint8_t>(prng.below(4))}; }

Capabilities random_capabilities(Prng& prng) {
  Capabilities c;
  c.multiprotocol = random_families(prng);
  c.route_refresh = prng.below(2) != 0;
  c.extended_messages = prng.below(2) != 0;
  c.enhanced_route_refresh = prng.below(2) != 0;
  c.add_path_receive = random_families(prng);
  c.add_path_send = random_families(prng);
  if (prng.below(2) != 0) {
    c.graceful_restart.emplace();
    c.graceful_restart->restarting = prng.below(2) != 0;
    c.graceful_restart->notification = prng.below(2) != 0;
    c.graceful_restart->restart_time_s = static_cast<uint16_t>(prng.below(4096));
    c.graceful_restart->families = random_families(prng);
    c.graceful_restart->forwarding = c.graceful_restart->families & random_families(prng);
  }
  c.extended_next_hop = prng.below(2) != 0;
  if (prng.below(2) != 0) c.role = static_cast<uint8_t>(prng.below(256));
  if (prng.below(2) != 0) {
    LongLivedGracefulRestart& stale = c.long_lived.emplace();
    stale.families = random_families(prng);
    stale.forwarding = stale.families & random_families(prng);
    for (Family family : {Family::IPv4, Family::IPv6})
      if (stale.families.has(family)) stale.stale_s(family) = static_cast<uint32_t>(prng.below(1 << 24));
  }
  if (prng.below(2) != 0) c.software_version = std::string(prng.below(65), 'v');
  if (prng.below(2) != 0) c.hostname = std::string(prng.below(65), 'h');
  for (uint64_t i = prng.below(4); i > 0; --i)
    c.unknown.push_back({static_cast<uint8_t>(200 + i), Bytes(prng.below(120), static_cast<uint8_t>(i))});
  return c;
}

}  // namespace

TEST_CASE("what one speaker offers, the other reads") {
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    CAPTURE(seed);
    Prng prng(seed);
    Open open;
    uint64_t as = prng.below(2) != 0 ? 1 + prng.below(20000) : 100000 + prng.below(4000000000);
    open.my_as = Asn{static_cast<uint32_t>(as)};
    open.hold_time_s = static_cast<uint16_t>(prng.below(2) == 0 ? 0 : 3 + prng.below(65533));
    open.identifier = BgpIdentifier{static_cast<uint32_t>(1 + prng.below(0xffffffff))};
    open.capabilities = random_capabilities(prng);
    if (!open.my_as.fits_two_octets() || prng.below(2) != 0) open.capabilities.four_octet_as = open.my_as;
    Result<Open, Notification> again = round_trip(open);
    REQUIRE(again.ok());
    REQUIRE(*again == open);
  }
}

TEST_CASE("the exact octets of a small OPEN") {
  Open open;
  open.my_as = Asn{70000};
  open.identifier = BgpIdentifier{0x0a000001};
  open.capabilities.multiprotocol = FamilySet::of(Family::IPv4);
  CHECK(to_hex(encode(open)) ==
        to_hex(message(MessageType::Open, hex("04 5ba0 005a 0a000001 0e 02 0c 0104 0001 00 01 4104 00011170"))));
}

TEST_CASE("capabilities above 253 octets go into the extended header (RFC 9072)") {
  Open open;
  open.my_as = Asn{64512};
  open.identifier = BgpIdentifier{1};
  open.capabilities.unknown = {{200, Bytes(251, 1)}};
  CHECK(encode(open)[28] == 255 - 0);  // 2 + 253: still the plain header, full to the brim
  CHECK(encode(open)[29] == 2);
  REQUIRE(round_trip(open).ok());
  open.capabilities.unknown = {{200, Bytes(252, 1)}};
  CHECK(encode(open)[29] == 255);
  REQUIRE(round_trip(open).ok());
  CHECK(*round_trip(open) == open);
}

TEST_CASE("every bad OPEN has its NOTIFICATION") {
  struct {
    const char* what;
    const char* body;
    Notification answer;
  } rows[] = {
      {"version 3", "03 fde8 005a 0a000001 00", unsupported_version()},
      {"version 5", "05 fde8 005a 0a000001 00", unsupported_version()},
      {"AS 0", "04 0000 005a 0a000001 00", bad_peer_as()},
      {"AS_TRANS without capability 65", "04 5ba0 005a 0a000001 00", bad_peer_as()},
      {"capability 65 with AS 0", "04 5ba0 005a 0a000001 08 02 06 4104 00000000", bad_peer_as()},
      {"hold time 1", "04 fde8 0001 0a000001 00", unacceptable_hold_time()},
      {"hold time 2", "04 fde8 0002 0a000001 00", unacceptable_hold_time()},
      {"identifier 0.0.0.0", "04 fde8 005a 00000000 00", bad_bgp_identifier()},
      {"parameter type 1", "04 fde8 005a 0a000001 02 01 00", unsupported_optional_parameter()},
      {"parameter type 3", "04 fde8 005a 0a000001 03 03 01 00", unsupported_optional_parameter()},
      {"parameters longer than the message", "04 fde8 005a 0a000001 05 02 00", open_malformed()},
      {"parameters shorter than the message", "04 fde8 005a 0a000001 00 02 00", open_malformed()},
      {"a parameter cut in its header", "04 fde8 005a 0a000001 01 02", open_malformed()},
      {"a parameter that runs past its field", "04 fde8 005a 0a000001 02 02 05", open_malformed()},
      {"a length of 255 with nothing behind (CVE-2022-43681)", "04 fde8 005a 0a000001 ff", open_malformed()},
      {"a length of 255 and type 255 (CVE-2022-40302)", "04 fde8 005a 0a000001 ff ff", open_malformed()},
      {"an extended length of one octet (CVE-2022-40318)", "04 fde8 005a 0a000001 ff ff 00", open_malformed()},
      {"an extended length that lies", "04 fde8 005a 0a000001 ff ff 0010 02 0000", open_malformed()},
      {"an extended parameter that lies", "04 fde8 005a 0a000001 ff ff 0003 02 0001", open_malformed()},
      {"an extended parameter of unknown type", "04 fde8 005a 0a000001 ff ff 0003 ff 0000",
       unsupported_optional_parameter()},
      {"a capability that runs past its parameter (CVE-2022-36440)", "04 fde8 005a 0a000001 04 02 02 4104",
       open_malformed()},
      {"a capability cut in its header", "04 fde8 005a 0a000001 03 02 01 41", open_malformed()},
      {"multiprotocol of three octets", "04 fde8 005a 0a000001 07 02 05 0103 000101", open_malformed()},
      {"4-octet AS of two octets", "04 fde8 005a 0a000001 06 02 04 4102 fde8", open_malformed()},
      {"route refresh of one octet", "04 fde8 005a 0a000001 05 02 03 0201 00", open_malformed()},
      {"graceful restart of one octet (CVE-2023-31489)", "04 fde8 005a 0a000001 05 02 03 4001 00", open_malformed()},
      {"graceful restart with a family of three octets", "04 fde8 005a 0a000001 09 02 07 4005 0078 000101",
       open_malformed()},
      {"ADD-PATH of three octets", "04 fde8 005a 0a000001 07 02 05 4503 000101", open_malformed()},
      {"hostname that runs past the end", "04 fde8 005a 0a000001 06 02 04 4902 0961", open_malformed()},
      {"extended next hop of five octets", "04 fde8 005a 0a000001 09 02 07 0505 0001 0001 00", open_malformed()},
      {"role of two octets", "04 fde8 005a 0a000001 06 02 04 0902 0000", open_malformed()},
      {"role of none", "04 fde8 005a 0a000001 04 02 02 0900", open_malformed()},
      {"long-lived restart of six octets", "04 fde8 005a 0a000001 0a 02 08 4706 0001 01 00 0000", open_malformed()},
      {"software version that runs past its end (CVE-2023-41361)", "04 fde8 005a 0a000001 06 02 04 4b02 ff61",
       open_malformed()},
      {"software version of nothing", "04 fde8 005a 0a000001 04 02 02 4b00", open_malformed()},
      {"nine octets", "04 fde8 005a 0a000001", open_malformed()},
      {"nothing", "", open_malformed()},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    Result<Open, Notification> result = read(row.body);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error() == row.answer);
  }
}

TEST_CASE("an OPEN cut anywhere is refused, and never read past its end") {
  Open open;
  open.my_as = Asn{64512};
  open.identifier = BgpIdentifier{1};
  open.capabilities.multiprotocol = FamilySet::both();
  open.capabilities.graceful_restart.emplace();
  Bytes body = body_of(encode(open));
  for (size_t size = 0; size < body.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(decode_open(Bytes(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size))).ok());
  }
}

TEST_CASE("hold time 0 and 3, and no capabilities at all, are fine") {
  CHECK(read("04 fde8 0000 0a000001 00").ok());
  CHECK(read("04 fde8 0003 0a000001 00")->my_as == Asn{65000});
}

TEST_CASE("the AS is that of capability 65, whatever the short field says (RFC 6793 §4.1)") {
  CHECK(read("04 5ba0 005a 0a000001 08 02 06 4104 00011170")->my_as == Asn{70000});
}

TEST_CASE("capabilities add up over parameters, and unknown ones are kept") {
  Result<Open, Notification> open =
      read("04 fde8 005a 0a000001 14 02 06 0104 0001 00 01 02 0a 0104 0002 00 01 c802 0102");
  REQUIRE(open.ok());
  CHECK(open->capabilities.multiprotocol == FamilySet::both());
  CHECK(open->capabilities.unknown == std::vector<UnknownCapability>{{200, hex("0102")}});
}

TEST_CASE("families that are not ours are listed apart, once") {
  Capabilities c;
  REQUIRE(decode_capabilities(hex("0104 0019 00 46 0104 0019 00 46 0104 0001 00 80"), c));
  CHECK(c.multiprotocol.empty());
  CHECK(c.other_families == std::vector<uint32_t>{0x1946, 0x180});
}

TEST_CASE("route refresh is understood under its old code") {
  Capabilities c;
  REQUIRE(decode_capabilities(hex("8000"), c));
  CHECK(c.route_refresh);
}

TEST_CASE("an ADD-PATH mode that is none is ignored (RFC 7911 §4)") {
  Capabilities c;
  REQUIRE(decode_capabilities(hex("4508 0001 01 04 0002 01 02"), c));
  CHECK(c.add_path_receive.empty());
  CHECK(c.add_path_send == FamilySet::of(Family::IPv6));
}

TEST_CASE("capabilities read as a list, and a hostile hostname is escaped") {
  Capabilities c;
  REQUIRE(decode_capabilities(hex("0104 0001 00 01 0200 4104 0000fc00 4906 031b5b41 01 78 c800"), c));
  CHECK(describe(c) == std::vector<std::string>{"IPv4 unicast", "Route refresh", "4-octet AS 64512",
                                                "Hostname \\x1b[A.x", "Unknown capability 200"});
}

TEST_CASE("RFC 9234: two roles that differ are remembered as such") {
  CHECK_FALSE(read("04 fde8 005a 0a000001 08 02 06 090103 090103")->capabilities.roles_disagree);
  CHECK(read("04 fde8 005a 0a000001 08 02 06 090100 090103")->capabilities.roles_disagree);
}

TEST_CASE("RFC 8950: of extended next hops IPv4 unicast over IPv6 is ours") {
  CHECK(read("04 fde8 005a 0a000001 0a 02 08 0506 0001 0001 0002")->capabilities.extended_next_hop);
  CHECK_FALSE(read("04 fde8 005a 0a000001 0a 02 08 0506 0001 0080 0002")->capabilities.extended_next_hop);
}

TEST_CASE("what a peer calls itself is shown with its control characters escaped") {
  Capabilities hostile;
  hostile.hostname = "a\x1b[31m";
  hostile.software_version = "v1\n\x07";
  for (const std::string& line : describe(hostile))
    for (char c : line) CHECK(c >= ' ');
}
