// What people read of attributes and capabilities.
#include <doctest/doctest.h>

#include "bgp/wire/attributes/attribute_rule.h"
#include "bgp/wire/capabilities.h"
#include "case_verdicts.h"

using namespace tests::support;

namespace {

std::string text_of(const Bytes& whole) { return attribute_text(*attributes_of(whole).begin()); }

}  // namespace

TEST_CASE("whatever stands in the table reads as text: well-formed by its name, the rest in octets") {
  for (const Case& row : read_cases(CALICO_SOURCE_DIR "/tests/golden/rfc7606.txt")) {
    if (row.type() < 0 || row.octets == "-" || !row.four_octet_as) continue;
    CAPTURE(row.name);
    std::string text = text_of(octets_of(row.octets, {}, {}));
    const char* name = attribute_name(static_cast<uint8_t>(row.type()));
    bool is_stored = row.internal == "kept" && row.type() < 200;
    if (name != nullptr && is_stored) CHECK(text.starts_with(name));
    CHECK((text.starts_with("attribute ") || (name != nullptr && text.starts_with(name))));
  }
}

TEST_CASE("attributes that are never stored have a text too, for a log") {
  CHECK(text_of(hex("c0 11 06 02 01 00011170")) == "AS4_PATH: 70000");
  CHECK(text_of(hex("c0 12 08 00011170 c0000201")) == "AS4_AGGREGATOR: 70000 192.0.2.1");
  CHECK(text_of(hex("40 03 04 c0000201")) == "NEXT_HOP: 192.0.2.1");
  CHECK(text_of(hex("80 0f 03 0002 01")) == "MP_UNREACH_NLRI: 000201");
  CHECK(text_of(hex("c0 28 02 0102")) == "PREFIX_SID: 0102");
  CHECK(attribute_name(99) == nullptr);
}

TEST_CASE("well-known communities have their names") {
  Bytes value = hex("ffffff01 ffffff02 ffffff03 ffff0000 ffff029a ffff0006 ffff0007 00010002"), whole;
  append_attribute(whole, 0xc0, 8, value);
  CHECK(text_of(whole) ==
        "COMMUNITIES: no-export no-advertise no-export-subconfed graceful-shutdown blackhole llgr-stale no-llgr 1:2");
}

TEST_CASE("every capability reads as a line") {
  Bytes tlvs = hex("01 04 0001 00 01 01 04 0019 00 46 02 00 06 00 40 06 8078 0001 01 80 41 04 00011170");
  tlvs = tlvs + hex("45 04 0001 01 03 46 00 47 07 0001 01 80 000e10 09 01 00");
  Capabilities capabilities;
  REQUIRE(decode_capabilities(tlvs, capabilities));
  std::string all;
  for (const std::string& line : describe(capabilities)) all += line + "\n";
  for (const char* line : {"IPv4 unicast\n", "AFI 25 SAFI 70\n", "Graceful restart, 120 s, restarting\n", "4-octet AS 70000\n",
                           "ADD-PATH IPv4 unicast, ", "Long-lived graceful restart, IPv4 unicast, 3600 s\n", "Role "})
    CHECK_MESSAGE(all.find(line) != std::string::npos, line << " in\n" << all);
}
