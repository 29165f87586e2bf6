#include <doctest/doctest.h>

#include "bgp/base/prng.h"
#include "bgp/wire/attribute.h"
#include "bgp/wire/update.h"
#include "random_attributes.h"
#include "tests/support/wire_builders.h"

using namespace bgp;
using namespace bgp::wire;
using namespace tests::support;

namespace {

Bytes path_attribute(const Bytes& value) {
  Bytes out;
  append_attribute(out, flag::kTransitive, 2, value);
  return out;
}

// What a 2-octet iBGP peer's attributes come to.
Bytes from_two_octet_peer(const Bytes& attributes) {
  DecodedUpdate update;
  Bytes body = update_body({}, hex(kOrigin) + hex(kNextHop) + hex(kLocalPref) + attributes, nlri("10.0.0.0/8"));
  REQUIRE(decode_update(body, two_octet(ibgp()), update).ok());
  REQUIRE_FALSE(update.treat_as_withdraw);
  return update.attributes;
}

std::string merged_path(const char* as_path, const char* as4_path) {
  return as_path_text(from_two_octet_peer(hex(as_path) + hex(as4_path)));
}

}  // namespace

TEST_CASE("canonical attributes come out of a decoder as they went into the encoder, on both kinds of session") {
  for (bool wide : {true, false}) {
    for (uint64_t seed = 0; seed < 2000; ++seed) {
      CAPTURE(seed);
      Prng prng(seed);
      Bytes attributes = random_attributes(prng);
      CodecContext context = wide ? ibgp() : two_octet(ibgp());
      Bytes out;
      UpdateWriter writer(out, context);
      REQUIRE(writer.announce(Family::IPv4, attributes, {IpAddress::v4(0xc0000201), {}}));
      REQUIRE(writer.add(*Prefix::parse("10.0.0.0/8")));
      writer.finish();
      DecodedUpdate update;
      REQUIRE(decode_update(ByteView(out).subspan(19), context, update).ok());
      REQUIRE(update.faults.empty());
      // An AS4_PATH joins sequences that were apart, so that 2-octet sessions keep the path, not its segments.
      if (wide) REQUIRE(to_hex(update.attributes) == to_hex(attributes));
      else REQUIRE(as_path_text(update.attributes) == as_path_text(attributes));
    }
  }
}

TEST_CASE("octets at random never break the decoder, and what it takes it can read") {
  DecodedUpdate update;
  for (uint64_t seed = 0; seed < 20000; ++seed) {
    CAPTURE(seed);
    Prng prng(seed);
    Bytes attributes = hex(kNextHop) + random_attributes(prng);
    for (uint64_t hits = prng.below(4); hits > 0; --hits)
      attributes[prng.below(attributes.size())] = static_cast<uint8_t>(prng.next());
    for (uint64_t cut = prng.below(4) == 0 ? prng.below(8) : 0; cut > 0; --cut) attributes.pop_back();
    Bytes body = update_body({}, attributes, nlri("10.0.0.0/8"));
    CodecContext context = prng.below(2) != 0 ? ibgp() : two_octet(ibgp());
    if (!decode_update(body, context, update).ok() || update.treat_as_withdraw) continue;
    facts_of(update.attributes);
    for (AttributeView a : attributes_of(update.attributes)) CHECK_FALSE(attribute_text(a).empty());
    DecodedUpdate again;  // canonical bytes are a fixed point
    Bytes second = update_body({}, hex(kNextHop) + update.attributes, nlri("10.0.0.0/8"));
    REQUIRE(decode_update(second, ibgp(), again).ok());
    REQUIRE(again.attributes == update.attributes);
  }
}

// ---- RFC 6793 ---------------------------------------------------------------------------------------------------

TEST_CASE("the path of a 2-octet peer is made whole by AS4_PATH (RFC 6793 §4.2.3)") {
  CHECK(merged_path("40 02 06 02 02 000a 5ba0", "c0 11 06 02 01 00011170") == "10 70000");
  CHECK(merged_path("40 02 08 02 03 000a 000b 5ba0", "c0 11 0a 02 02 0000000b 00011170") == "10 11 70000");
  CHECK(merged_path("40 02 04 02 01 5ba0", "c0 11 06 02 01 00011170") == "70000");
  CHECK(merged_path("40 02 04 02 01 5ba0", "") == "23456");
  CHECK(merged_path("40 02 00", "") == "");
}

