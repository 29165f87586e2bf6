// BGPFilter, field by field: what is read, what is refused and in which words, how it is stored and shown.
#include "config/model/kinds/bgp_filter.h"

#include <doctest/doctest.h>

#include "bgp/base/document_limits.h"
#include "config/model/document.h"
#include "config/model/kinds.h"

using namespace config::model;

namespace {

std::string document(std::string_view spec) {
  return "{apiVersion: projectcalico.org/v3, kind: BGPFilter, metadata: {name: f}, spec: {" + std::string(spec) + "}}";
}

BgpFilter filter_of(std::string_view spec) {
  const auto read = parse_document(document(spec), "-");
  REQUIRE_MESSAGE(read.ok(), (read ? "" : read.error().to_string()));
  return read_bgp_filter(read->front());
}
FilterRule rule_of(std::string_view fields) { return filter_of("exportV4: [{" + std::string(fields) + "}]").export_v4.at(0); }

// Without "kind name: ".
std::string error_of(std::string_view spec) {
  const auto read = parse_document(document(spec), "-");
  return read ? "" : read.error().reason.substr(read.error().reason.find(": ") + 2);
}
std::string rule_error(std::string_view fields) {
  const std::string error = error_of("exportV4: [{" + std::string(fields) + "}]");
  CHECK((error.empty() || error.starts_with("exportV4[0]: ")));
  return error.empty() ? "" : error.substr(13);
}

}  // namespace

TEST_CASE("exportV4, importV4, exportV6, importV6: lists of rules of their own") {
  const BgpFilter filter = filter_of("exportV4: [{action: Accept}], importV4: [{action: Reject}, {action: Accept}], "
                                     "exportV6: [{action: Accept}, {action: Accept}, {action: Reject}], importV6: []");
  CHECK(filter.export_v4.size() == 1);
  CHECK(filter.import_v4.size() == 2);
  CHECK(filter.export_v6.size() == 3);
  CHECK(filter.import_v6.empty());
  CHECK(filter_of("").export_v4.empty());
  CHECK(error_of("exportV4: [{action: Accept}, {action: Maybe}]") ==
        "exportV4[1]: error with field action = 'Maybe' (must be Accept or Reject)");
}

TEST_CASE("action") {
  CHECK(rule_of("action: Accept").accepts);
  CHECK_FALSE(rule_of("action: Reject").accepts);
  CHECK(rule_error("cidr: 10.0.0.0/8, matchOperator: In") == "error with field action = '' (must be Accept or Reject)");
}

TEST_CASE("cidr and matchOperator") {
  CHECK(rule_of("action: Accept, cidr: 10.0.0.0/8, matchOperator: Equal").match == MatchOperator::Equal);
  CHECK(rule_of("action: Accept, cidr: 10.0.0.0/8, matchOperator: NotEqual").match == MatchOperator::NotEqual);
  CHECK(rule_of("action: Accept, cidr: 10.0.0.0/8, matchOperator: In").match == MatchOperator::In);
  CHECK(rule_of("action: Accept, cidr: 10.0.0.0/8, matchOperator: NotIn").match == MatchOperator::NotIn);
  CHECK(rule_of("action: Accept, cidr: 77.0.0.1/16, matchOperator: In").cidr == bgp::Prefix::parse("77.0.0.0/16"));
  const char* const kBoth = "(cidr and matchOperator must both be set or both be empty)";
  CHECK(rule_error("action: Accept, cidr: 10.0.0.0/24") == std::string("error with field cidr = '10.0.0.0/24' ") + kBoth);
  CHECK(rule_error("action: Accept, matchOperator: In") == std::string("error with field matchOperator = 'In' ") + kBoth);
  CHECK(rule_error("action: Accept, cidr: 'fd00::/8', matchOperator: In") ==
        "error with field cidr = 'fd00::/8' (must be an IPv4 CIDR)");
  CHECK(error_of("importV6: [{action: Accept, cidr: 10.0.0.0/8, matchOperator: In}]") ==
        "importV6[0]: error with field cidr = '10.0.0.0/8' (must be an IPv6 CIDR)");
  CHECK(rule_error("action: Accept, cidr: 10.0.0.0/8, matchOperator: Within") ==
        "error with field matchOperator = 'Within' (must be Equal, NotEqual, In or NotIn)");
}

