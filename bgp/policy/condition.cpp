#include "bgp/policy/condition.h"

#include "bgp/policy/local_origin.h"
#include "bgp/policy/values.h"
#include "bgp/wire/attributes/as_path.h"

namespace bgp::policy {
namespace {

using wire::AttributeCode;

template <class Value>
bool carries(const RouteFacts& route, AttributeCode code, const std::optional<Value>& value) {
  if (!value) return true;
  std::optional<ByteView> list = wire::find_attribute(route.attributes, code);
  return list && has_value(*list, octets_of(*value));
}

// A set has no order that a prefix could be meant by: the comparison ends there.
bool begins_with(ByteView path, const std::vector<Asn>& prefix) {
  size_t found = 0;
  bool is_same = true;
  wire::attributes::for_each_segment(path, 4, [&](const wire::attributes::Segment& segment) {
    if (segment.type != wire::attributes::SegmentType::Sequence) is_same = is_same && found == prefix.size();
    for (ByteReader numbers(segment.asns); is_same && found < prefix.size() && !numbers.empty(); ++found)
      is_same = Asn{numbers.u32()} == prefix[found];
  });
  return is_same && found == prefix.size();
}

bool has_path(const RouteFacts& route, const std::vector<Asn>& prefix) {
  if (prefix.empty()) return true;
  std::optional<ByteView> path = wire::find_attribute(route.attributes, AttributeCode::AsPath);
  return path && begins_with(*path, prefix);
}

bool goes_out_by(const RouteFacts& route, const std::string& pattern) {
  if (pattern.empty()) return true;
  if (!route.is_local) return !route.interface.empty() && matches_pattern(pattern, route.interface);
  const std::string interface = local_origin_of(route.attributes).interface;
  return !interface.empty() && matches_pattern(pattern, interface);
}

uint32_t priority(const RouteFacts& route, uint32_t normal) {
  if (!route.is_local) return priority_of(wire::facts_of(route.attributes).local_pref.value_or(100));
  uint32_t metric = local_origin_of(route.attributes).metric;
  return metric != 0 ? metric : normal;
}

bool is_within(const RouteFacts& route, const std::optional<PriorityRange>& range) {
  if (!range) return true;
  uint32_t value = priority(route, range->normal);
  return value >= range->min && value <= range->max;
}

template <class T>
bool is_as_said(const std::optional<T>& wanted, T value) { return !wanted || *wanted == value; }

}  // namespace

bool Condition::holds(const RouteFacts& route) const {
  if (!is_as_said(family, route.family) || !is_as_said(is_ebgp, route.is_ebgp) || !is_as_said(is_local, route.is_local))
    return false;
  if (has_gateway && !(route.is_local && local_origin_of(route.attributes).has_gateway)) return false;
  return goes_out_by(route, interface) && carries(route, AttributeCode::Communities, community) &&
         carries(route, AttributeCode::LargeCommunities, large_community) && has_path(route, as_path_prefix) &&
         is_within(route, priority);
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  size_t star = std::string_view::npos;  // the last one, and what of the text it has swallowed
  size_t resume = 0;
  size_t p = 0;
  for (size_t t = 0; t < text.size();) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace bgp::policy
