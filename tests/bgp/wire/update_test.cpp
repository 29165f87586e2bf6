#include <doctest/doctest.h>

#include "bgp/base/limits.h"
#include "bgp/base/prng.h"
#include "bgp/wire/update.h"
#include "tests/support/wire_builders.h"

using namespace bgp;
using namespace bgp::wire;
using namespace tests::support;

namespace {

const NextHop kV4NextHop{IpAddress::v4(0xc0000201), {}};
const NextHop kV6NextHop{*IpAddress::parse("2001:db8::1"), *IpAddress::parse("fe80::1")};

Bytes ibgp_attributes() { return hex(kOrigin) + hex(kEmptyPath) + hex(kLocalPref); }
Bytes good_ebgp_attributes() { return hex(kOrigin) + hex(kPathOfPeer) + hex(kNextHop); }

DecodedUpdate decoded(const Bytes& body, const CodecContext& context) {
  DecodedUpdate update;
  Status<Notification> status = decode_update(kept(body), context, update);
  REQUIRE(status.ok());
  return update;
}

Notification reset_by(const Bytes& body, const CodecContext& context = ebgp()) {
  DecodedUpdate update;
  Status<Notification> status = decode_update(kept(body), context, update);
  REQUIRE_FALSE(status.ok());
  return status.error();
}

}  // namespace

// ---- the three fields -------------------------------------------------------------------------------------------

TEST_CASE("lengths that do not fit into the message reset the session with 3/1") {
  CHECK(reset_by(hex("0001 0000")) == malformed_attribute_list());
  CHECK(reset_by(hex("0000 0001")) == malformed_attribute_list());
  CHECK(reset_by(hex("ffff ffff")) == malformed_attribute_list());
  CHECK(reset_by(hex("0005 00000000")) == malformed_attribute_list());
  CHECK(reset_by(hex("0000")) == malformed_attribute_list());
  CHECK(reset_by({}) == malformed_attribute_list());
}

TEST_CASE("a prefix that is too long or runs past its field resets the session with 3/10") {
  CHECK(reset_by(update_body(hex("21 0a00000000"), {}, {})) == invalid_network_field());
  CHECK(reset_by(update_body(hex("18 0a00"), {}, {})) == invalid_network_field());
  CHECK(reset_by(update_body({}, good_ebgp_attributes(), hex("21 0a00000000"))) == invalid_network_field());
  CHECK(reset_by(update_body({}, good_ebgp_attributes(), hex("08"))) == invalid_network_field());
  CHECK(reset_by(update_body({}, good_ebgp_attributes(), hex("08 0a ff"))) == invalid_network_field());
}

TEST_CASE("NLRI with no attributes at all are treated as withdrawn (CVE-2023-41358)") {
  DecodedUpdate update = decoded(update_body({}, {}, nlri("10.0.0.0/8")), ebgp());
  CHECK(update.treat_as_withdraw);
  CHECK(update.faults.size() == 3);
}

TEST_CASE("one message withdraws and announces") {
  Bytes body = update_body(nlri("10.0.0.0/8 10.1.0.0/16"), good_ebgp_attributes(), nlri("0.0.0.0/0 192.0.2.1/32"));
  DecodedUpdate update = decoded(body, ebgp());
  CHECK(prefixes_of(update.withdrawn) == "10.0.0.0/8 10.1.0.0/16");
  CHECK(prefixes_of(update.reachable) == "0.0.0.0/0 192.0.2.1/32");
  CHECK(update.next_hop == kV4NextHop);
  CHECK(update.attributes == hex(kOrigin) + hex(kPathOfPeer));
}

TEST_CASE("host bits of an NLRI entry are irrelevant (RFC 4271 §4.3)") {
  DecodedUpdate update = decoded(update_body({}, good_ebgp_attributes(), hex("09 0aff")), ebgp());
  CHECK(prefixes_of(update.reachable) == "10.128.0.0/9");
}

