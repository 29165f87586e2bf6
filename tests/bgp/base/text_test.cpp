// Numbers, escapes and log lines: what people read and write.
#include <doctest/doctest.h>

#include "bgp/base/escape.h"
#include "bgp/base/log.h"
#include "bgp/base/numbers.h"

using namespace bgp;

TEST_CASE("an AS number is plain or asdot (RFC 5396)") {
  CHECK(parse_asn("0") == Asn{0});
  CHECK(parse_asn("64512") == Asn{64512});
  CHECK(parse_asn("4294967295") == Asn{0xffffffff});
  CHECK(parse_asn("1.10") == Asn{65546});
  CHECK(parse_asn("65535.65535") == Asn{0xffffffff});
  CHECK(parse_asn("0.5") == Asn{5});
}

TEST_CASE("what is no AS number is refused") {
  for (const char* text : {"", "4294967296", "-1", "+1", " 1", "1 ", "1.", ".1", "1.2.3", "65536.0", "0.65536", "0x10",
                           "64512a", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_asn(text).has_value());
  }
}

TEST_CASE("numbers say what they are") {
  CHECK(Asn{65535}.fits_two_octets());
  CHECK_FALSE(Asn{65536}.fits_two_octets());
  CHECK(Asn{4200000000}.to_string() == "4200000000");
  CHECK(BgpIdentifier{0x0a000001}.to_string() == "10.0.0.1");
  CHECK(to_afi(Family::IPv6) == Afi::IPv6);
}

TEST_CASE("a set of families is a set") {
  FamilySet set;
  CHECK(set.empty());
  set.add(Family::IPv6);
  set.add(Family::IPv6);
  CHECK(set == FamilySet::of(Family::IPv6));
  CHECK(set.has(Family::IPv6));
  CHECK_FALSE(set.has(Family::IPv4));
  CHECK((FamilySet::both() & set) == set);
  CHECK((FamilySet::of(Family::IPv4) & set).empty());
}

TEST_CASE("printable text stays, and nothing of it steers a terminal") {
  CHECK(printable("router-1.example") == "router-1.example");
  CHECK(printable("gr\xc3\xbc\xc3\x9f") == "gr\xc3\xbc\xc3\x9f");
  CHECK(printable("\x1b[2J") == "\\x1b[2J");
  CHECK(printable("a\nb\tc\x7f") == "a\\x0ab\\x09c\\x7f");
  CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");              // CSI as one C1 character
  CHECK(printable("\xe2\x80\xae") == "\\xe2\\x80\\xae");     // right-to-left override
  CHECK(printable("back\\slash") == "back\\x5cslash");       // or an escape could be forged
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
}

TEST_CASE("what is no UTF-8 is shown as octets") {
  CHECK(printable("\xff") == "\\xff");
  CHECK(printable("\xc3") == "\\xc3");                       // cut
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");              // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");     // surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
  CHECK(printable("\xf0\x9f\x98\x80") == "\xf0\x9f\x98\x80");
}

TEST_CASE("long text is cut, and says so") {
  CHECK(printable("abcdef", 3) == "abc...");
  CHECK(printable("abc", 3) == "abc");
}

TEST_CASE("a value is quoted when a blank could end it") {
  CHECK(quote_if_needed("plain") == "plain");
  CHECK(quote_if_needed("two words") == "\"two words\"");
  CHECK(quote_if_needed("") == "\"\"");
  CHECK(quote_if_needed("a=b") == "\"a=b\"");
  CHECK(quote_if_needed("say \"hi\"") == "\"say \\\"hi\\\"\"");
}

TEST_CASE("a log record is one line, and a peer cannot forge another") {
  LogRecord record{LogLevel::Warn, "notification_received", "192.0.2.1", {}};
  record.fields = {{"code", "6/2"}, {"text", "x\nevent=session_up"}};
  CHECK(to_text(record) ==
        "event=notification_received peer=192.0.2.1 code=6/2 text=\"x\\x0aevent=session_up\"");
  CHECK(to_text({LogLevel::Info, "started", "", {}}) == "event=started");
}

TEST_CASE("log levels have names") {
  CHECK(std::string(to_string(LogLevel::Debug)) == "debug");
  CHECK(std::string(to_string(LogLevel::Info)) == "info");
  CHECK(std::string(to_string(LogLevel::Warn)) == "warn");
  CHECK(std::string(to_string(LogLevel::Error)) == "error");
}
