// BGPFilter, field by field: what a rule makes of the routes of a peer that names it, and where its word ends.
#include <doctest/doctest.h>

#include "bgp/policy/local_origin.h"
#include "tests/support/stored.h"

using namespace config::desired;
using bgp::Asn;
using bgp::Family;
using bgp::policy::Decision;
using bgp::policy::Edits;
using bgp::policy::FilterPtr;
using bgp::policy::LocalOrigin;
using bgp::policy::Verdict;
using bgp::wire::AttributeCode;

namespace {

const std::string kPool = v3("IPPool", "pool", "cidr: 192.168.0.0/16") + v3("IPPool", "six", "cidr: 'fd80::/64'");

Resolved with_filters(const std::string& filters, const std::string& names = "f", const std::string& more = "") {
  return resolved(kMeshOff + node("n1", "ipv4Address: 10.0.0.1, ipv6Address: 'fd00::1', asNumber: 65000") + kPool +
                  block("n1", "192.168.1.0/26") + filters + more +
                  v3("BGPPeer", "p", "peerIP: 10.0.0.9, asNumber: 65009, filters: [" + names + "]"));
}
Resolved with_rules(const std::string& direction, const std::string& rules) {
  return with_filters(v3("BGPFilter", "f", direction + ": [" + rules + "]"));
}

// AS_PATH 65009 65010, community 65009:1, LOCAL_PREF of priority 512.
bgp::Bytes received() {
  namespace flag = bgp::wire::flag;
  bgp::wire::AttributeEditor edit({});
  edit.set(AttributeCode::Origin, flag::kTransitive, bgp::Bytes{0});
  edit.set(AttributeCode::AsPath, flag::kTransitive, bgp::Bytes{2, 2, 0, 0, 0xfd, 0xf1, 0, 0, 0xfd, 0xf2});
  edit.set(AttributeCode::LocalPref, flag::kTransitive, bgp::wire::be32(bgp::policy::local_pref_of(512)));
  edit.set(AttributeCode::Communities, flag::kOptional | flag::kTransitive, bgp::Bytes{0xfd, 0xf1, 0, 1});
  return edit.finish();
}

Decision decide(const FilterPtr& filter, const char* prefix, bool is_local, const LocalOrigin& origin = {},
                bool is_ebgp = true) {
  REQUIRE(filter != nullptr);
  const bgp::Prefix parsed = *bgp::Prefix::parse(prefix);
  const bgp::Bytes set = is_local ? bgp::policy::with_local_origin(bgp::Bytes{0x40, 1, 1, 0}, origin) : received();
  return bgp::policy::Applicable(filter.get(), {parsed.family(), set, is_local, is_ebgp, "eth0"}).evaluate(parsed);
}

bool exports(const std::string& rules, const char* prefix, bool is_local = true, const LocalOrigin& origin = {}) {
  return decide(with_rules("exportV4", rules).config.peers.at(0)->export_, prefix, is_local, origin).verdict == Verdict::Accept;
}
bool imports(const std::string& rules, const char* prefix) {
  return decide(with_rules("importV4", rules).config.peers.at(0)->import, prefix, false).verdict == Verdict::Accept;
}
Edits export_edits(const std::string& operations) {
  return decide(with_rules("exportV4", "{action: Accept, operations: [" + operations + "]}").config.peers.at(0)->export_,
                "10.0.0.0/8", true).edits;
}

}  // namespace

TEST_CASE("filters: a peer without any shares the common filters; one whose filters say nothing of a direction does too") {
  CHECK(with_filters("", "").config.peers[0]->export_ == nullptr);
  CHECK(with_filters("", "").config.peers[0]->import == nullptr);
  CHECK(with_rules("exportV4", "{action: Accept}").config.peers[0]->import == nullptr);
  CHECK(with_rules("importV4", "{action: Accept}").config.peers[0]->export_ == nullptr);
}

TEST_CASE("filters: their rules are asked in the order of the list, and the first word is final") {
  const std::string two = v3("BGPFilter", "f", "exportV4: [{action: Reject, cidr: 10.0.0.0/8, matchOperator: In}]") +
                          v3("BGPFilter", "g", "exportV4: [{action: Accept, cidr: 10.0.0.0/8, matchOperator: In}]");
  CHECK(decide(with_filters(two, "f, g").config.peers[0]->export_, "10.1.0.0/16", true).verdict == Verdict::Reject);
  CHECK(decide(with_filters(two, "g, f").config.peers[0]->export_, "10.1.0.0/16", true).verdict == Verdict::Accept);
}

