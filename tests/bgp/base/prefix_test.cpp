#include "bgp/base/prefix.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

using namespace bgp;

namespace {
Prefix prefix(const char* text) { return Prefix::parse(text).value(); }
std::string loose(const char* text) {
  std::optional<Prefix> parsed = Prefix::parse_loose(text);
  return parsed ? parsed->to_string() : "refused";
}
}  // namespace

TEST_CASE("a prefix reads back as it was written") {
  for (const char* text : {"0.0.0.0/0", "10.0.0.0/8", "10.128.0.0/9", "192.0.2.1/32", "::/0", "2001:db8::/32",
                           "2001:db8::1/128"})
    CHECK(prefix(text).to_string() == text);
}

TEST_CASE("what is no prefix is refused") {
  for (const char* text : {"", "/", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.0/08x",
                           "/8", "::/129", "10.0.0.0/256", "10.0.0.0/4294967304"}) {
    CAPTURE(text);
    CHECK_FALSE(Prefix::parse(text).has_value());
  }
}

TEST_CASE("host bits are refused by parse and cleared by parse_loose and the constructor") {
  CHECK_FALSE(Prefix::parse("10.0.0.1/8").has_value());
  CHECK_FALSE(Prefix::parse("2001:db8::1/64").has_value());
  CHECK(loose("10.0.0.1/8") == "10.0.0.0/8");
  CHECK(loose("10.255.0.0/9") == "10.128.0.0/9");
  CHECK(loose("10.0.0.1") == "10.0.0.1/32");
  CHECK(loose("::1") == "::1/128");
  CHECK(loose("10.0.0.1/40") == "refused");
  CHECK(Prefix(IpAddress::v4(0xffffffff), 0).to_string() == "0.0.0.0/0");
  CHECK(Prefix(IpAddress::v4(0x0a000001), 99).to_string() == "10.0.0.1/32");
}

TEST_CASE("a prefix contains its addresses and its subnets, in its family") {
  CHECK(prefix("10.0.0.0/8").contains(*IpAddress::parse("10.255.255.255")));
  CHECK_FALSE(prefix("10.0.0.0/8").contains(*IpAddress::parse("11.0.0.0")));
  CHECK(prefix("10.0.0.0/8").contains(prefix("10.0.0.0/8")));
  CHECK(prefix("10.0.0.0/8").contains(prefix("10.1.0.0/16")));
  CHECK_FALSE(prefix("10.1.0.0/16").contains(prefix("10.0.0.0/8")));
  CHECK(prefix("0.0.0.0/0").contains(prefix("192.0.2.1/32")));
  CHECK_FALSE(prefix("0.0.0.0/0").contains(prefix("::/0")));
  CHECK_FALSE(prefix("::/0").contains(*IpAddress::parse("10.0.0.1")));
}

TEST_CASE("a prefix of any length contains an address exactly if their first bits are equal, and clears the others") {
  for (const char* text : {"203.180.37.90", "2001:db8:ffff:a5a5:5a5a:1:fffe:8001"}) {
    const IpAddress address = *IpAddress::parse(text);
    for (unsigned length = 0; length <= address.bits(); ++length) {
      const Prefix within(address, static_cast<uint8_t>(length));
      for (unsigned bit = 0; bit < address.bits(); ++bit) {
        std::array<uint8_t, 16> octets{};
        std::copy(address.bytes().begin(), address.bytes().end(), octets.begin());
        octets[bit / 8] = static_cast<uint8_t>(octets[bit / 8] ^ 0x80 >> bit % 8);
        const IpAddress other = *IpAddress::from_bytes({octets.data(), address.bytes().size()});
        CAPTURE(length);
        CAPTURE(bit);
        CHECK(within.contains(other) == (bit >= length));
        CHECK((Prefix(other, static_cast<uint8_t>(length)) == within) == (bit >= length));
      }
    }
  }
}

TEST_CASE("a supernet sorts before what it contains, and families keep apart") {
  CHECK(prefix("10.0.0.0/8") < prefix("10.0.0.0/16"));
  CHECK(prefix("10.0.0.0/16") < prefix("10.1.0.0/16"));
  CHECK(prefix("255.0.0.0/8") < prefix("::/0"));
  CHECK(prefix("192.0.2.1/32").is_host());
  CHECK_FALSE(prefix("::/32").is_host());
  CHECK(Prefix() == prefix("0.0.0.0/0"));
}
