#include "config/etcd/v2_layout.h"

#include <algorithm>

#include "bgp/base/escape.h"
#include "config/etcd/identity.h"
#include "config/etcd/v2_keys.h"
#include "config/etcd/v2_values.h"
#include "config/model/kinds.h"
#include "config/model/kinds/block_affinity.h"

namespace config::etcd::v2 {
namespace {

using model::Value;
using store::Entry;
using store::Write;

const Entry* find_part(const std::vector<Entry>& parts, const std::string& key) {
  const auto found = std::find_if(parts.begin(), parts.end(), [&](const Entry& part) { return part.key == key; });
  return found == parts.end() ? nullptr : &*found;
}

// The first field of `wanted` that is not the same in `kept`; empty: all are.
std::string find_lost(const Value& wanted, const Value& kept) {
  for (const model::Member& member : wanted.members) {
    const Value* other = kept.find(member.key);
    if (other != nullptr && other->is_map() && member.value.is_map()) {
      const std::string inner = find_lost(member.value, *other);
      if (!inner.empty()) return member.key + "." + inner;
    } else if (other == nullptr || !(*other == member.value)) {
      return member.key;
    }
  }
  return "";
}

std::string find_lost(const model::Resource& wanted, const model::Resource& kept) {
  for (const char* key : {"labels", "annotations"}) {
    if (wanted.metadata.find(key) != nullptr) return std::string("metadata.") + key;
  }
  // Calico v2 wrote no block documents: those clothes are ours. Of the others v1's mean that there is a place for all, and
  // that a default which was spelled out is no loss.
  const bool has_v1_clothes = !wanted.kind->names().v1.empty() && wanted.kind != &model::block_affinity_kind();
  if (has_v1_clothes && wanted.kind->fits_v1(wanted)) return "";
  const std::string lost = find_lost(wanted.spec, kept.spec);
  return lost.empty() ? "" : "spec." + lost;
}

// Reads back what would be written: whatever does not return is what v2 has no place for.
std::optional<std::string> find_refusal(const model::Resource& wanted, const std::string& key,
                                        const std::map<std::string, std::string>& values) {
  const std::string who = wanted.kind->identity(wanted) + ": ";
  std::vector<Entry> parts;
  for (const auto& [part, value] : values) parts.push_back({part, value, 1});
  const auto resource = parts.empty() ? std::nullopt : resource_of(parts.front().key);
  if (resource && *resource != key)
    return who + "in Calico v2's layout its name is " + resource->substr(resource->rfind('/') + 1) + "; name it so";
  model::Resource kept;
  if (const auto joined = join(key, parts)) {
    auto decoded = wanted.kind->decode(key, joined->value);
    if (!decoded) return who + decoded.error().reason;
    kept = std::move(*decoded);
  }
  const std::string lost = find_lost(wanted, kept);
  if (lost.empty()) return std::nullopt;
  return who + "Calico v2's layout (etcdv2) has no place for " + lost + "; leave it out, or use the datastore etcdv3";
}

// Felix's own, which we read beside BIRD's and write where BIRD's has no word: never taken away.
bool is_felix_level(const std::string& key) { return key.ends_with("/LogSeverityScreen"); }

}  // namespace

std::vector<std::string> prefixes() {
  return {"/calico/bgp/v1/global/",
          "/calico/bgp/v1/host/",
          "/calico/ipam/v2/host/",
          std::string(kClusterInformationKey),
          host_key("", "IpInIpEnabled"),
          host_key("", "LogSeverityScreen"),
          "/calico/v1/host/",
          "/calico/v1/ipam/"};
}

std::optional<std::string> resource_of(std::string_view key) {
  auto part = parse_key(key);
  if (!part) return std::nullopt;
  return std::move(part->resource);
}

std::optional<std::string> find_fault(const Entry& entry) {
  const auto part = parse_key(entry.key);
  auto fault = part ? find_value_fault(*part, entry.value) : std::nullopt;
  return fault ? std::optional(bgp::printable(*fault)) : std::nullopt;
}

Parts group(const std::vector<Entry>& entries) {
  Parts parts;
  for (const Entry& entry : entries) {
    if (auto resource = resource_of(entry.key)) parts[*resource].push_back(entry);
  }
  return parts;
}

std::optional<Entry> join(const std::string& resource, const std::vector<Entry>& parts) {
  Values values;
  Entry entry{resource, "", 0};
  for (const Entry& part : parts) {
    entry.revision = std::max(entry.revision, part.revision);
    auto parsed = parse_key(part.key);
    if (!parsed) continue;
    if (find_value_fault(*parsed, part.value)) entry.value = part.value;
    else values.emplace_back(std::move(*parsed), part.value);
  }
  auto value = values.empty() ? std::nullopt : to_resource(values);
  if (value) entry.value = std::move(*value);
  else if (!values.empty() || entry.value.empty()) return std::nullopt;
  return entry;
}

bgp::Result<std::vector<Write>, std::string> split(const Write& wanted, const std::vector<Entry>& parts) {
  std::map<std::string, std::string> values;
  if (wanted.value) {
    const model::Kind* kind = model::find_kind_of_key(wanted.key);
    if (kind == nullptr) return bgp::Err("Calico v2's layout (etcdv2) has no place for " + bgp::printable(wanted.key));
    auto resource = kind->decode(wanted.key, *wanted.value);
    if (!resource) return bgp::Err(resource.error().to_string());
    for (const char* key : {"labels", "annotations"}) {
      const Value* map = resource->metadata.find(key);
      if (map != nullptr && map->members.empty()) resource->metadata.erase(key);
    }
    auto made = to_values(*resource);
    if (!made)
      return bgp::Err("Calico v2's layout (etcdv2) has no " + kind->names().v3 + "; use the datastore etcdv3");
    values = std::move(*made);
    if (auto refusal = find_refusal(*resource, wanted.key, values))
      return bgp::Err(bgp::printable(*refusal, refusal->size()));
  }
  std::vector<Write> writes;
  for (auto& [key, value] : values) {
    const Entry* part = find_part(parts, key);
    writes.push_back({key, std::move(value), part != nullptr ? part->revision : 0});
  }
  for (const Entry& part : parts) {
    if (!values.contains(part.key) && !is_felix_level(part.key)) writes.push_back({part.key, std::nullopt, part.revision});
  }
  return writes;
}

std::string shown_as(const Write& wanted) {
  const model::Kind* kind = model::find_kind_of_key(wanted.key);
  auto resource = kind != nullptr && wanted.value ? kind->decode(wanted.key, *wanted.value)
                                                  : model::Outcome<model::Resource>(model::Resource());
  const auto values = resource && resource->kind != nullptr ? to_values(*resource) : std::nullopt;
  const auto key = values && !values->empty() ? resource_of(values->begin()->first) : std::nullopt;
  return key.value_or(wanted.key);
}

}  // namespace config::etcd::v2