TEST_CASE("filters: a name that no BGPFilter has is passed over with a warning") {
  const Resolved r = with_filters("", "gone");
  CHECK(r.config.peers[0]->import == nullptr);
  CHECK(warnings(r) == "filter_missing p\n");
}

TEST_CASE("action: what Accept says is final, what no rule says goes on to Calico's own rules") {
  CHECK(exports("{action: Accept, cidr: 10.0.0.0/8, matchOperator: In}", "10.1.0.0/16"));         // in no pool
  CHECK(exports("{action: Accept, cidr: 192.168.1.0/26, matchOperator: In}", "192.168.1.7/32"));  // inside an own block
  CHECK_FALSE(exports("{action: Reject, cidr: 192.168.1.0/26, matchOperator: In}", "192.168.1.0/26"));
  CHECK(exports("{action: Reject, cidr: 192.168.1.0/26, matchOperator: In}", "192.168.7.0/26"));
  CHECK_FALSE(exports("{action: Reject, cidr: 192.168.1.0/26, matchOperator: In}", "10.1.0.0/16"));
  CHECK_FALSE(imports("{action: Reject, cidr: 10.0.0.0/8, matchOperator: In}", "10.1.0.0/16"));
  CHECK(imports("{action: Reject, cidr: 10.0.0.0/8, matchOperator: In}", "11.0.0.0/8"));
  CHECK_FALSE(imports("{action: Accept}", "127.0.0.0/8"));  // a martian is none of a filter's business
}

TEST_CASE("cidr, matchOperator, prefixLength") {
  struct Row { const char* rule; const char* prefix; bool matches; };
  for (const Row& row : {
           Row{"cidr: 10.0.0.0/8, matchOperator: Equal", "10.0.0.0/8", true},
           {"cidr: 10.0.0.0/8, matchOperator: Equal", "10.0.0.0/9", false},
           {"cidr: 10.0.0.0/8, matchOperator: NotEqual", "10.0.0.0/9", true},
           {"cidr: 10.0.0.0/8, matchOperator: NotEqual", "10.0.0.0/8", false},
           {"cidr: 10.0.0.0/8, matchOperator: In", "10.0.0.0/8", true},
           {"cidr: 10.0.0.0/8, matchOperator: In", "10.1.2.3/32", true},
           {"cidr: 10.0.0.0/8, matchOperator: In", "8.0.0.0/6", false},
           {"cidr: 10.0.0.0/8, matchOperator: NotIn", "10.1.2.3/32", false},
           {"cidr: 10.0.0.0/8, matchOperator: NotIn", "11.0.0.0/8", true},
           {"cidr: 10.0.0.0/8, matchOperator: In, prefixLength: {min: 16, max: 24}", "10.1.0.0/15", false},
           {"cidr: 10.0.0.0/8, matchOperator: In, prefixLength: {min: 16, max: 24}", "10.1.0.0/16", true},
           {"cidr: 10.0.0.0/8, matchOperator: In, prefixLength: {min: 16, max: 24}", "10.1.0.0/25", false},
           {"cidr: 10.0.0.0/8, matchOperator: In, prefixLength: {min: 4}", "8.0.0.0/7", false},
           {"cidr: 10.0.0.0/8, matchOperator: NotIn, prefixLength: {max: 16}", "10.1.0.0/16", false},
           {"cidr: 10.0.0.0/8, matchOperator: NotIn, prefixLength: {max: 16}", "10.1.1.0/24", true},
       }) {
    CAPTURE(row.rule);
    CAPTURE(row.prefix);
    CHECK(imports("{action: Reject, " + std::string(row.rule) + "}", row.prefix) != row.matches);
  }
}

TEST_CASE("importV6, exportV6: a rule without cidr means its own family alone") {
  const Resolved r = with_filters(v3("BGPFilter", "f", "importV6: [{action: Reject}], exportV6: [{action: Reject}]"));
  CHECK(decide(r.config.peers[0]->import, "10.0.0.0/8", false).verdict == Verdict::Accept);
  CHECK(decide(r.config.peers[0]->import, "2001:db8::/32", false).verdict == Verdict::Reject);
  CHECK(decide(r.config.peers[0]->export_, "192.168.7.0/26", true).verdict == Verdict::Accept);
  CHECK(decide(r.config.peers[0]->export_, "fd80::/122", true).verdict == Verdict::Reject);
}