TEST_CASE("a family that was not negotiated comes out empty (RFC 4760 §7)") {
  CodecContext v6_only = ebgp();
  v6_only.families = FamilySet::of(Family::IPv6);
  Bytes both_ways = update_body(nlri("10.0.0.0/8"), good_ebgp_attributes(), nlri("10.1.0.0/16"));
  DecodedUpdate update = decoded(both_ways, v6_only);
  CHECK(update.withdrawn.empty());
  CHECK(update.reachable.empty());

  CodecContext v4_only = ebgp();
  v4_only.families = FamilySet::of(Family::IPv4);
  Bytes garbage = hex("80 0e 19 0002 01 10 20010db8000000000000000000000001 00 ffffffff");
  update = decoded(update_body({}, good_ebgp_attributes() + garbage, {}), v4_only);
  CHECK(update.mp_reachable.empty());
}

TEST_CASE("IPv4 unicast may come in MP_REACH_NLRI with a next hop of 4 octets") {
  Bytes mp = hex("80 0e 0b 0001 01 04 c0000201 00 08 0a");
  DecodedUpdate update = decoded(update_body({}, mp + hex(kOrigin) + hex(kPathOfPeer), {}), ebgp());
  CHECK_FALSE(update.treat_as_withdraw);
  CHECK(update.mp_reachable.family() == Family::IPv4);
  CHECK(prefixes_of(update.mp_reachable) == "10.0.0.0/8");
  CHECK(update.mp_next_hop == kV4NextHop);
}

TEST_CASE("an IPv6 next hop of 32 octets brings a link-local companion, if it is one (RFC 2545 §3)") {
  Bytes good =
      hex("80 0e 2a 0002 01 20 20010db8000000000000000000000001 fe800000000000000000000000000001 00 20 20010db8");
  DecodedUpdate update = decoded(update_body({}, good + hex(kOrigin) + hex(kPathOfPeer), {}), ebgp());
  CHECK(update.mp_next_hop == kV6NextHop);
  Bytes no_companion =
      hex("80 0e 2a 0002 01 20 20010db8000000000000000000000001 00000000000000000000000000000000 00 20 20010db8");
  update = decoded(update_body({}, no_companion + hex(kOrigin) + hex(kPathOfPeer), {}), ebgp());
  CHECK(update.mp_next_hop.address == kV6NextHop.address);
  CHECK_FALSE(update.mp_next_hop.link_local.has_value());
}

TEST_CASE("IPv4 unicast with an IPv6 next hop is read where RFC 8950 was negotiated, and resets the session elsewhere") {
  Bytes global = hex("80 0e 17 0001 01 10 20010db8000000000000000000000001 00 08 0a") + hex(kOrigin) + hex(kPathOfPeer);
  Bytes both = hex("80 0e 27 0001 01 20 20010db8000000000000000000000001 fe800000000000000000000000000001 00 08 0a") +
               hex(kOrigin) + hex(kPathOfPeer);
  CodecContext context = ebgp();
  context.extended_next_hop = true;
  DecodedUpdate update = decoded(update_body({}, global, {}), context);
  CHECK(prefixes_of(update.mp_reachable) == "10.0.0.0/8");
  CHECK(update.mp_next_hop == NextHop{kV6NextHop.address, {}});
  CHECK(decoded(update_body({}, both, {}), context).mp_next_hop == kV6NextHop);
  // RFC 7606 §7.11: a next hop whose length does not fit resets; 4 octets always fit.
  CHECK(reset_by(update_body({}, global, {})).code == 3);
  for (const char* length : {"00", "03", "05", "08", "0c", "0f", "11", "18", "1f", "21", "30"}) {
    INFO(length);
    Bytes octets(std::stoul(length, nullptr, 16), 1);
    Bytes value = hex("0001 01") + hex(length) + octets + hex("00 08 0a");
    Bytes mp = hex("80 0e") + Bytes{static_cast<uint8_t>(value.size())} + value;
    CHECK(reset_by(update_body({}, mp + hex(kOrigin) + hex(kPathOfPeer), {}), context).code ==
          3);
  }
  CHECK(decoded(update_body({}, hex("80 0e 0b 0001 01 04 c0000201 00 08 0a") + hex(kOrigin) + hex(kPathOfPeer), {}),
                context).mp_next_hop == kV4NextHop);
}

