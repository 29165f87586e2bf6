// Each thing that a rule may ask of a route, as a table: the condition, the route, and whether it holds.
#include "bgp/policy/condition.h"

#include <doctest/doctest.h>

#include "bgp/policy/local_origin.h"

namespace bgp::policy {
namespace {

using wire::AttributeCode;
using wire::AttributeEditor;

// AS_PATH 65001 65002, LOCAL_PREF 2147483647 - 512, communities 65001:1 65001:2 and 1:2:3.
Bytes received() {
  AttributeEditor edit({});
  edit.set(AttributeCode::Origin, wire::flag::kTransitive, Bytes{0});
  edit.set(AttributeCode::AsPath, wire::flag::kTransitive, Bytes{2, 2, 0, 0, 0xfd, 0xe9, 0, 0, 0xfd, 0xea});
  edit.set(AttributeCode::LocalPref, wire::flag::kTransitive, wire::be32(kPriorityMax - 512));
  edit.set(AttributeCode::Communities, wire::flag::kOptional | wire::flag::kTransitive,
           Bytes{0xfd, 0xe9, 0, 1, 0xfd, 0xe9, 0, 2});
  edit.set(AttributeCode::LargeCommunities, wire::flag::kOptional | wire::flag::kTransitive,
           Bytes{0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3});
  return edit.finish();
}

bool holds_for_received(const Condition& condition) {
  Bytes set = received();
  return condition.holds({Family::IPv4, set, false, true, "eth0"});
}

bool holds_for_local(const Condition& condition, const LocalOrigin& origin) {
  Bytes set = with_local_origin(Bytes{0x40, 1, 1, 0}, origin);
  return condition.holds({Family::IPv4, set, true, true, "eth0"});
}

Condition community(uint32_t value) { return {.community = value}; }
Condition large(uint32_t a, uint32_t b, uint32_t c) { return {.large_community = LargeCommunity{a, b, c}}; }
Condition path(std::vector<Asn> prefix) { return {.as_path_prefix = std::move(prefix)}; }
Condition priority(uint32_t value) { return {.priority = PriorityRange{value, value}}; }
Condition interface(const char* pattern) { return {.interface = pattern}; }

TEST_CASE("a condition that says nothing holds for every route") {
  CHECK(holds_for_received({}));
  CHECK(Condition{}.holds({}));
}

TEST_CASE("family, peer type and source") {
  CHECK(holds_for_received({.family = Family::IPv4}));
  CHECK_FALSE(holds_for_received({.family = Family::IPv6}));
  CHECK(holds_for_received({.is_ebgp = true}));
  CHECK_FALSE(holds_for_received({.is_ebgp = false}));
  CHECK(holds_for_received({.is_local = false}));
  CHECK_FALSE(holds_for_received({.is_local = true}));
  CHECK(holds_for_local({.is_local = true}, {}));
  CHECK_FALSE(holds_for_local({.is_local = false}, {}));
}

TEST_CASE("communities, plain and large: one of those that the route carries") {
  CHECK(holds_for_received(community(0xfde90002)));
  CHECK_FALSE(holds_for_received(community(0xfde90003)));
  CHECK_FALSE(holds_for_received(community(0x0001fde9)));  // these four octets are there, but not as one community
  CHECK(holds_for_received(large(1, 2, 3)));
  CHECK_FALSE(holds_for_received(large(1, 2, 4)));
  CHECK_FALSE(holds_for_local(community(0xfde90002), {}));
}

TEST_CASE("asPathPrefix: how the path begins") {
  CHECK(holds_for_received(path({Asn{65001}})));
  CHECK(holds_for_received(path({Asn{65001}, Asn{65002}})));
  CHECK_FALSE(holds_for_received(path({Asn{65002}})));
  CHECK_FALSE(holds_for_received(path({Asn{65001}, Asn{65002}, Asn{65003}})));
  CHECK_FALSE(holds_for_local(path({Asn{65001}}), {}));
}

TEST_CASE("asPathPrefix goes on over segments, and ends at an AS_SET") {
  auto holds = [](const Bytes& value, std::vector<Asn> prefix) {
    AttributeEditor edit({});
    edit.set(AttributeCode::AsPath, wire::flag::kTransitive, value);
    Bytes set = edit.finish();
    return path(std::move(prefix)).holds({Family::IPv4, set, false, true, ""});
  };
  const Bytes two = {2, 1, 0, 0, 0, 1, 2, 1, 0, 0, 0, 2};
  const Bytes set_behind = {2, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 2};
  CHECK(holds(two, {Asn{1}, Asn{2}}));
  CHECK(holds(set_behind, {Asn{1}}));
  CHECK_FALSE(holds(set_behind, {Asn{1}, Asn{2}}));
}

TEST_CASE("priority: of a peer's route what LOCAL_PREF says, of ours the kernel's metric, else the normal one") {
  CHECK(holds_for_received(priority(512)));
  CHECK_FALSE(holds_for_received(priority(1024)));
  CHECK(holds_for_local(priority(1024), {}));
  CHECK(holds_for_local({.priority = PriorityRange{700, 700, 700}}, {}));
  CHECK(holds_for_local(priority(512), {.metric = 512}));
  CHECK_FALSE(holds_for_local(priority(1024), {.metric = 512}));
  CHECK(holds_for_local({.priority = PriorityRange{0, 1023}}, {.metric = 512}));
  CHECK_FALSE(holds_for_local({.priority = PriorityRange{0, 1023}}, {}));
}

TEST_CASE("interface: of a peer's route where its next hop leads, of ours what the kernel says") {
  CHECK(holds_for_received(interface("eth0")));
  CHECK(holds_for_received(interface("eth*")));
  CHECK_FALSE(holds_for_received(interface("eth1")));
  CHECK(holds_for_local(interface("cali*"), {.interface = "cali123"}));
  CHECK_FALSE(holds_for_local(interface("eth0"), {.interface = "cali123"}));
  CHECK_FALSE(holds_for_local(interface("*"), {}));  // a block is over none
  CHECK(holds_for_local({.has_gateway = true}, {.interface = "eth0", .has_gateway = true}));
  CHECK_FALSE(holds_for_local({.has_gateway = true}, {.interface = "cali1"}));
  CHECK_FALSE(holds_for_received({.has_gateway = true}));
}

TEST_CASE("what a peer sends as type 255 is not taken for where a route of ours comes from") {
  Bytes set = with_local_origin(received(), {.interface = "cali1", .metric = 1, .has_gateway = true});
  RouteFacts route{Family::IPv4, set, false, true, ""};
  CHECK_FALSE(interface("cali1").holds(route));
  CHECK_FALSE(priority(1).holds(route));
  CHECK_FALSE(Condition{.has_gateway = true}.holds(route));
}

TEST_CASE("all that a condition says must hold") {
  CHECK(holds_for_received({.is_ebgp = true, .community = 0xfde90001}));
  CHECK_FALSE(holds_for_received({.is_ebgp = false, .community = 0xfde90001}));
  CHECK_FALSE(holds_for_received({.is_ebgp = true, .community = 7}));
}

TEST_CASE("patterns of interfaces") {
  struct Row { const char* pattern; const char* text; bool matches; };
  for (const Row& row : {Row{"eth0", "eth0", true}, {"eth0", "eth01", false}, {"*", "", true}, {"*", "x", true},
                         {"*.cali", "vxlan.cali", true}, {"*.cali", "vxlan.calico", false}, {"bpf*.cali", "bpfin.cali", true},
                         {"a*b*c", "axxbyyc", true}, {"a*b*c", "axxbyy", false}, {"a*ab", "aaab", true}, {"", "x", false}}) {
    CAPTURE(row.pattern);
    CAPTURE(row.text);
    CHECK(matches_pattern(row.pattern, row.text) == row.matches);
  }
}

}  // namespace
}  // namespace bgp::policy
