#include "bgp/policy/edits.h"

#include <doctest/doctest.h>

#include "bgp/policy/export_attributes.h"
#include "bgp/policy/filter.h"
#include "bgp/policy/local_origin.h"

namespace bgp::policy {
namespace {

const Bytes kOrigin = {0x40, 1, 1, 0};  // ORIGIN IGP alone

std::string path_after(const Edits& edits) { return wire::as_path_text(apply(edits, kOrigin, false)); }
std::vector<std::string> communities_after(const Edits& edits, ByteView set) {
  return wire::communities_text(apply(edits, set, false));
}
std::optional<uint32_t> local_pref_after(const Edits& edits, ByteView set, bool is_local) {
  return wire::facts_of(apply(edits, set, is_local)).local_pref;
}

TEST_CASE("nothing to edit leaves the set as it is") {
  CHECK(apply({}, kOrigin, false) == kOrigin);
  CHECK(Edits{}.empty());
}

TEST_CASE("addCommunity adds what is not there, plain and large") {
  using Texts = std::vector<std::string>;
  const Edits edits{.communities = {0x00010002, 0x00010002, 0x00030004}, .large_communities = {{1, 2, 3}}};
  const Bytes once = apply(edits, kOrigin, false);
  CHECK(communities_after(edits, kOrigin) == Texts{"1:2", "3:4", "1:2:3"});
  CHECK(apply(edits, once, false) == once);
  CHECK(communities_after({.communities = {0x00050006}}, once) == Texts{"1:2", "3:4", "5:6", "1:2:3"});
}

TEST_CASE("prependASPath puts the numbers in front, in the order of the list") {
  CHECK(path_after({.prepend = {Asn{65000}, Asn{65001}}}) == "65000 65001");
}

TEST_CASE("operations one after the other: the later stands in front, the later priority holds") {
  Edits edits{.communities = {1}, .prepend = {Asn{1}, Asn{2}}, .local_pref = 5};
  edits.add({.communities = {2}, .prepend = {Asn{3}}, .local_pref = 6});
  CHECK(edits == Edits{.communities = {1, 2}, .prepend = {Asn{3}, Asn{1}, Asn{2}}, .local_pref = 6});
}

TEST_CASE("priorities are told as LOCAL_PREF: what is not said is normal") {
  const Edits encode{.normal_priority = 1024};
  CHECK(local_pref_after(encode, kOrigin, true) == 2147482623);
  CHECK(local_pref_after(encode, with_local_origin(kOrigin, {.metric = 512}), true) == 2147483135);
  CHECK(local_pref_after(encode, kOrigin, false) == std::nullopt);  // a peer's route has what it has
  Edits lowered = encode;
  lowered.add({.local_pref = local_pref_of(2000)});
  CHECK(local_pref_after(lowered, kOrigin, true) == 2147481647);
  CHECK(priority_of(local_pref_of(512)) == 512);
  CHECK(local_pref_of(0xffffffff) == 0);
  CHECK(priority_of(0xffffffff) == 0);
}

TEST_CASE("nobody is told where a route of ours comes from") {
  const Bytes set = with_local_origin(kOrigin, {.interface = "cali1", .metric = 7});
  CHECK(local_origin_of(set) == LocalOrigin{"cali1", 7, false});
  CHECK(local_origin_of(kOrigin) == LocalOrigin{});
  const ExportSource ours{.is_local = true, .identifier = {}};
  const ExportTarget target{.local_as = Asn{1}, .is_ebgp = false, .cluster_id = {}, .self_v4 = {}, .self_v6 = {}};
  CHECK(export_attributes(set, ours, target) == export_attributes(kOrigin, ours, target));
}

// ---- rules with conditions and edits --------------------------------------------------------------------------------

Decision decide(const Filter& filter, const char* prefix, bool is_ebgp = false) {
  return Applicable(&filter, {Family::IPv4, kOrigin, false, is_ebgp, ""}).evaluate(*Prefix::parse(prefix));
}
PrefixRange inside(const char* within) { return {*Prefix::parse(within), 0, 128}; }

TEST_CASE("a rule that goes on edits, and the one that decides edits as well") {
  const Filter filter{{{.any_of = {inside("10.1.0.0/16")}, .verdict = Verdict::Continue, .edits = {.communities = {1}}},
                       {.any_of = {inside("10.1.2.0/24")}, .verdict = Verdict::Reject},
                       {.any_of = {inside("10.0.0.0/8")}, .verdict = Verdict::Accept, .edits = {.local_pref = 7}}}};
  CHECK(decide(filter, "10.2.0.0/16").edits == Edits{.local_pref = 7});
  CHECK(decide(filter, "10.1.0.0/16").edits == Edits{.communities = {1}, .local_pref = 7});
  CHECK(decide(filter, "10.1.2.0/24").verdict == Verdict::Reject);
  CHECK(decide(filter, "10.1.2.0/24").edits.empty());
  CHECK(decide(filter, "11.0.0.0/8").verdict == Verdict::Reject);
  CHECK(Applicable(nullptr, {}).evaluate(*Prefix::parse("10.0.0.0/8")).verdict == Verdict::Reject);
}

TEST_CASE("a rule whose condition does not hold is passed over; inverted, it means the others") {
  const Filter filter{{{.any_of = {}, .verdict = Verdict::Reject, .condition = {.is_ebgp = true}},
                       {.any_of = {inside("10.0.0.0/8")}, .verdict = Verdict::Accept, .is_inverted = true}}};
  CHECK(decide(filter, "11.0.0.0/8").verdict == Verdict::Accept);
  CHECK(decide(filter, "10.1.0.0/16").verdict == Verdict::Reject);
  CHECK(decide(filter, "11.0.0.0/8", true).verdict == Verdict::Reject);
  CHECK(filter.evaluate(*Prefix::parse("11.0.0.0/8")) == Verdict::Accept);
  CHECK_FALSE(filter.asks_about_interfaces());
  CHECK(Filter{{{.any_of = {}, .condition = {.interface = "eth*"}}}}.asks_about_interfaces());
}

}  // namespace
}  // namespace bgp::policy
