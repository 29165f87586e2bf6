// RFC 7606 as a table: one malformed (or borderline) attribute in an otherwise good UPDATE that announces 10.0.0.0/8,
// from an external and from an internal peer.
#include <doctest/doctest.h>

#include <map>

#include "bgp/wire/update.h"
#include "tests/support/wire_builders.h"

using namespace bgp;
using namespace bgp::wire;
using namespace tests::support;

namespace {

struct Row {
  const char* what;
  int code;              // replaces the well-formed attribute of this type, or joins the others
  const char* attribute; // "" leaves it out
  const char* external;  // "kept", "gone" (dropped without a fault), "D", "W", or the NOTIFICATION
  const char* internal;
};

const Row kRows[] = {
    // ---- ORIGIN ----
    {"ORIGIN IGP", 1, "40 01 01 00", "kept", "kept"},
    {"ORIGIN EGP", 1, "40 01 01 01", "kept", "kept"},
    {"ORIGIN incomplete", 1, "40 01 01 02", "kept", "kept"},
    {"ORIGIN 3", 1, "40 01 01 03", "W", "W"},
    {"ORIGIN 255", 1, "40 01 01 ff", "W", "W"},
    {"ORIGIN of no octets", 1, "40 01 00", "W", "W"},
    {"ORIGIN of two octets", 1, "40 01 02 0000", "W", "W"},
    {"ORIGIN optional", 1, "c0 01 01 00", "W", "W"},
    {"ORIGIN not transitive", 1, "00 01 01 00", "W", "W"},
    {"ORIGIN partial", 1, "60 01 01 00", "W", "W"},
    {"ORIGIN missing", 1, "", "W", "W"},
    {"ORIGIN with extended length", 1, "50 01 0001 00", "kept", "kept"},
    {"ORIGIN with reserved flag bits (2012-11)", 1, "4f 01 01 00", "kept", "kept"},
    // ---- AS_PATH ----
    {"AS_PATH of the peer", 2, "40 02 06 02 01 0000fde9", "kept", "kept"},
    {"AS_PATH empty", 2, "40 02 00", "W", "kept"},
    {"AS_PATH that starts with another AS", 2, "40 02 06 02 01 0000fdea", "W", "kept"},
    {"AS_PATH that starts with a set", 2, "40 02 06 01 01 0000fde9", "W", "kept"},
    {"AS_PATH with a set behind the peer", 2, "40 02 10 02 01 0000fde9 01 02 0000000a 0000000b", "kept", "kept"},
    {"AS_PATH with segment type 0", 2, "40 02 06 00 01 0000fde9", "W", "W"},
    {"AS_PATH with segment type 5", 2, "40 02 06 05 01 0000fde9", "W", "W"},
    {"AS_PATH with an empty segment", 2, "40 02 08 02 01 0000fde9 02 00", "W", "W"},
    {"AS_PATH whose segment runs past the end", 2, "40 02 06 02 02 0000fde9", "W", "W"},
    {"AS_PATH with a stray octet", 2, "40 02 07 02 01 0000fde9 02", "W", "W"},
    {"AS_PATH of one octet", 2, "40 02 01 02", "W", "W"},
    {"AS_PATH cut inside a number", 2, "40 02 05 02 01 0000fd", "W", "W"},
    {"AS_PATH with AS 0 (RFC 7607)", 2, "40 02 0a 02 02 0000fde9 00000000", "W", "W"},
    {"AS_PATH with a confederation sequence", 2, "40 02 0c 02 01 0000fde9 03 01 0000fe00", "W", "W"},
    {"AS_PATH with a confederation set", 2, "40 02 0c 02 01 0000fde9 04 01 0000fe00", "W", "W"},
    {"AS_PATH optional", 2, "c0 02 06 02 01 0000fde9", "W", "W"},
    {"AS_PATH not transitive", 2, "00 02 06 02 01 0000fde9", "W", "W"},
    {"AS_PATH partial", 2, "60 02 06 02 01 0000fde9", "W", "W"},
    {"AS_PATH missing", 2, "", "W", "W"},
    // ---- NEXT_HOP ----
    {"NEXT_HOP", 3, "40 03 04 c0000201", "gone", "gone"},
    {"NEXT_HOP link-local, as Calico uses", 3, "40 03 04 a9fe0101", "gone", "gone"},
    {"NEXT_HOP of no octets", 3, "40 03 00", "W", "W"},
    {"NEXT_HOP of three octets (CVE-2026-30405)", 3, "40 03 03 c00002", "W", "W"},
    {"NEXT_HOP of five octets", 3, "40 03 05 c000020101", "W", "W"},
    {"NEXT_HOP of sixteen octets", 3, "40 03 10 20010db8 00000000 00000000 00000001", "W", "W"},
    {"NEXT_HOP 0.0.0.0", 3, "40 03 04 00000000", "W", "W"},
    {"NEXT_HOP 0.0.0.1", 3, "40 03 04 00000001", "W", "W"},
    {"NEXT_HOP 127.0.0.1", 3, "40 03 04 7f000001", "W", "W"},
    {"NEXT_HOP 224.0.0.1", 3, "40 03 04 e0000001", "W", "W"},
    {"NEXT_HOP 240.0.0.1", 3, "40 03 04 f0000001", "W", "W"},
    {"NEXT_HOP 255.255.255.255", 3, "40 03 04 ffffffff", "W", "W"},
    {"NEXT_HOP optional", 3, "c0 03 04 c0000201", "W", "W"},
    {"NEXT_HOP not transitive", 3, "00 03 04 c0000201", "W", "W"},
    {"NEXT_HOP missing", 3, "", "W", "W"},
    // ---- MULTI_EXIT_DISC ----
    {"MED", 4, "80 04 04 00000005", "kept", "kept"},
    {"MED of no octets", 4, "80 04 00", "W", "W"},
    {"MED of three octets", 4, "80 04 03 000005", "W", "W"},
    {"MED of five octets", 4, "80 04 05 0000000005", "W", "W"},
    {"MED well-known", 4, "00 04 04 00000005", "W", "W"},
    {"MED transitive", 4, "c0 04 04 00000005", "W", "W"},
    // ---- LOCAL_PREF ----
    {"LOCAL_PREF", 5, "40 05 04 00000064", "D", "kept"},
    {"LOCAL_PREF of no octets", 5, "40 05 00", "D", "W"},
    {"LOCAL_PREF of three octets", 5, "40 05 03 000064", "D", "W"},
    {"LOCAL_PREF of five octets", 5, "40 05 05 0000000064", "D", "W"},
    {"LOCAL_PREF optional", 5, "c0 05 04 00000064", "D", "W"},
    {"LOCAL_PREF not transitive", 5, "00 05 04 00000064", "D", "W"},
    {"LOCAL_PREF missing", 5, "", "gone", "W"},
    // ---- ATOMIC_AGGREGATE, AGGREGATOR ----
    {"ATOMIC_AGGREGATE", 6, "40 06 00", "kept", "kept"},
    {"ATOMIC_AGGREGATE of one octet", 6, "40 06 01 00", "D", "D"},
    {"ATOMIC_AGGREGATE optional", 6, "c0 06 00", "D", "D"},
    {"ATOMIC_AGGREGATE not transitive", 6, "00 06 00", "D", "D"},
    {"AGGREGATOR", 7, "c0 07 08 0000fde9 c0000201", "kept", "kept"},
    {"AGGREGATOR partial", 7, "e0 07 08 0000fde9 c0000201", "kept", "kept"},
    {"AGGREGATOR of no octets", 7, "c0 07 00", "D", "D"},
    {"AGGREGATOR as from a 2-octet peer", 7, "c0 07 06 fde9 c0000201", "D", "D"},
    {"AGGREGATOR of nine octets", 7, "c0 07 09 0000fde9 c000020100", "D", "D"},
    {"AGGREGATOR with AS 0 (RFC 7607)", 7, "c0 07 08 00000000 c0000201", "D", "D"},
    {"AGGREGATOR well-known", 7, "40 07 08 0000fde9 c0000201", "D", "D"},
    {"AGGREGATOR not transitive", 7, "80 07 08 0000fde9 c0000201", "D", "D"},
    // ---- COMMUNITIES ----
    {"COMMUNITIES", 8, "c0 08 08 fde90001 ffffff01", "kept", "kept"},
    {"COMMUNITIES partial", 8, "e0 08 04 fde90001", "kept", "kept"},
    {"COMMUNITIES of no octets", 8, "c0 08 00", "W", "W"},
    {"COMMUNITIES of three octets", 8, "c0 08 03 fde900", "W", "W"},
    {"COMMUNITIES of five octets", 8, "c0 08 05 fde9000101", "W", "W"},
    {"COMMUNITIES not transitive", 8, "80 08 04 fde90001", "W", "W"},
    {"COMMUNITIES well-known", 8, "40 08 04 fde90001", "W", "W"},
    // ---- ORIGINATOR_ID, CLUSTER_LIST ----
    {"ORIGINATOR_ID", 9, "80 09 04 0a000001", "D", "kept"},
    {"ORIGINATOR_ID of no octets", 9, "80 09 00", "D", "W"},
    {"ORIGINATOR_ID of ten octets", 9, "80 09 0a 41000000000080ffffff", "D", "W"},
    {"ORIGINATOR_ID transitive", 9, "c0 09 04 0a000001", "D", "W"},
    {"CLUSTER_LIST", 10, "80 0a 08 0a000001 0a000002", "D", "kept"},
    {"CLUSTER_LIST of no octets", 10, "80 0a 00", "D", "W"},
    {"CLUSTER_LIST of six octets", 10, "80 0a 06 0a0000010a00", "D", "W"},
    {"CLUSTER_LIST well-known", 10, "00 0a 04 0a000001", "D", "W"},
    // ---- MP_REACH_NLRI ----
    {"MP_REACH of no octets", 14, "80 0e 00", "3/9", "3/9"},
    {"MP_REACH of four octets", 14, "80 0e 04 0002 01 00", "3/9", "3/9"},
    {"MP_REACH whose next hop runs past the end", 14, "80 0e 08 0002 01 10 20010db8", "3/9", "3/9"},
    {"MP_REACH whose next hop has no octets", 14, "80 0e 05 0002 01 00 00", "3/9", "3/9"},
    {"MP_REACH IPv6 whose next hop has 4 octets", 14, "80 0e 09 0002 01 04 c0000201 00", "3/9", "3/9"},
    {"MP_REACH IPv4 whose next hop has 16 octets", 14,
     "80 0e 15 0001 01 10 20010db8000000000000000000000001 00", "3/9", "3/9"},
    {"MP_REACH IPv6 with a prefix of 129 bits", 14,
     "80 0e 17 0002 01 10 20010db8000000000000000000000001 00 81 20", "3/9", "3/9"},
    {"MP_REACH IPv6 whose prefix runs past the end", 14,
     "80 0e 17 0002 01 10 20010db8000000000000000000000001 00 40 20", "3/9", "3/9"},
    {"MP_REACH IPv6", 14, "80 0e 1a 0002 01 10 20010db8000000000000000000000001 00 20 20010db8", "gone", "gone"},
    {"MP_REACH IPv6 with next hop ::", 14,
     "80 0e 1a 0002 01 10 00000000000000000000000000000000 00 20 20010db8", "W", "W"},
    {"MP_REACH IPv6 with next hop ::1", 14,
     "80 0e 1a 0002 01 10 00000000000000000000000000000001 00 20 20010db8", "W", "W"},
    {"MP_REACH IPv6 with next hop ff02::1", 14,
     "80 0e 1a 0002 01 10 ff020000000000000000000000000001 00 20 20010db8", "W", "W"},
    {"MP_REACH transitive", 14, "c0 0e 1a 0002 01 10 20010db8000000000000000000000001 00 20 20010db8", "W", "W"},
    {"MP_REACH well-known", 14, "00 0e 1a 0002 01 10 20010db8000000000000000000000001 00 20 20010db8", "W", "W"},
    {"MP_REACH of a family that is not ours", 14, "80 0e 09 0019 46 04 c0000201 00", "gone", "gone"},
    {"MP_REACH twice", 14,
     "80 0e 15 0002 01 10 20010db8000000000000000000000001 00 80 0e 15 0002 01 10 20010db8000000000000000000000001 00",
     "3/1", "3/1"},
    // ---- MP_UNREACH_NLRI ----
    {"MP_UNREACH of no octets", 15, "80 0f 00", "3/9", "3/9"},
    {"MP_UNREACH of two octets", 15, "80 0f 02 0002", "3/9", "3/9"},
    {"MP_UNREACH IPv6 with a prefix of 129 bits", 15, "80 0f 05 0002 01 81 20", "3/9", "3/9"},
    {"MP_UNREACH IPv6 whose prefix runs past the end", 15, "80 0f 05 0002 01 20 20", "3/9", "3/9"},
    {"MP_UNREACH IPv6", 15, "80 0f 08 0002 01 20 20010db8", "gone", "gone"},
    {"MP_UNREACH of a family that is not ours", 15, "80 0f 05 0019 46 ff ff", "gone", "gone"},
    {"MP_UNREACH twice", 15, "80 0f 03 0002 01 80 0f 03 0002 01", "3/1", "3/1"},
    {"MP_UNREACH transitive", 15, "c0 0f 08 0002 01 20 20010db8", "W", "W"},
    // ---- communities of other kinds ----
    {"EXTENDED_COMMUNITIES", 16, "c0 10 08 0002fde900000001", "kept", "kept"},
    {"EXTENDED_COMMUNITIES of no octets", 16, "c0 10 00", "W", "W"},
    {"EXTENDED_COMMUNITIES of seven octets", 16, "c0 10 07 0002fde9000000", "W", "W"},
    {"EXTENDED_COMMUNITIES not transitive", 16, "80 10 08 0002fde900000001", "W", "W"},
    {"IPV6_EXTENDED_COMMUNITIES", 25, "c0 19 14 0002 20010db8000000000000000000000001 0001", "kept", "kept"},
    {"IPV6_EXTENDED_COMMUNITIES of no octets", 25, "c0 19 00", "W", "W"},
    {"IPV6_EXTENDED_COMMUNITIES of eight octets (CVE-2026-49837)", 25, "c0 19 08 0002fde900000001", "W", "W"},
    {"LARGE_COMMUNITY", 32, "c0 20 0c 0000fde90000000100000002", "kept", "kept"},
    {"LARGE_COMMUNITY of no octets", 32, "c0 20 00", "W", "W"},
    {"LARGE_COMMUNITY of eleven octets", 32, "c0 20 0b 0000fde900000001000000", "W", "W"},
    {"LARGE_COMMUNITY not transitive", 32, "80 20 0c 0000fde90000000100000002", "W", "W"},
    // ---- AS4_PATH, AS4_AGGREGATOR from a 4-octet peer ----
    {"AS4_PATH from a 4-octet peer", 17, "c0 11 06 02 01 0000fde9", "D", "D"},
    {"AS4_PATH malformed, from a 4-octet peer", 17, "c0 11 06 00 01 0000fde9", "D", "D"},
    {"AS4_PATH of no octets, from a 4-octet peer", 17, "c0 11 00", "D", "D"},
    {"AS4_AGGREGATOR from a 4-octet peer", 18, "c0 12 08 0000fde9 c0000201", "D", "D"},
    {"AS4_AGGREGATOR of no octets, from a 4-octet peer", 18, "c0 12 00", "D", "D"},
    // ---- passed along after a check ----
    {"PMSI_TUNNEL", 22, "c0 16 09 00 06 000000 0a000002", "kept", "kept"},
    {"PMSI_TUNNEL of four octets", 22, "c0 16 04 00060000", "W", "W"},
    {"PMSI_TUNNEL whose address has three octets", 22, "c0 16 08 00 06 000000 0a0000", "W", "W"},
    {"TUNNEL_ENCAPSULATION", 23, "c0 17 07 0008 0003 04 01 00", "kept", "kept"},
    {"TUNNEL_ENCAPSULATION of unknown type", 23, "c0 17 04 fffe 0000", "kept", "kept"},
    {"TUNNEL_ENCAPSULATION of no octets", 23, "c0 17 00", "W", "W"},
    {"TUNNEL_ENCAPSULATION whose TLV runs past the end (CVE-2023-38802)", 23, "c0 17 05 0008 0003 04", "W", "W"},
    {"TUNNEL_ENCAPSULATION whose sub-TLV runs past the end (CVE-2024-44070)", 23, "c0 17 07 0008 0003 04 09 00", "W",
     "W"},
    {"TUNNEL_ENCAPSULATION cut in the TLV header", 23, "c0 17 03 0008 00", "W", "W"},
    {"ONLY_TO_CUSTOMER", 35, "c0 23 04 0000fde9", "kept", "kept"},
    {"ONLY_TO_CUSTOMER of 1024 octets, cut to eight (2025-10-24)", 35, "c0 23 08 0000fde90000fde9", "W", "W"},
    {"ONLY_TO_CUSTOMER of no octets", 35, "c0 23 00", "W", "W"},
    {"ONLY_TO_CUSTOMER with AS 0", 35, "c0 23 04 00000000", "W", "W"},
    {"ONLY_TO_CUSTOMER not transitive", 35, "80 23 04 0000fde9", "W", "W"},
    // ---- never carried ----
    {"type 0", 0, "c0 00 01 00", "D", "D"},
    {"type 0 with the flags of another", 0, "40 00 01 00", "D", "D"},
    {"AIGP", 26, "80 1a 0b 01 000b 0000000000000001", "gone", "gone"},
    {"AIGP short (CVE-2023-41359)", 26, "80 1a 02 01 00", "gone", "gone"},
    {"AIGP transitive", 26, "c0 1a 01 01", "gone", "gone"},
    {"BGP-LS", 29, "80 1d 04 0400 00ff", "gone", "gone"},
    {"BFD_DISCRIMINATOR", 38, "c0 26 02 0100", "gone", "gone"},
    {"NHC", 39, "c0 27 02 0001", "gone", "gone"},
    {"PREFIX_SID all zero (2025-05-20)", 40, "c0 28 0a 00000000000000000000", "gone", "gone"},
    {"PREFIX_SID short (CVE-2023-31490)", 40, "c0 28 01 01", "gone", "gone"},
    // ---- unknown ----
    {"unknown optional transitive (type 99, 2010-08)", 99, "c0 63 02 0102", "kept", "kept"},
    {"unknown optional transitive (type 255, CVE-2019-5892)", 255, "e0 ff 02 0102", "kept", "kept"},
    {"unknown optional transitive of no octets", 99, "c0 63 00", "kept", "kept"},
    {"deprecated type 28, corrupt (2023-06)", 28, "c0 1c 01 ff", "kept", "kept"},
    {"unknown optional non-transitive", 99, "80 63 02 0102", "gone", "gone"},
    {"unknown well-known", 99, "40 63 02 0102", "W", "W"},
    {"unknown well-known, not transitive", 30, "00 1e 00", "W", "W"},
    // ---- framing ----
    {"a header of two octets at the end", 256, "c0 63", "W", "W"},
    {"a header of one octet at the end", 256, "c0", "W", "W"},
    {"an extended header cut in its length", 256, "d0 63 00", "W", "W"},
    {"a value that runs past the attributes", 256, "c0 63 05 01", "W", "W"},
    {"an extended value that runs past the attributes", 256, "d0 63 ffff 01", "W", "W"},
};

Bytes attributes_with(const Row& row, bool internal) {
  std::map<int, std::string> set = {{1, kOrigin}, {2, internal ? kEmptyPath : kPathOfPeer}, {3, kNextHop}};
  if (internal) set[5] = kLocalPref;
  set[row.code] = row.attribute;
  Bytes out;
  for (const auto& [code, text] : set) out = out + hex(text);
  return out;
}

std::string number_text(const Notification& n) { return std::to_string(n.code) + "/" + std::to_string(n.subcode); }

std::string verdict_of(const Row& row, const CodecContext& context) {
  DecodedUpdate update;
  Bytes body = update_body({}, attributes_with(row, context.is_ibgp()), nlri("10.0.0.0/8"));
  Status<Notification> status = decode_update(body, context, update);
  if (!status.ok()) return number_text(status.error());
  CHECK(prefixes_of(update.reachable) == "10.0.0.0/8");  // whatever is wrong, the routes are known
  CHECK_FALSE(update.end_of_rib.has_value());
  if (update.treat_as_withdraw) return update.attributes.empty() ? "W" : "W with attributes";
  bool stored = row.code < 256 && find_attribute(update.attributes, static_cast<AttributeCode>(row.code)).has_value();
  if (update.faults.empty()) return stored ? "kept" : "gone";
  CHECK(update.faults.at(0).code == row.code);
  CHECK(update.faults.at(0).action == FaultAction::Discard);
  return stored ? "kept with a fault" : "D";
}

}  // namespace