TEST_CASE("an AS4_PATH that is longer than AS_PATH is ignored") {
  CHECK(merged_path("40 02 04 02 01 000a", "c0 11 0a 02 02 0000000b 00011170") == "10");
}

TEST_CASE("an AS4_PATH does not hide the AS of an external 2-octet peer, which must stand first") {
  auto path_from_65001 = [](const char* as4_path) {
    Bytes attributes = hex(kOrigin) + hex("40 02 06 02 02 fde9 5ba0") + hex(kNextHop) + hex(as4_path);
    DecodedUpdate update;
    REQUIRE(decode_update(update_body({}, attributes, nlri("10.0.0.0/8")), two_octet(ebgp()), update).ok());
    return as_path_text(update.attributes);
  };
  CHECK(path_from_65001("c0 11 06 02 01 00011170") == "65001 70000");
  CHECK(path_from_65001("c0 11 0a 02 02 0000fde9 00011170") == "65001 70000");
  CHECK(path_from_65001("c0 11 0a 02 02 0000000a 00011170") == "65001 23456");
}

TEST_CASE("a set in AS_PATH counts one hop when AS4_PATH is laid over it") {
  CHECK(merged_path("40 02 0e 02 01 000a 01 02 000b 000c 02 01 5ba0", "c0 11 06 02 01 00011170") == "10 {11,12} 70000");
}

TEST_CASE("AS4_PATH may come before AS_PATH, and broken (CVE-2026-41643)") {
  CHECK(as_path_text(from_two_octet_peer(hex("c0 11 06 02 01 00011170 40 02 06 02 02 000a 5ba0"))) == "10 70000");
  CHECK(as_path_text(from_two_octet_peer(hex("c0 11 05 02 01 000111 40 02 06 02 02 000a 5ba0"))) == "10 23456");
  CHECK(as_path_text(from_two_octet_peer(hex("c0 11 06 09 01 00011170 40 02 06 02 02 000a 5ba0"))) == "10 23456");
}

TEST_CASE("confederation segments in AS4_PATH are left out (RFC 6793 §6)") {
  CHECK(merged_path("40 02 06 02 02 000a 5ba0", "c0 11 0c 03 01 0000fe00 02 01 00011170") == "10 70000");
}

TEST_CASE("an AGGREGATOR that is not AS_TRANS makes both AS4_ attributes stale") {
  Bytes set = from_two_octet_peer(hex("40 02 04 02 01 5ba0 c0 07 06 000a c0000201 c0 11 06 02 01 00011170") +
                                  hex("c0 12 08 00011170 c0000202"));
  CHECK(as_path_text(set) == "23456");
  CHECK(to_hex(*find_attribute(set, AttributeCode::Aggregator)) == "0000000ac0000201");
}

TEST_CASE("AS4_AGGREGATOR replaces an AGGREGATOR of AS_TRANS") {
  Bytes set = from_two_octet_peer(hex("40 02 00 c0 07 06 5ba0 c0000201 c0 12 08 00011170 c0000202"));
  CHECK(to_hex(*find_attribute(set, AttributeCode::Aggregator)) == "00011170c0000202");
  CHECK_FALSE(find_attribute(set, AttributeCode::As4Aggregator).has_value());
}

TEST_CASE("a 2-octet peer is not told an AS4_PATH that it does not need") {
  Bytes set = hex(kOrigin) + hex(kPathOfPeer);
  CHECK(to_hex(to_two_octet(set)) == to_hex(hex(kOrigin) + hex("40 02 04 02 01 fde9")));
}

// ---- reading and editing ----------------------------------------------------------------------------------------

TEST_CASE("the facts of a set are those that decisions need") {
  Bytes set = hex("40 01 01 01 40 02 14 02 02 0000000a 0000000b 01 02 0000000c 0000000d") +
              hex("80 04 04 00000007 40 05 04 00000064 c0 08 0c fde90001 ffffff01 ffffff02 80 09 04 0a000001") +
              hex("80 0a 08 0a000001 0a000002");
  AttributeFacts expected;
  expected.origin = Origin::Egp;
  expected.as_path_length = 3;  // the set counts 1
  expected.neighbor_as = Asn{10};
  expected.origin_as = Asn{13};
  expected.med = 7;
  expected.local_pref = 100;
  expected.originator_id = BgpIdentifier{0x0a000001};
  expected.cluster_list_length = 2;
  expected.no_export = true;
  expected.no_advertise = true;
  CHECK(facts_of(set) == expected);
}