TEST_CASE("prefixLength") {
  const FilterRule rule = rule_of("action: Accept, cidr: 10.0.0.0/8, matchOperator: In, prefixLength: {min: 16, max: 24}");
  CHECK(rule.length_min == 16);
  CHECK(rule.length_max == 24);
  CHECK_FALSE(rule_of("action: Accept, cidr: 10.0.0.0/8, matchOperator: In, prefixLength: {max: 9}").length_min);
  CHECK(rule_error("action: Accept, prefixLength: {min: 16}") ==
        "error with field prefixLength = '' (cidr is required when prefixLength is set)");
  CHECK(rule_error("action: Accept, cidr: 10.0.0.0/8, matchOperator: In, prefixLength: {max: 33}") ==
        "max 33 is out of range (0..32)");
  CHECK(error_of("exportV6: [{action: Accept, cidr: 'fd00::/8', matchOperator: In, prefixLength: {max: 128}}]").empty());
}

TEST_CASE("source, interface, peerType") {
  CHECK(rule_of("action: Accept, source: RemotePeers").remote_peers);
  CHECK(rule_error("action: Accept, source: Local") == "error with field source = 'Local' (must be RemotePeers)");
  CHECK(rule_of("action: Accept, interface: 'cali*'").interface == "cali*");
  CHECK(rule_of("action: Accept, interface: '*'").interface == "*");
  CHECK(rule_error("action: Accept, interface: 'eth 0'") ==
        "error with field interface = 'eth 0' (must match ^[a-zA-Z0-9_.*-]{1,15}$)");
  CHECK(rule_error("action: Accept, interface: a234567890123456") ==
        "error with field interface = 'a234567890123456' (must match ^[a-zA-Z0-9_.*-]{1,15}$)");
  CHECK(rule_of("action: Accept, peerType: eBGP").is_ebgp == true);
  CHECK(rule_of("action: Accept, peerType: iBGP").is_ebgp == false);
  CHECK(rule_error("action: Accept, peerType: ebgp") == "error with field peerType = 'ebgp' (must be eBGP or iBGP)");
}

TEST_CASE("communities") {
  CHECK(rule_of("action: Accept, communities: {values: ['65000:100']}").community == Community{{65000, 100}});
  CHECK(rule_of("action: Accept, communities: {values: ['4294967295:2:3']}").community == Community{{4294967295, 2, 3}});
  CHECK(rule_error("action: Accept, communities: {values: []}") ==
        "error with field values = '0' (must be exactly one community)");
  CHECK(rule_error("action: Accept, communities: {values: ['1:1', '1:2']}") ==
        "error with field values = '2' (must be exactly one community)");
  CHECK(rule_error("action: Accept, communities: {values: ['65536:1']}") ==
        "error with field values = '65536:1' (invalid community value, expected 16 bit value)");
  for (const char* text : {"1", "1:", ":1", "1:2:3:4", "a:1", "1:-1", ""}) {
    CAPTURE(text);
    CHECK(rule_error("action: Accept, communities: {values: ['" + std::string(text) + "']}") ==
          "error with field values = '" + std::string(text) + "' (invalid community value or format used.)");
  }
  CHECK(rule_error("action: Accept, communities: {values: ['1:2:4294967296']}") ==
        "error with field values = '1:2:4294967296' (invalid community value, expected 32 bit value)");
}

TEST_CASE("asPathPrefix, priority") {
  CHECK(rule_of("action: Accept, asPathPrefix: [65001, '1.10']").as_path_prefix ==
        std::vector{bgp::Asn{65001}, bgp::Asn{65546}});
  CHECK(rule_error("action: Accept, asPathPrefix: [4294967296]") == "asNumber 4294967296 is out of range (0..4294967295)");
  CHECK(rule_of("action: Accept, priority: 512").priority == 512);
  CHECK(rule_error("action: Accept, priority: 0") == "error with field priority = '0' (must be 1..2147483646)");
  CHECK(rule_error("action: Accept, priority: 2147483647") == "priority 2147483647 is out of range (0..2147483646)");
}