TEST_CASE("every malformation of every attribute has the verdict of RFC 7606") {
  size_t cases = 0;
  for (const Row& row : kRows) {
    CAPTURE(row.what);
    CHECK(verdict_of(row, ebgp()) == row.external);
    CHECK(verdict_of(row, ibgp()) == row.internal);
    cases += 2;
  }
  CHECK(cases >= 320);
}

TEST_CASE("the table holds on 2-octet sessions too, where AS numbers play no part") {
  for (const Row& row : kRows) {
    if (row.code == 2 || row.code == 7 || row.code == 17 || row.code == 18) continue;
    CAPTURE(row.what);
    Row narrow = row;
    CHECK(verdict_of(narrow, two_octet(ibgp())) == row.internal);
  }
}

TEST_CASE("the same verdicts stand when the bad attribute comes first or twice") {
  for (const Row& row : kRows) {
    if (row.code >= 256 || row.attribute[0] == '\0') continue;
    CAPTURE(row.what);
    Row twice = row;
    std::string text = std::string(row.attribute) + " " + row.attribute;
    twice.attribute = text.c_str();
    bool is_mp = row.code == 14 || row.code == 15;
    CHECK(verdict_of(twice, ibgp()) == (is_mp ? "3/1" : row.internal));  // RFC 7606 §3 g
  }
}