TEST_CASE("who has a link-local address only says it in three ways; it is the next hop in each") {
  const NextHop link_local{*IpAddress::parse("fe80::1"), {}};
  CodecContext context = ebgp();
  context.extended_next_hop = true;
  const char* const once = "fe800000000000000000000000000001";
  for (const std::string& octets :
       {std::string("10 ") + once, std::string("20 00000000000000000000000000000000") + once, std::string("20 ") + once + once}) {
    INFO(octets);
    Bytes value = hex("0001 01" + octets + "00 08 0a");
    Bytes mp = hex("80 0e") + Bytes{static_cast<uint8_t>(value.size())} + value;
    DecodedUpdate update = decoded(update_body({}, mp + hex(kOrigin) + hex(kPathOfPeer), {}), context);
    CHECK_FALSE(update.treat_as_withdraw);
    CHECK(update.mp_next_hop == link_local);
  }
}

TEST_CASE("path identifiers are read where ADD-PATH was negotiated, and only for that family") {
  CodecContext context = ebgp();
  context.add_path_receive = FamilySet::of(Family::IPv4);
  Bytes mp = hex("80 0e 1a 0002 01 10 20010db8000000000000000000000001 00 20 20010db8");
  Bytes body = update_body(hex("00000009 08 0b"), mp + good_ebgp_attributes(), hex("00000007 08 0a 00000008 08 0a"));
  DecodedUpdate update = decoded(body, context);
  CHECK(prefixes_of(update.withdrawn) == "9:11.0.0.0/8");
  CHECK(prefixes_of(update.reachable) == "7:10.0.0.0/8 8:10.0.0.0/8");
  CHECK(prefixes_of(update.mp_reachable) == "2001:db8::/32");
  CHECK(reset_by(update_body({}, good_ebgp_attributes(), hex("00000007")), context) == invalid_network_field());
}

// ---- End-of-RIB -------------------------------------------------------------------------------------------------

TEST_CASE("End-of-RIB has exactly two shapes (RFC 4724 §2)") {
  CHECK(decoded(hex("0000 0000"), ebgp()).end_of_rib == Family::IPv4);
  CHECK(decoded(hex("0000 0006 80 0f 03 0002 01"), ebgp()).end_of_rib == Family::IPv6);
  CHECK(decoded(hex("0000 0007 90 0f 0003 0002 01"), ebgp()).end_of_rib == Family::IPv6);
  CHECK(decoded(body_of(encode_end_of_rib(Family::IPv4)), ebgp()).end_of_rib == Family::IPv4);
  CHECK(decoded(body_of(encode_end_of_rib(Family::IPv6)), ebgp()).end_of_rib == Family::IPv6);
}

TEST_CASE("what merely looks like End-of-RIB is none (CVE-2023-47235)") {
  Bytes mp = hex("80 0f 03 0002 01");
  CHECK_FALSE(decoded(update_body({}, mp + hex(kOrigin), {}), ebgp()).end_of_rib);
  CHECK_FALSE(decoded(update_body({}, mp + hex("80 63 00"), {}), ebgp()).end_of_rib);
  CHECK_FALSE(decoded(update_body(nlri("10.0.0.0/8"), mp, {}), ebgp()).end_of_rib);
  CHECK_FALSE(decoded(update_body(nlri("10.0.0.0/8"), {}, {}), ebgp()).end_of_rib);
  CHECK_FALSE(decoded(update_body({}, hex("80 0f 08 0002 01 20 20010db8"), {}), ebgp()).end_of_rib);
  CHECK_FALSE(decoded(update_body({}, hex("80 0f 03 0019 46"), {}), ebgp()).end_of_rib);
  CHECK_FALSE(decoded(update_body({}, hex("c0 63 00"), {}), ebgp()).end_of_rib);
  CHECK(reset_by(update_body({}, mp + hex("80 63"), {})) == malformed_attribute_list());
}

TEST_CASE("End-of-RIB of a family that was not negotiated says nothing") {
  CodecContext v4_only = ebgp();
  v4_only.families = FamilySet::of(Family::IPv4);
  CHECK_FALSE(decoded(hex("0000 0006 80 0f 03 0002 01"), v4_only).end_of_rib);
}

