#include "bgp/policy/filter.h"

#include <doctest/doctest.h>

namespace bgp::policy {
namespace {

PrefixRange range(const char* within, uint8_t length_min = 0, uint8_t length_max = 128) {
  return {*Prefix::parse(within), length_min, length_max};
}

bool accepts(const Filter& filter, const char* prefix) {
  return filter.evaluate(*Prefix::parse(prefix)) == Verdict::Accept;
}

TEST_CASE("the first rule that matches decides, no match rejects") {
  Filter filter{{{{range("10.1.0.0/16")}, Verdict::Reject},
                 {{range("10.0.0.0/8"), range("2001:db8::/32")}, Verdict::Accept}}};
  CHECK(accepts(filter, "10.0.0.0/8"));
  CHECK(accepts(filter, "10.2.0.0/16"));
  CHECK_FALSE(accepts(filter, "10.1.0.0/16"));
  CHECK_FALSE(accepts(filter, "10.1.2.0/24"));
  CHECK(accepts(filter, "2001:db8:1::/48"));
  CHECK_FALSE(accepts(filter, "11.0.0.0/8"));
  CHECK_FALSE(accepts(Filter{}, "10.0.0.0/8"));
}

TEST_CASE("a range bounds the length at both ends, both included") {
  Filter filter{{{{range("10.0.0.0/8", 24, 26)}, Verdict::Accept}}};
  CHECK_FALSE(accepts(filter, "10.0.0.0/23"));
  CHECK(accepts(filter, "10.0.0.0/24"));
  CHECK(accepts(filter, "10.0.0.0/26"));
  CHECK_FALSE(accepts(filter, "10.0.0.0/27"));
  CHECK_FALSE(accepts(filter, "11.0.0.0/24"));
}

TEST_CASE("a default route of one family says nothing about the other") {
  Filter filter{{{{range("0.0.0.0/0")}, Verdict::Accept}}};
  CHECK(accepts(filter, "192.0.2.0/24"));
  CHECK_FALSE(accepts(filter, "2001:db8::/32"));
}

TEST_CASE("a rule without ranges matches everything") {
  CHECK(accepts(*accept_all(), "0.0.0.0/0"));
  CHECK(accepts(*accept_all(), "ff00::/8"));
}

TEST_CASE("martians are rejected, the default route and everything else is not") {
  for (const char* martian : {"0.0.0.0/8", "0.1.0.0/16", "127.0.0.0/8", "127.0.0.1/32", "224.0.0.0/4", "239.1.2.3/32",
                              "240.0.0.0/4", "255.255.255.255/32", "::/128", "::1/128", "fe80::/10", "fe80::1/128",
                              "ff00::/8", "ff02::1/128"}) {
    INFO(martian);
    CHECK_FALSE(accepts(*reject_martians(), martian));
  }
  for (const char* fine : {"0.0.0.0/0", "::/0", "0.0.0.0/1", "1.0.0.0/8", "10.0.0.0/8", "126.0.0.0/8", "128.0.0.0/8",
                           "223.255.255.0/24", "::/127", "2001:db8::/32", "fc00::/7", "fec0::/10"}) {
    INFO(fine);
    CHECK(accepts(*reject_martians(), fine));
  }
}

TEST_CASE("a filter whose first rule is about every prefix has nothing to ask, unless the rule edits or goes on") {
  const Rule some{{range("10.0.0.0/8")}, Verdict::Reject}, none{{}, Verdict::Reject}, all{{}, Verdict::Accept};
  const Rule marks{.any_of = {}, .verdict = Verdict::Continue, .edits = {.communities = {1}}};
  const auto fares = [](std::vector<Rule> rules) {
    const Filter filter{std::move(rules)};
    const Applicable applicable(&filter, {});
    return std::pair(applicable.accepts_all(), applicable.rejects_all());
  };
  CHECK(fares({all, some}) == std::pair(true, false));
  CHECK(fares({none, all}) == std::pair(false, true));
  CHECK(fares({}) == std::pair(false, true));
  CHECK(fares({some, all}) == std::pair(false, false));
  CHECK(fares({marks, none}) == std::pair(false, false));
  CHECK(Applicable(nullptr, {}).rejects_all());
}

TEST_CASE("filters are compared by value") {
  CHECK(same(nullptr, nullptr));
  CHECK_FALSE(same(nullptr, accept_all()));
  CHECK(same(std::make_shared<Filter>(*accept_all()), accept_all()));
  CHECK_FALSE(same(accept_all(), reject_martians()));
}

}  // namespace
}  // namespace bgp::policy