TEST_CASE("a fault in a message without reachable routes resets the session (RFC 7606 §5.2)") {
  DecodedUpdate update;
  Bytes body = update_body(nlri("10.0.0.0/8"), hex("40 01 01 07"), {});
  Status<Notification> status = decode_update(body, ebgp(), update);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error() == malformed_attribute_list());
}

TEST_CASE("a discarded attribute in a message without reachable routes does not reset the session") {
  DecodedUpdate update;
  Bytes body = update_body(nlri("10.0.0.0/8"), hex("c0 07 01 00") + hex(kLocalPref), {});
  REQUIRE(decode_update(body, ebgp(), update).ok());
  CHECK_FALSE(update.treat_as_withdraw);
  CHECK(prefixes_of(update.withdrawn) == "10.0.0.0/8");
  CHECK(update.faults.size() == 2);
}

TEST_CASE("another leftmost AS beside withdrawn routes alone does not reset the session") {
  DecodedUpdate update;
  Bytes body = update_body(nlri("10.0.0.0/8"), hex(kOrigin) + hex("40 02 06 02 01 00000001"), {});
  CHECK(decode_update(body, ebgp(), update).ok());
}

TEST_CASE("routes of an MP_REACH_NLRI behind a broken attribute are withdrawn with the rest") {
  DecodedUpdate update;
  Bytes attributes = hex("40 01 01 07") + hex(kPathOfPeer) + hex(kNextHop) +
                     hex("80 0e 1a 0002 01 10 20010db8000000000000000000000001 00 20 20010db8");
  REQUIRE(decode_update(kept(update_body({}, attributes, nlri("10.0.0.0/8"))), ebgp(), update).ok());
  CHECK(update.treat_as_withdraw);
  CHECK(prefixes_of(update.reachable) == "10.0.0.0/8");
  CHECK(prefixes_of(update.mp_reachable) == "2001:db8::/32");
}