// ---- canonical form ---------------------------------------------------------------------------------------------

TEST_CASE("attributes come out in type order, with clean flags and the shortest length") {
  Bytes shuffled = hex("c8 08 04 fde90001 90 04 0004 00000005") + hex(kNextHop) +
                   hex("4f 02 06 02 01 0000fde9 50 01 0001 00");
  DecodedUpdate update = decoded(update_body({}, shuffled, nlri("10.0.0.0/8")), ebgp());
  CHECK(to_hex(update.attributes) ==
        to_hex(hex(kOrigin) + hex(kPathOfPeer) + hex("80 04 04 00000005") + hex("c0 08 04 fde90001")));
}

TEST_CASE("an unknown optional transitive attribute is kept octet by octet, with Partial set (RFC 4271 §5)") {
  DecodedUpdate update =
      decoded(update_body({}, good_ebgp_attributes() + hex("c0 63 03 010203"), nlri("10.0.0.0/8")), ebgp());
  CHECK(update.attributes == hex(kOrigin) + hex(kPathOfPeer) + hex("e0 63 03 010203"));
}

TEST_CASE("a value above 255 octets keeps its extended length") {
  Bytes long_value = hex("d0 63 0100") + Bytes(256, 0x55);
  DecodedUpdate update = decoded(update_body({}, good_ebgp_attributes() + long_value, nlri("10.0.0.0/8")), ebgp());
  CHECK(update.attributes == hex(kOrigin) + hex(kPathOfPeer) + hex("f0 63 0100") + Bytes(256, 0x55));
}

TEST_CASE("a reused result forgets the message before") {
  DecodedUpdate update;
  Bytes bad = update_body(nlri("10.0.0.0/8"), hex("40 01 01 07"), nlri("10.1.0.0/16"));
  REQUIRE(decode_update(bad, ebgp(), update).ok());
  REQUIRE(update.treat_as_withdraw);
  REQUIRE(decode_update(kept(hex("0000 0000")), ebgp(), update).ok());
  CHECK_FALSE(update.treat_as_withdraw);
  CHECK(update.faults.empty());
  CHECK(update.withdrawn.empty());
  CHECK(update.reachable.empty());
  REQUIRE(decode_update(kept(update_body({}, good_ebgp_attributes(), nlri("10.1.0.0/16"))), ebgp(), update).ok());
  CHECK_FALSE(update.end_of_rib);
  CHECK(update.attributes == hex(kOrigin) + hex(kPathOfPeer));
}

// ---- limits -----------------------------------------------------------------------------------------------------

namespace {
Bytes attribute_of(uint8_t flags, AttributeCode code, const Bytes& value) {
  Bytes out;
  append_attribute(out, flags, static_cast<uint8_t>(code), value);
  return out;
}
bool is_withdrawn_with(const Bytes& attribute, const Bytes& path) {
  CodecContext context = ebgp();
  context.extended_messages = true;
  Bytes attributes = hex(kOrigin) + path + hex(kNextHop) + attribute;
  return decoded(update_body({}, attributes, nlri("10.0.0.0/8")), context).treat_as_withdraw;
}
Bytes path_of(int asns) {
  return attribute_of(flag::kTransitive, AttributeCode::AsPath, prepended_as_path(std::nullopt, Asn{65001}, asns));
}
}  // namespace

TEST_CASE("an AS_PATH of 750 numbers is taken, one of 751 is treated as withdrawn (2009-02, CVE-2026-49943)") {
  CHECK_FALSE(is_withdrawn_with({}, path_of(limits::kAsPathAsnsMax)));
  CHECK(is_withdrawn_with({}, path_of(limits::kAsPathAsnsMax + 1)));
  CHECK(is_withdrawn_with({}, path_of(3000)));
}

