#include "bgp/policy/edits.h"

#include "bgp/policy/local_origin.h"
#include "bgp/policy/priority.h"
#include "bgp/policy/values.h"

namespace bgp::policy {
namespace {

using wire::AttributeCode;
namespace flag = wire::flag;

template <class Value>
void add_values(wire::AttributeEditor& edit, ByteView canonical, AttributeCode code, const std::vector<Value>& added) {
  if (added.empty()) return;
  Bytes list;
  if (auto present = wire::find_attribute(canonical, code)) list.assign(present->begin(), present->end());
  for (const Value& value : added) {
    Bytes octets = octets_of(value);
    if (!has_value(list, octets)) list.insert(list.end(), octets.begin(), octets.end());
  }
  edit.set(code, flag::kOptional | flag::kTransitive, list);
}

void prepend(wire::AttributeEditor& edit, ByteView canonical, const std::vector<Asn>& numbers) {
  if (numbers.empty()) return;
  Bytes path;
  if (auto present = wire::find_attribute(canonical, AttributeCode::AsPath)) path.assign(present->begin(), present->end());
  for (auto as = numbers.rbegin(); as != numbers.rend(); ++as) path = wire::prepended_as_path(path, *as);
  edit.set(AttributeCode::AsPath, flag::kTransitive, path);
}

std::optional<uint32_t> local_pref_for(const Edits& edits, ByteView canonical, bool is_local) {
  if (edits.local_pref || !edits.normal_priority || !is_local) return edits.local_pref;
  uint32_t metric = local_origin_of(canonical).metric;
  return local_pref_of(metric != 0 ? metric : *edits.normal_priority);
}

}  // namespace

void Edits::add(const Edits& later) {
  communities.insert(communities.end(), later.communities.begin(), later.communities.end());
  large_communities.insert(large_communities.end(), later.large_communities.begin(), later.large_communities.end());
  prepend.insert(prepend.begin(), later.prepend.begin(), later.prepend.end());
  if (later.local_pref) local_pref = later.local_pref;
  if (later.normal_priority) normal_priority = later.normal_priority;
}

Bytes apply(const Edits& edits, ByteView canonical, bool is_local) {
  wire::AttributeEditor edit(canonical);
  add_values(edit, canonical, AttributeCode::Communities, edits.communities);
  add_values(edit, canonical, AttributeCode::LargeCommunities, edits.large_communities);
  prepend(edit, canonical, edits.prepend);
  if (auto preference = local_pref_for(edits, canonical, is_local))
    edit.set(AttributeCode::LocalPref, flag::kTransitive, wire::be32(*preference));
  return edit.finish();
}

}  // namespace bgp::policy