TEST_CASE("the first of two attributes of one type counts") {
  DecodedUpdate update;
  Bytes attributes = hex(kOrigin) + hex(kPathOfPeer) + hex(kNextHop) + hex("80 04 04 00000001 80 04 04 00000002");
  REQUIRE(decode_update(kept(update_body({}, attributes, nlri("10.0.0.0/8"))), ebgp(), update).ok());
  CHECK(update.faults.empty());
  CHECK(facts_of(update.attributes).med == 1);
}

TEST_CASE("several faults are all reported, and the strongest wins") {
  DecodedUpdate update;
  Bytes attributes = hex("40 01 01 07") + hex(kPathOfPeer) + hex(kNextHop) + hex("c0 07 01 00");
  REQUIRE(decode_update(kept(update_body({}, attributes, nlri("10.0.0.0/8"))), ebgp(), update).ok());
  CHECK(update.treat_as_withdraw);
  REQUIRE(update.faults.size() == 2);
  CHECK(update.faults[0].code == 1);
  CHECK(update.faults[1].code == 7);
  CHECK(update.faults[1].bytes == hex("c0 07 01 00"));
}

TEST_CASE("a fault keeps 64 octets of the attribute, no more") {
  DecodedUpdate update;
  Bytes bad = hex("c0 08 63") + Bytes(99, 0xaa);
  Bytes attributes = hex(kOrigin) + hex(kPathOfPeer) + hex(kNextHop) + bad;
  REQUIRE(decode_update(kept(update_body({}, attributes, nlri("10.0.0.0/8"))), ebgp(), update).ok());
  CHECK(update.faults.at(0).bytes == Bytes(bad.begin(), bad.begin() + 64));
}