TEST_CASE("an unknown attribute beyond the limit of a route's octets is treated as withdrawn, one within it kept") {
  Bytes path = hex(kPathOfPeer);
  size_t room = limits::kAttributeBytesMax - hex(kOrigin).size() - path.size() - 4;
  CHECK_FALSE(is_withdrawn_with(attribute_of(0xe0, static_cast<AttributeCode>(99), Bytes(room, 1)), path));
  CHECK(is_withdrawn_with(attribute_of(0xe0, static_cast<AttributeCode>(99), Bytes(room + 1, 1)), path));
}

TEST_CASE("1024 communities are more than the attributes of a route may hold; one more is a fault of its own") {
  Bytes many = attribute_of(0xc0, AttributeCode::Communities, Bytes(4 * (limits::kCommunitiesMax - 20), 1));
  CHECK_FALSE(is_withdrawn_with(many, path_of(1)));
  Bytes limit = attribute_of(0xc0, AttributeCode::Communities, Bytes(4 * limits::kCommunitiesMax, 1));
  Bytes over = attribute_of(0xc0, AttributeCode::Communities, Bytes(4 * (limits::kCommunitiesMax + 1), 1));
  DecodedUpdate at_limit = decoded(update_body({}, good_ebgp_attributes() + limit, nlri("10.0.0.0/8")), ebgp());
  DecodedUpdate above = decoded(update_body({}, good_ebgp_attributes() + over, nlri("10.0.0.0/8")), ebgp());
  CHECK(at_limit.faults.at(0).code == 0);  // the octets of the set
  CHECK(above.faults.at(0).code == 8);     // the communities
}

TEST_CASE("4096 octets of attributes are taken, 4097 are treated as withdrawn") {
  size_t others = (hex(kOrigin) + hex(kPathOfPeer)).size() + 4;
  Bytes fits = attribute_of(0xc0, static_cast<AttributeCode>(99), Bytes(limits::kAttributeBytesMax - others, 7));
  Bytes over = attribute_of(0xc0, static_cast<AttributeCode>(99), Bytes(limits::kAttributeBytesMax - others + 1, 7));
  CHECK_FALSE(is_withdrawn_with(fits, path_of(1)));
  CHECK(is_withdrawn_with(over, path_of(1)));
}

// ---- writing ----------------------------------------------------------------------------------------------------

namespace {

std::vector<Prefix> some_prefixes(Family family, size_t count, Prng& prng) {
  std::vector<Prefix> out;
  for (size_t i = 0; i < count; ++i) {
    Bytes raw(family == Family::IPv4 ? 4 : 16);
    for (uint8_t& b : raw) b = static_cast<uint8_t>(prng.next());
    out.emplace_back(*IpAddress::from_bytes(raw), static_cast<uint8_t>(prng.below(raw.size() * 8 + 1)));
  }
  return out;
}

// Announces (or withdraws) all prefixes as the header's example does, and returns the bodies of the messages.
std::vector<Bytes> written(Family family, const std::vector<Prefix>& prefixes, const CodecContext& context,
                           const Bytes* attributes) {
  Bytes stream;
  UpdateWriter writer(stream, context);
  auto begin = [&] {
    if (attributes == nullptr) writer.withdraw(family);
    else REQUIRE(writer.announce(family, *attributes, family == Family::IPv4 ? kV4NextHop : kV6NextHop));
  };
  begin();
  for (const Prefix& prefix : prefixes) {
    if (writer.add(prefix)) continue;
    writer.finish();
    begin();
    REQUIRE(writer.add(prefix));
  }
  writer.finish();
  Framer framer;
  if (context.extended_messages) framer.allow_extended_messages();
  framer.feed(stream);
  std::vector<Bytes> bodies;
  while (std::optional<Frame> frame = framer.next()) {
    CHECK(frame->type == MessageType::Update);
    bodies.emplace_back(frame->body.begin(), frame->body.end());
  }
  CHECK_FALSE(framer.error().has_value());
  return bodies;
}

std::string joined(const std::vector<Prefix>& prefixes) {
  std::string out;
  for (const Prefix& prefix : prefixes) out += (out.empty() ? "" : " ") + prefix.to_string();
  return out;
}

}  // namespace

