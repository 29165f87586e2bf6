#include "config/model/kinds/advertisements.h"

#include <algorithm>
#include <map>

#include "bgp/base/document_limits.h"

namespace config::model {
namespace {

constexpr uint64_t kPriorityMax = 2147483646;

using Names = std::map<std::string, Community>;

// Upstream takes an address for a range of one.
std::optional<bgp::Prefix> read_range(Fields& entry) {
  const std::string text = entry.text("cidr").value_or("");
  auto prefix = bgp::Prefix::parse_loose(text);
  if (!prefix) entry.invalid("cidr", text, "invalid CIDR value.");
  return prefix;
}

// Like the fields around it, one of a later Calico is refused in a document and kept in the store. False: it has a fault.
bool take_over(Fields& fields, std::string_view key, size_t index, Fields& entry, bool strict) {
  auto done = entry.finish(strict);
  if (!done) fields.fail(std::string(key) + "[" + std::to_string(index) + "]: " + done.error().reason, done.error().line);
  return done.ok();
}

std::vector<bgp::Prefix> read_ranges(Fields& fields, std::string_view key, bool strict) {
  std::vector<bgp::Prefix> ranges;
  const std::vector<Value>& values = fields.list(key);
  for (size_t i = 0; i < values.size(); ++i) {
    Fields entry(values[i], fields.line_of(key));
    const auto range = read_range(entry);
    take_over(fields, key, i, entry, strict);
    if (range && std::find(ranges.begin(), ranges.end(), *range) == ranges.end()) ranges.push_back(*range);
  }
  return ranges;
}

Names read_names(Fields& fields, bool strict) {
  Names names;
  const std::vector<Value>& values = fields.list("communities");
  if (values.size() > bgp::limits::kNamedCommunitiesMax) {
    fields.invalid("communities", std::to_string(values.size()), "must be at most 500 communities");
  }
  for (size_t i = 0; i < values.size(); ++i) {
    Fields entry(values[i], fields.line_of("communities"));
    const std::string name = entry.text("name").value_or("");
    if (!is_v1_name(name)) entry.invalid("name", name, "must match ^[a-zA-Z0-9_.-]{1,128}$");
    const std::string text = entry.text("value").value_or("");
    const auto value = parse_community(text);
    if (!value) entry.invalid("value", text, value.error());
    if (take_over(fields, "communities", i, entry, strict)) names.emplace(name, *value);
  }
  return names;
}

// A community or the name of one.
std::optional<Community> find_community(Fields& entry, const std::string& text, const Names& names) {
  const auto value = parse_community(text);
  if (value) return *value;
  if (const auto named = names.find(text); named != names.end()) return named->second;
  const bool is_malformed = value.error().starts_with("invalid community value or format");
  entry.invalid("communities", text, is_malformed ? "community used is invalid or not defined." : value.error());
  return std::nullopt;
}

std::vector<PrefixAdvertisement> read_prefix_advertisements(Fields& fields, const Names& names, bool strict) {
  std::vector<PrefixAdvertisement> all;
  const std::vector<Value>& values = fields.list("prefixAdvertisements");
  for (size_t i = 0; i < values.size(); ++i) {
    Fields entry(values[i], fields.line_of("prefixAdvertisements"));
    PrefixAdvertisement one;
    one.cidr = read_range(entry).value_or(bgp::Prefix());
    for (const std::string& text : entry.texts("communities")) {
      if (const auto community = find_community(entry, text, names)) one.communities.push_back(*community);
    }
    if (take_over(fields, "prefixAdvertisements", i, entry, strict)) all.push_back(std::move(one));
  }
  return all;
}

std::optional<ProgramClusterRoutes> read_program(Fields& fields) {
  const auto word = fields.word("programClusterRoutes", {"Enabled", "Disabled", "EnabledNoEncapOnly", "EnabledIPIPOnly"});
  if (!word) return std::nullopt;
  if (*word == "Enabled") return ProgramClusterRoutes::Enabled;
  if (*word == "Disabled") return ProgramClusterRoutes::Disabled;
  return *word == "EnabledIPIPOnly" ? ProgramClusterRoutes::EnabledIpipOnly : ProgramClusterRoutes::EnabledNoEncapOnly;
}

std::optional<uint32_t> read_priority(Fields& fields, std::string_view key) {
  const auto value = fields.number(key, kPriorityMax);
  if (value == 0U) fields.invalid(key, "0", "must be 1..2147483646");
  return value.value_or(0) != 0 ? std::optional(static_cast<uint32_t>(*value)) : std::nullopt;
}

}  // namespace

Advertisements read_advertisements(Fields& fields, bool strict) {
  Advertisements all;
  all.cluster_ips = read_ranges(fields, "serviceClusterIPs", strict);
  all.external_ips = read_ranges(fields, "serviceExternalIPs", strict);
  all.load_balancer_ips = read_ranges(fields, "serviceLoadBalancerIPs", strict);
  all.aggregates_load_balancers =
      fields.word("serviceLoadBalancerAggregation", {"Enabled", "Disabled"}).value_or("Enabled") == "Enabled";
  const Names names = read_names(fields, strict);
  all.prefix_advertisements = read_prefix_advertisements(fields, names, strict);
  if (!names.empty() && all.prefix_advertisements.empty()) {
    fields.invalid("communities", "", "communities are defined but not used in Spec.PrefixAdvertisement[].");
  }
  all.program_cluster_routes = read_program(fields);
  all.normal_priority_v4 = read_priority(fields, "ipv4NormalRoutePriority");
  all.normal_priority_v6 = read_priority(fields, "ipv6NormalRoutePriority");
  return all;
}

}  // namespace config::model