TEST_CASE("a path that another AS begins is taken where the first AS is not enforced") {
  CodecContext lenient = ebgp();
  lenient.enforce_first_as = false;
  for (const char* path : {"40 02 06 02 01 0000fdea", "40 02 06 01 01 0000fde9", "40 02 00"}) {
    DecodedUpdate update;
    Bytes body = update_body({}, hex(kOrigin) + hex(path) + hex(kNextHop), nlri("10.0.0.0/8"));
    REQUIRE(decode_update(body, lenient, update).ok());
    CHECK_FALSE(update.treat_as_withdraw);
    REQUIRE(decode_update(body, ebgp(), update).ok());
    CHECK(update.treat_as_withdraw);
  }
}

TEST_CASE("a path with an AS_SET is treated as withdrawn where sets are rejected (RFC 9774)") {
  for (CodecContext context : {ebgp(), two_octet(ebgp())}) {
    bool wide = context.four_octet_as;
    DecodedUpdate update;
    Bytes path = wide ? hex("40 02 0c 02 01 0000fde9 01 01 0000000a") : hex("40 02 08 02 01 fde9 01 01 000a");
    Bytes body = update_body({}, hex(kOrigin) + path + hex(kNextHop), nlri("10.0.0.0/8"));
    REQUIRE(decode_update(body, context, update).ok());
    CHECK_FALSE(update.treat_as_withdraw);
    context.reject_as_sets = true;
    REQUIRE(decode_update(body, context, update).ok());
    CHECK(update.treat_as_withdraw);
    CHECK(update.faults.at(0).reason == std::string("AS_SET"));
  }
}