TEST_CASE("what the writer announces, the decoder reads: prefixes, attributes and next hop") {
  Prng prng(1);
  Bytes attributes = ibgp_attributes() + hex("c0 08 04 fde90001");
  for (Family family : {Family::IPv4, Family::IPv6}) {
    for (bool extended : {false, true}) {
      for (size_t count : {1U, 7U, 900U, 5000U}) {
        CAPTURE(count);
        CodecContext context = ibgp();
        context.extended_messages = extended;
        std::vector<Prefix> prefixes = some_prefixes(family, count, prng);
        std::string read;
        for (const Bytes& body : written(family, prefixes, context, &attributes)) {
          DecodedUpdate update = decoded(body, context);
          CHECK(update.faults.empty());
          CHECK(update.attributes == attributes);
          bool v4 = family == Family::IPv4;
          CHECK((v4 ? update.next_hop == kV4NextHop : update.mp_next_hop == kV6NextHop));
          read += (read.empty() ? "" : " ") + prefixes_of(v4 ? update.reachable : update.mp_reachable);
        }
        CHECK(read == joined(prefixes));
      }
    }
  }
}

TEST_CASE("what the writer withdraws, the decoder reads") {
  Prng prng(2);
  for (Family family : {Family::IPv4, Family::IPv6}) {
    std::vector<Prefix> prefixes = some_prefixes(family, 3000, prng);
    std::string read;
    for (const Bytes& body : written(family, prefixes, ibgp(), nullptr)) {
      DecodedUpdate update = decoded(body, ibgp());
      CHECK(update.attributes.empty());
      read += (read.empty() ? "" : " ") + prefixes_of(family == Family::IPv4 ? update.withdrawn : update.mp_withdrawn);
    }
    CHECK(read == joined(prefixes));
  }
}

TEST_CASE("a message is filled to its last octets") {
  Bytes attributes = ibgp_attributes();
  std::vector<Prefix> prefixes(2000, *Prefix::parse("10.0.0.1/32"));
  std::vector<Bytes> bodies = written(Family::IPv4, prefixes, ibgp(), &attributes);
  REQUIRE(bodies.size() > 1);
  CHECK(bodies[0].size() + 19 > limits::kMessageBytesMax - 5);
  CHECK(bodies[0].size() + 19 <= limits::kMessageBytesMax);
}

TEST_CASE("the exact octets of a small IPv4 announcement") {
  Bytes out;
  CodecContext context = ibgp();
  UpdateWriter writer(out, context);
  REQUIRE(writer.announce(Family::IPv4, ibgp_attributes(), kV4NextHop));
  REQUIRE(writer.add(*Prefix::parse("10.0.0.0/8")));
  writer.finish();
  Bytes attributes = hex(kOrigin) + hex(kEmptyPath) + hex(kNextHop) + hex(kLocalPref);
  CHECK(to_hex(out) == to_hex(message(MessageType::Update, hex("0000 0015") + attributes + hex("08 0a"))));
}

TEST_CASE("the exact octets of a small IPv6 announcement: MP_REACH_NLRI first, with a short length") {
  Bytes out;
  CodecContext context = ibgp();
  UpdateWriter writer(out, context);
  REQUIRE(writer.announce(Family::IPv6, ibgp_attributes(), {kV6NextHop.address, {}}));
  REQUIRE(writer.add(*Prefix::parse("2001:db8::/32")));
  writer.finish();
  Bytes mp = hex("80 0e 1a 0002 01 10 20010db8000000000000000000000001 00 20 20010db8");
  CHECK(to_hex(out) == to_hex(message(MessageType::Update, hex("0000 002b") + mp + ibgp_attributes())));
}