TEST_CASE("an empty path has no neighbour, and one that starts with a set none either") {
  CHECK(facts_of(path_attribute({})).neighbor_as == Asn{0});
  CHECK(facts_of(path_attribute(hex("01 01 0000000a"))).neighbor_as == Asn{0});
  CHECK(facts_of(path_attribute(hex("01 01 0000000a"))).as_path_length == 1);
}

TEST_CASE("an editor replaces, adds and removes in type order") {
  AttributeEditor edit(kept(hex(kOrigin) + hex(kPathOfPeer) + hex("80 04 04 00000007")));
  edit.set(AttributeCode::LocalPref, flag::kTransitive, hex("00000064"));
  edit.set(AttributeCode::Origin, flag::kTransitive, hex("02"));
  edit.remove(AttributeCode::MultiExitDisc);
  edit.remove_code(200);
  CHECK(to_hex(edit.finish()) == to_hex(hex("40 01 01 02") + hex(kPathOfPeer) + hex(kLocalPref)));
}

TEST_CASE("the last of two edits to one attribute counts, and no edit changes nothing") {
  AttributeEditor edit(kept(hex(kOrigin)));
  edit.set(AttributeCode::MultiExitDisc, flag::kOptional, hex("00000001"));
  edit.remove(AttributeCode::MultiExitDisc);
  CHECK(edit.finish() == hex(kOrigin));
  CHECK(AttributeEditor({}).finish().empty());
}

TEST_CASE("prepending joins the first sequence and opens another when it is full (2009-02)") {
  CHECK(to_hex(prepended_as_path(std::nullopt, Asn{10})) == "02010000000a");
  CHECK(to_hex(prepended_as_path(hex("02 01 0000000b"), Asn{10}, 2)) == "02030000000a0000000a0000000b");
  CHECK(to_hex(prepended_as_path(hex("01 01 0000000b"), Asn{10})) == "02010000000a" "01010000000b");
  CHECK(prepended_as_path(hex("02 01 0000000b"), Asn{10}, 0) == hex("02 01 0000000b"));
  Bytes full = prepended_as_path(std::nullopt, Asn{11}, 255);
  CHECK(full.size() == 2 + 255 * 4);
  Bytes more = prepended_as_path(full, Asn{10});
  CHECK(to_hex(ByteView(more).first(8)) == "02010000000a" "02ff");
  CHECK(facts_of(path_attribute(prepended_as_path(full, Asn{10}, 700))).as_path_length == 955);
}

TEST_CASE("an AS is found in a path more often than it may be") {
  Bytes set = path_attribute(hex("02 03 0000000a 0000000b 0000000a"));
  CHECK(as_path_contains(set, Asn{10}));
  CHECK(as_path_contains(set, Asn{10}, 1));
  CHECK_FALSE(as_path_contains(set, Asn{10}, 2));
  CHECK_FALSE(as_path_contains(set, Asn{12}));
  CHECK_FALSE(as_path_contains({}, Asn{10}));
}

TEST_CASE("attributes read as text") {
  CHECK(as_path_text(path_attribute(hex("02 02 0000fc00 0000fc01 01 02 00000001 00000002"))) == "64512 64513 {1,2}");
  Bytes set = hex("c0 08 08 fc000064 ffffff01 c0 10 18 0002fc0000000001 0103c00002010005 8006000000000000") +
              hex("c0 20 0c 000000010000000200000003");
  CHECK(communities_text(set) == std::vector<std::string>{"64512:100", "no-export", "rt:64512:1", "soo:192.0.2.1:5",
                                                          "0x8006000000000000", "1:2:3"});
  Bytes odd = hex("80 04 04 00000007 e0 63 02 0a0b 40 06 00 c0 07 08 0000fc00 c0000201");
  std::vector<std::string> lines;
  for (AttributeView a : attributes_of(odd)) lines.push_back(attribute_text(a));
  CHECK(lines == std::vector<std::string>{"MULTI_EXIT_DISC: 7", "attribute 99 (flags e0): 0a0b", "ATOMIC_AGGREGATE",
                                          "AGGREGATOR: 64512 192.0.2.1"});
}

TEST_CASE("the text of a malformed attribute is its octets") {
  Bytes bad = hex("40 01 00 40 02 01 02");
  std::vector<std::string> lines;
  for (AttributeView a : attributes_of(bad)) lines.push_back(attribute_text(a));
  CHECK(lines == std::vector<std::string>{"attribute 1 (flags 40): ", "attribute 2 (flags 40): 02"});
}