TEST_CASE("operations: addCommunity, prependASPath, setPriority, one in each entry") {
  const FilterRule rule = rule_of("action: Accept, operations: [{addCommunity: {value: '1:2'}}, "
                                  "{prependASPath: {prefix: [65000, 65001]}}, {setPriority: {value: 7}}]");
  REQUIRE(rule.operations.size() == 3);
  CHECK(std::get<FilterOperation::AddCommunity>(rule.operations[0].what).value == Community{{1, 2}});
  CHECK(std::get<FilterOperation::PrependAsPath>(rule.operations[1].what).prefix ==
        std::vector{bgp::Asn{65000}, bgp::Asn{65001}});
  CHECK(std::get<FilterOperation::SetPriority>(rule.operations[2].what).value == 7);
  CHECK(rule_error("action: Reject, operations: [{setPriority: {value: 7}}]") ==
        "error with field operations = '' (operations may only be used with action Accept)");
  CHECK(rule_error("action: Accept, operations: [{}]") == "exactly one operation must be set");
  CHECK(rule_error("action: Accept, operations: [{setPriority: {value: 7}, addCommunity: {value: '1:2'}}]") ==
        "exactly one operation must be set");
  CHECK(rule_error("action: Accept, operations: [{setPriority: {value: 0}}]") ==
        "error with field value = '0' (must be 1..2147483646)");
  CHECK(rule_error("action: Accept, operations: [{setPriority: {priority: 1}}]") == "insufficient identifiers, missing 'value'");
  CHECK(rule_error("action: Accept, operations: [{prependASPath: {prefix: []}}]") ==
        "error with field prefix = '0' (must have 1..10 AS numbers)");
  CHECK(rule_error("action: Accept, operations: [{prependASPath: {prefix: [1,2,3,4,5,6,7,8,9,10,11]}}]") ==
        "error with field prefix = '11' (must have 1..10 AS numbers)");
  CHECK(rule_error("action: Accept, operations: [{addCommunity: {value: none}}]") ==
        "error with field value = 'none' (invalid community value or format used.)");
  std::string eleven;
  for (int i = 0; i < 11; ++i) eleven += "{setPriority: {value: 7}},";
  CHECK(rule_error("action: Accept, operations: [" + eleven + "]") ==
        "error with field operations = '11' (must be at most 10 operations)");
}

TEST_CASE("a field that we do not know makes a rule mean more than it says: refused, in the store as well") {
  CHECK(rule_error("action: Accept, future: 1") == "field in document is not recognized or is in the wrong location: future");
  const Kind& kind = bgp_filter_kind();
  const std::string key = "/calico/resources/v3/projectcalico.org/bgpfilters/f";
  CHECK_FALSE(kind.decode(key, R"({"metadata":{"name":"f"},"spec":{"exportV4":[{"action":"Accept","future":1}]}})").ok());
  CHECK(kind.decode(key, R"({"metadata":{"name":"f"},"spec":{"future":[],"exportV4":[{"action":"Accept"}]}})").ok());
}

TEST_CASE("BGPFilter is found by its aliases, stored under Calico's key and shown with the number of its rules") {
  for (const char* word : {"bgpfilter", "BGPFilters", "bgpf", "bgpfs", "bf", "bfs"}) CHECK(find_kind(word) == &bgp_filter_kind());
  const auto read = parse_document(document("exportV4: [{action: Accept}], importV6: [{action: Reject}, {action: Accept}]"), "-");
  REQUIRE(read.ok());
  const Resource& resource = read->front();
  CHECK(resource.kind->key(resource) == "/calico/resources/v3/projectcalico.org/bgpfilters/f");
  CHECK(resource.kind->identity(resource) == "BGPFilter(f)");
  CHECK_FALSE(resource.kind->fits_v1(resource));
  CHECK(resource.kind->cell(resource, "NAME", Api::V3, {}) == "f");
  CHECK(resource.kind->cell(resource, "NUMEXPORT", Api::V3, {}) == "1");
  CHECK(resource.kind->cell(resource, "NUMIMPORT", Api::V3, {}) == "2");
  CHECK(to_compact_json(resource.kind->document(resource, Api::V1)) ==
        R"({"kind":"BGPFilter","apiVersion":"projectcalico.org/v3","metadata":{"name":"f"},"spec":{"exportV4":)"
        R"([{"action":"Accept"}],"importV6":[{"action":"Reject"},{"action":"Accept"}]}})");
}

TEST_CASE("a rule has at most kFilterOperationsMax operations, and prepends as many AS numbers") {
  const auto operations = [](size_t count) {
    std::string list;
    for (size_t i = 0; i < count; ++i) list += "{setPriority: {value: 7}},";
    return rule_error("action: Accept, operations: [" + list + "]");
  };
  CHECK(operations(bgp::limits::kFilterOperationsMax) == "");
  CHECK(operations(bgp::limits::kFilterOperationsMax + 1) ==
        "error with field operations = '11' (must be at most 10 operations)");
  const auto prepend = [](size_t count) {
    std::string list;
    for (size_t i = 0; i < count; ++i) list += "65001,";
    return rule_error("action: Accept, operations: [{prependASPath: {prefix: [" + list + "]}}]");
  };
  CHECK(prepend(bgp::limits::kFilterOperationsMax) == "");
  CHECK(prepend(bgp::limits::kFilterOperationsMax + 1) == "error with field prefix = '11' (must have 1..10 AS numbers)");
}