TEST_CASE("the exact octets of an IPv4 announcement with an IPv6 next hop, and of its withdrawal (RFC 8950)") {
  Bytes out;
  CodecContext context = ibgp();
  context.extended_next_hop = true;
  UpdateWriter writer(out, context);
  REQUIRE(writer.announce(Family::IPv4, ibgp_attributes(), {kV6NextHop.address, {}}));
  REQUIRE(writer.add(*Prefix::parse("10.0.0.0/8")));
  writer.finish();
  Bytes mp = hex("80 0e 17 0001 01 10 20010db8000000000000000000000001 00 08 0a");
  CHECK(to_hex(out) == to_hex(message(MessageType::Update, hex("0000 0028") + mp + ibgp_attributes())));
  DecodedUpdate update = decoded(body_of(out), context);
  CHECK(prefixes_of(update.mp_reachable) == "10.0.0.0/8");
  out.clear();
  writer.withdraw(Family::IPv4);
  REQUIRE(writer.add(*Prefix::parse("10.0.0.0/8")));
  writer.finish();
  CHECK(to_hex(out) == to_hex(message(MessageType::Update, hex("0002 08 0a 0000"))));
  out.clear();
  REQUIRE(writer.announce(Family::IPv4, ibgp_attributes(), kV4NextHop));  // where there is an IPv4 one, as ever
  REQUIRE(writer.add(*Prefix::parse("10.0.0.0/8")));
  writer.finish();
  CHECK(prefixes_of(decoded(body_of(out), context).reachable) == "10.0.0.0/8");
}

TEST_CASE("a message without a prefix is taken back") {
  Bytes out = hex("aabb");
  CodecContext context = ibgp();
  UpdateWriter writer(out, context);
  REQUIRE(writer.announce(Family::IPv6, ibgp_attributes(), kV6NextHop));
  writer.finish();
  writer.withdraw(Family::IPv4);
  writer.finish();
  CHECK(out == hex("aabb"));
}

TEST_CASE("path identifiers are written where ADD-PATH was negotiated") {
  CodecContext context = ibgp();
  context.add_path_send = FamilySet::of(Family::IPv4);
  context.add_path_receive = context.add_path_send;
  Bytes out;
  UpdateWriter writer(out, context);
  REQUIRE(writer.announce(Family::IPv4, ibgp_attributes(), kV4NextHop));
  const uint8_t ten = 10;
  REQUIRE(writer.add(8, &ten, 77));
  writer.finish();
  CHECK(prefixes_of(decoded(body_of(out), context).reachable) == "77:10.0.0.0/8");
}

TEST_CASE("attributes that leave no room for a prefix are refused, not cut") {
  CodecContext context = ibgp();
  Bytes attributes = ibgp_attributes() + attribute_of(0xe0, static_cast<AttributeCode>(99), Bytes(4040, 1));
  for (Family family : {Family::IPv4, Family::IPv6}) {
    Bytes out;
    UpdateWriter writer(out, context);
    CHECK_FALSE(writer.announce(family, attributes, family == Family::IPv4 ? kV4NextHop : kV6NextHop));
    CHECK_FALSE(writer.add(Prefix(IpAddress::unspecified(family), 0)));
    writer.finish();
    CHECK(out.empty());
    writer.withdraw(family);  // the writer is still good
    CHECK(writer.add(Prefix(IpAddress::unspecified(family), 0)));
    writer.finish();
    CHECK_FALSE(out.empty());
  }
  context.extended_messages = true;
  Bytes out;
  UpdateWriter writer(out, context);
  CHECK(writer.announce(Family::IPv4, attributes, kV4NextHop));
}

TEST_CASE("a 2-octet peer is told AS_TRANS and the truth behind it, and reads back the whole") {
  CodecContext context = two_octet(ibgp());
  Bytes path = prepended_as_path(prepended_as_path(std::nullopt, Asn{70000}), Asn{65001});
  Bytes attributes = hex(kOrigin) + attribute_of(flag::kTransitive, AttributeCode::AsPath, path) + hex(kLocalPref) +
                     hex("c0 07 08 00011170 c0000201");
  Bytes out;
  UpdateWriter writer(out, context);
  REQUIRE(writer.announce(Family::IPv4, attributes, kV4NextHop));
  REQUIRE(writer.add(*Prefix::parse("10.0.0.0/8")));
  writer.finish();
  CHECK(to_hex(out).find("40020602" "02" "fde9" "5ba0") != std::string::npos);
  DecodedUpdate update = decoded(body_of(out), context);
  CHECK(to_hex(update.attributes) == to_hex(attributes));
}
