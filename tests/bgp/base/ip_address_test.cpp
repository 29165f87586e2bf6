#include "bgp/base/ip_address.h"

#include <doctest/doctest.h>

#include <unordered_set>
#include <vector>

#include "bgp/base/hash.h"

using namespace bgp;

namespace {
std::string again(const char* text) {
  std::optional<IpAddress> address = IpAddress::parse(text);
  return address ? address->to_string() : "refused";
}
IpAddress ip(const char* text) { return IpAddress::parse(text).value(); }
}  // namespace

TEST_CASE("addresses print as RFC 5952 wants them") {
  CHECK(again("192.0.2.1") == "192.0.2.1");
  CHECK(again("0.0.0.0") == "0.0.0.0");
  CHECK(again("2001:DB8:0:0:0:0:0:1") == "2001:db8::1");
  CHECK(again("2001:0db8::0001") == "2001:db8::1");
  CHECK(again("2001:db8:0:0:1:0:0:1") == "2001:db8::1:0:0:1");
  CHECK(again("::") == "::");
  CHECK(again("::ffff:192.0.2.1") == "::ffff:192.0.2.1");
}

TEST_CASE("what is no address is refused") {
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4/32",
                           "fe80::1%eth0", "[::1]",
                           "::1::", "2001:db8:::1", "12345::", "localhost",
                           "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"}) {
    CAPTURE(text);
    CHECK(again(text) == "refused");
  }
  CHECK_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0", 8)).has_value());
  CHECK_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0x", 9)).has_value());
}

TEST_CASE("the same address is made from a number, from octets and from text") {
  const uint8_t octets[] = {192, 0, 2, 1};
  CHECK(IpAddress::v4(0xc0000201) == ip("192.0.2.1"));
  CHECK(IpAddress::v4(octets) == ip("192.0.2.1"));
  CHECK(IpAddress::from_bytes(octets) == ip("192.0.2.1"));
  CHECK(ip("192.0.2.1").to_u32() == 0xc0000201);
  CHECK(IpAddress::from_bytes(ip("2001:db8::1").bytes()) == ip("2001:db8::1"));
}

TEST_CASE("only 4 and 16 octets are an address") {
  const uint8_t octets[17] = {};
  for (size_t size = 0; size <= 17; ++size)
    CHECK(IpAddress::from_bytes({octets, size}).has_value() == (size == 4 || size == 16));
}

TEST_CASE("families keep apart: IPv4 sorts first, and equal octets are not equal addresses") {
  CHECK(ip("255.255.255.255") < ip("::"));
  CHECK(ip("9.0.0.0") < ip("10.0.0.0"));
  CHECK(IpAddress::unspecified(Family::IPv4) != IpAddress::unspecified(Family::IPv6));
  CHECK(IpAddress() == IpAddress::unspecified(Family::IPv4));
  CHECK(ip("1.2.3.4").bits() == 32);
  CHECK(ip("::").bits() == 128);
}

TEST_CASE("special addresses are known") {
  struct {
    const char* text;
    const char* kind;
  } rows[] = {{"0.0.0.0", "U"},   {"::", "U"},       {"127.0.0.1", "L"}, {"127.255.0.0", "L"}, {"::1", "L"},
              {"224.0.0.1", "M"}, {"239.1.1.1", "M"}, {"ff02::1", "M"},   {"169.254.1.1", "l"}, {"fe80::1", "l"},
              {"febf::1", "l"},   {"fec0::1", ""},    {"192.0.2.1", ""},  {"240.0.0.1", ""},    {"2001:db8::1", ""},
              {"::2", ""}};
  for (const auto& row : rows) {
    CAPTURE(row.text);
    IpAddress a = ip(row.text);
    std::string kind = std::string(a.is_unspecified() ? "U" : "") + (a.is_loopback() ? "L" : "") +
                       (a.is_multicast() ? "M" : "") + (a.is_link_local() ? "l" : "");
    CHECK(kind == row.kind);
  }
}

TEST_CASE("a hash set tells a thousand neighbouring addresses apart") {
  std::unordered_set<IpAddress> set;
  for (uint32_t i = 0; i < 1000; ++i) set.insert(IpAddress::v4(0x0a000000 + i));
  CHECK(set.size() == 1000);
  CHECK(set.contains(ip("10.0.3.231")));
  CHECK_FALSE(set.contains(ip("10.0.3.232")));
}

TEST_CASE("what falls into one slot under one seed does not under another") {
  auto slot = [](uint32_t n) { return std::hash<IpAddress>()(IpAddress::v4(n)) % 1024; };
  std::vector<uint32_t> together;
  std::unordered_set<size_t> apart;
  hash_seed = 0x0123456789abcdefULL;
  for (uint32_t n = 0; together.size() < 64; ++n)
    if (slot(n) == 5) together.push_back(n);
  hash_seed = 0xfedcba9876543210ULL;
  for (uint32_t n : together) apart.insert(slot(n));
  hash_seed = 0;
  CHECK(apart.size() > 48);
}
