#include "config/model/kinds/bgp_filter_rule.h"

#include <algorithm>

#include "bgp/base/document_limits.h"

namespace config::model {
namespace {

constexpr uint64_t kPriorityMax = 2147483646;

void take_over(Fields& into, Fields& from) {
  if (auto done = from.finish(); !done) into.fail(done.error());
}

std::optional<uint32_t> read_priority(Fields& fields, std::string_view key) {
  const auto value = fields.number(key, kPriorityMax);
  if (value == 0U) fields.invalid(key, "0", "must be 1..2147483646");
  return value ? std::optional(static_cast<uint32_t>(*value)) : std::nullopt;
}

std::optional<Community> read_community(Fields& fields, std::string_view key, const std::string& text) {
  auto community = parse_community(text);
  if (community) return *community;
  fields.invalid(key, text, community.error());
  return std::nullopt;
}

std::vector<bgp::Asn> read_asns(Fields& fields, std::string_view key) {
  std::vector<bgp::Asn> numbers;
  for (const std::string& text : fields.texts(key)) {
    auto number = parse_as_number(text);
    if (!number) fields.fail(number.error().reason, fields.line_of(key));
    else numbers.push_back(*number);
  }
  return numbers;
}

// ---- conditions ---------------------------------------------------------------------------------------------------

MatchOperator match_of(std::string_view word) {
  if (word == "Equal") return MatchOperator::Equal;
  if (word == "NotEqual") return MatchOperator::NotEqual;
  return word == "NotIn" ? MatchOperator::NotIn : MatchOperator::In;
}

void read_lengths(Fields& fields, FilterRule& rule, bgp::Family family) {
  const Value& map = fields.map("prefixLength");
  if (map.is_null()) return;
  Fields lengths(map);
  const uint64_t max = family == bgp::Family::IPv4 ? 32 : 128;
  const auto length = [&](std::string_view key) {
    const auto value = lengths.number(key, max);
    return value ? std::optional(static_cast<uint8_t>(*value)) : std::nullopt;
  };
  rule.length_min = length("min");
  rule.length_max = length("max");
  take_over(fields, lengths);
  if (!rule.cidr) fields.invalid("prefixLength", "", "cidr is required when prefixLength is set");
}

void read_prefix(Fields& fields, FilterRule& rule, bgp::Family family) {
  const std::string text = fields.text("cidr").value_or("");
  const std::string word = fields.word("matchOperator", {"Equal", "NotEqual", "In", "NotIn"}).value_or("");
  rule.match = match_of(word);
  if (text.empty() != word.empty()) {
    fields.invalid(text.empty() ? "matchOperator" : "cidr", text + word,
                   "cidr and matchOperator must both be set or both be empty");
  }
  if (!text.empty()) {
    rule.cidr = bgp::Prefix::parse_loose(text);
    if (!rule.cidr || rule.cidr->family() != family) {
      fields.invalid("cidr", text, family == bgp::Family::IPv4 ? "must be an IPv4 CIDR" : "must be an IPv6 CIDR");
    }
  }
  read_lengths(fields, rule, family);
}

void read_communities(Fields& fields, FilterRule& rule) {
  const Value& map = fields.map("communities");
  if (map.is_null()) return;
  Fields inner(map);
  const std::vector<std::string> values = inner.texts("values");
  if (values.size() != 1) inner.invalid("values", std::to_string(values.size()), "must be exactly one community");
  else rule.community = read_community(inner, "values", values[0]);
  take_over(fields, inner);
}

void read_conditions(Fields& fields, FilterRule& rule, bgp::Family family) {
  read_prefix(fields, rule, family);
  rule.remote_peers = fields.word("source", {"RemotePeers"}).has_value();
  rule.interface = fields.text("interface").value_or("");
  if (!rule.interface.empty() && !is_interface_pattern(rule.interface)) {
    fields.invalid("interface", rule.interface, "must match ^[a-zA-Z0-9_.*-]{1,15}$");
  }
  if (const auto type = fields.word("peerType", {"eBGP", "iBGP"})) rule.is_ebgp = *type == "eBGP";
  read_communities(fields, rule);
  rule.as_path_prefix = read_asns(fields, "asPathPrefix");
  rule.priority = read_priority(fields, "priority");
}

// ---- what happens then --------------------------------------------------------------------------------------------

FilterOperation read_operation(Fields& fields, Fields& entry) {
  const Value& community = entry.map("addCommunity");
  const Value& prepend = entry.map("prependASPath");
  const Value& priority = entry.map("setPriority");
  FilterOperation operation;
  if (!community.is_null() + !prepend.is_null() + !priority.is_null() != 1) {
    entry.fail("exactly one operation must be set", 0);
    return operation;
  }
  Fields inner(!community.is_null() ? community : !prepend.is_null() ? prepend : priority);
  if (!community.is_null()) {
    const auto value = read_community(inner, "value", inner.text("value").value_or(""));
    if (value) operation.what = FilterOperation::AddCommunity{*value};
  } else if (!prepend.is_null()) {
    operation.what = FilterOperation::PrependAsPath{read_asns(inner, "prefix")};
    const size_t count = std::get<FilterOperation::PrependAsPath>(operation.what).prefix.size();
    bool is_fine = count > 0 && count <= bgp::limits::kFilterOperationsMax;
    if (!is_fine) inner.invalid("prefix", std::to_string(count), "must have 1..10 AS numbers");
  } else {
    const auto value = read_priority(inner, "value");
    if (!value) inner.missing("value");
    operation.what = FilterOperation::SetPriority{value.value_or(0)};
  }
  take_over(fields, inner);
  return operation;
}

void read_operations(Fields& fields, FilterRule& rule) {
  const std::vector<Value>& entries = fields.list("operations");
  for (const Value& value : entries) {
    Fields entry(value);
    rule.operations.push_back(read_operation(fields, entry));
    take_over(fields, entry);
  }
  if (entries.size() > bgp::limits::kFilterOperationsMax) {
    fields.invalid("operations", std::to_string(entries.size()), "must be at most 10 operations");
  }
  if (!entries.empty() && !rule.accepts) {
    fields.invalid("operations", "", "operations may only be used with action Accept");
  }
}

FilterRule read_rule(Fields& fields, bgp::Family family) {
  FilterRule rule;
  read_conditions(fields, rule, family);
  const std::string action = fields.word("action", {"Accept", "Reject"}).value_or("");
  if (action.empty()) fields.invalid("action", "", "must be Accept or Reject");
  rule.accepts = action == "Accept";
  read_operations(fields, rule);
  return rule;
}

}  // namespace

std::vector<FilterRule> read_filter_rules(Fields& fields, std::string_view key, bgp::Family family) {
  std::vector<FilterRule> rules;
  for (const Value& value : fields.list(key)) {
    Fields rule(value, fields.line_of(key));
    rules.push_back(read_rule(rule, family));
    const std::string place = std::string(key) + "[" + std::to_string(rules.size() - 1) + "]: ";
    if (auto done = rule.finish(); !done) fields.fail(place + done.error().reason, done.error().line);
  }
  return rules;
}

}  // namespace config::model
