// RFC 7606 as a table (tests/golden/rfc7606.txt): one malformed or borderline UPDATE a row, from an external and from an
// internal peer. tests/interop/test_malformed.py sends the same rows to the running daemon.
#include <doctest/doctest.h>

#include <map>

#include "bgp/wire/update.h"
#include "case_verdicts.h"
#include "tests/support/wire_builders.h"

using namespace bgp;
using namespace bgp::wire;
using namespace tests::support;

namespace {

const std::vector<Case>& table() {
  static const std::vector<Case> cases = read_cases(CALICO_SOURCE_DIR "/tests/golden/rfc7606.txt");
  return cases;
}

// A row of one attribute that is there.
bool has_attribute(const Case& row) { return row.type() >= 0 && row.octets != "-"; }

}  // namespace

TEST_CASE("every row of the table has the verdict of RFC 7606") {
  int cases = 0;
  for (const Case& row : table()) {
    CAPTURE(row.name);
    if (row.external != "-") CHECK(verdict_of(row, context_of(row, false)) == row.external);
    if (row.internal != "-") CHECK(verdict_of(row, context_of(row, true)) == row.internal);
    cases += (row.external != "-") + (row.internal != "-");
  }
  CHECK(cases >= 640);
}

TEST_CASE("no two rows have one name, and each says why") {
  std::map<std::string, int> names;
  for (const Case& row : table()) {
    CHECK_MESSAGE(++names[row.name] == 1, row.name);
    CHECK_MESSAGE(!row.why.empty(), row.name);
  }
}

TEST_CASE("the table holds on 2-octet sessions too, where AS numbers play no part") {
  for (const Case& row : table()) {
    int type = row.type();
    if (type < 0 || type == 2 || type == 7 || type == 17 || type == 18) continue;
    CAPTURE(row.name);
    CHECK(verdict_of(row, two_octet(ibgp())) == row.internal);
  }
}

TEST_CASE("the same verdicts stand when the bad attribute comes twice") {
  for (const Case& row : table()) {
    if (!has_attribute(row) || row.octets.size() > 1000) continue;
    CAPTURE(row.name);
    Case twice = row;
    twice.octets += " " + row.octets;
    bool is_mp = row.type() == 14 || row.type() == 15;
    CHECK(verdict_of(twice, context_of(row, true)) == (is_mp ? "3/1" : row.internal));  // RFC 7606 §3 g
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