TEST_CASE("source RemotePeers: of an export rule what was learned by BGP; of an import rule everything") {
  CHECK(exports("{action: Reject, source: RemotePeers}", "192.168.7.0/26", true));
  CHECK_FALSE(exports("{action: Reject, source: RemotePeers}", "192.168.7.0/26", false));
  CHECK_FALSE(imports("{action: Reject, source: RemotePeers}", "10.0.0.0/8"));
}

TEST_CASE("interface: where the route leads") {
  CHECK_FALSE(exports("{action: Reject, interface: 'cali*'}", "192.168.7.1/32", true, {.interface = "cali123"}));
  CHECK(exports("{action: Reject, interface: 'cali*'}", "192.168.7.1/32", true, {.interface = "eth0"}));
  CHECK_FALSE(imports("{action: Reject, interface: eth0}", "10.0.0.0/8"));
}

TEST_CASE("peerType: eBGP or iBGP, by the session") {
  const FilterPtr filter = with_rules("exportV4", "{action: Reject, peerType: iBGP}").config.peers[0]->export_;
  CHECK(decide(filter, "192.168.7.0/26", true, {}, true).verdict == Verdict::Accept);
  CHECK(decide(filter, "192.168.7.0/26", true, {}, false).verdict == Verdict::Reject);
  CHECK_FALSE(imports("{action: Reject, peerType: eBGP}", "10.0.0.0/8"));
}

TEST_CASE("communities, asPathPrefix, priority") {
  CHECK_FALSE(imports("{action: Reject, communities: {values: ['65009:1']}}", "10.0.0.0/8"));
  CHECK(imports("{action: Reject, communities: {values: ['65009:2']}}", "10.0.0.0/8"));
  CHECK(imports("{action: Reject, communities: {values: ['65009:1:1']}}", "10.0.0.0/8"));
  CHECK_FALSE(imports("{action: Reject, asPathPrefix: [65009, 65010]}", "10.0.0.0/8"));
  CHECK(imports("{action: Reject, asPathPrefix: [65010]}", "10.0.0.0/8"));
  CHECK_FALSE(imports("{action: Reject, priority: 512}", "10.0.0.0/8"));
  CHECK(imports("{action: Reject, priority: 1024}", "10.0.0.0/8"));
  CHECK_FALSE(exports("{action: Reject, priority: 1024}", "192.168.7.1/32"));
  CHECK_FALSE(exports("{action: Reject, priority: 7}", "192.168.7.1/32", true, {.metric = 7}));
}

TEST_CASE("addCommunity, prependASPath, setPriority") {
  CHECK(export_edits("{addCommunity: {value: '65000:7'}}, {addCommunity: {value: '1:2:3'}}") ==
        Edits{.communities = {0xfde80007}, .large_communities = {{1, 2, 3}}});
  CHECK(export_edits("{prependASPath: {prefix: [1, 2]}}, {prependASPath: {prefix: [3]}}") ==
        Edits{.prepend = {Asn{3}, Asn{1}, Asn{2}}});
  CHECK(export_edits("{setPriority: {value: 512}}") == Edits{.local_pref = 2147483135});
}

TEST_CASE("the other end of a peering has its filters as well, as upstream; a mesh has none") {
  const std::string text = labelled("n1", "a: b", "ipv4Address: 10.0.0.1") + kN2 + kMeshOff +
                           v3("BGPFilter", "f", "importV4: [{action: Reject}]") +
                           v3("BGPPeer", "p", "node: n2, peerSelector: a == 'b', filters: [f]");
  CHECK(resolved(text).config.peers.at(0)->import != nullptr);
  CHECK(resolved(text, "n2").config.peers.at(0)->import != nullptr);
  CHECK(resolved(kN1 + kN2 + v3("BGPFilter", "f", "importV4: [{action: Reject}]")).config.peers.at(0)->import == nullptr);
}

TEST_CASE("a change of a BGPFilter changes the filters of the peers that name it, and no session") {
  const Resolved before = with_rules("importV4", "{action: Accept}");
  const Resolved after = with_rules("importV4", "{action: Reject}");
  CHECK(before.config.peers[0]->session == after.config.peers[0]->session);
  CHECK_FALSE(before.config.peers[0] == after.config.peers[0]);
  CHECK(bgp::policy::same(before.config.export_filter, after.config.export_filter));
}
