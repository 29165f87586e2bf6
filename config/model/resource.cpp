#include "config/model/resource.h"

#include <algorithm>

#include "config/model/kinds/fields.h"

namespace config::model {
namespace {

constexpr std::string_view kResources = "/calico/resources/v3/projectcalico.org/";

// Metadata of Kubernetes that a document may carry. Revisions and bookkeeping of another store mean nothing in ours.
constexpr const char* kKeptMetadata[] = {"labels", "annotations", "uid", "creationTimestamp", "ownerReferences",
                                         "finalizers"};
constexpr const char* kDroppedMetadata[] = {"resourceVersion", "generation", "generateName", "managedFields",
                                            "namespace", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"};

Value kept_metadata(const Value& metadata) {
  Value kept = Value::map();
  for (const char* key : kKeptMetadata) {
    const Value* value = metadata.find(key);
    if (value != nullptr && !value->is_null()) kept.set(key, *value);
  }
  return kept;
}

const Value& member_or_null(const Value& map, std::string_view key) {
  static const Value kNone;
  const Value* value = map.find(key);
  return value == nullptr ? kNone : *value;
}

Value map_or_empty(const Value& value) { return value.is_map() ? value : Value::map(); }

Value spec_of(const Value& stored) { return map_or_empty(member_or_null(stored, "spec")); }

// Name and kept metadata of a v3 document.
Outcome<Resource> v3_frame(const Value& metadata, int line) {
  Fields fields(metadata, line);
  Resource resource;
  resource.api = Api::V3;
  resource.name = fields.text("name").value_or("");
  for (const char* key : kKeptMetadata) fields.any(key);
  for (const char* key : kDroppedMetadata) fields.any(key);
  if (resource.name.empty()) fields.missing("name");
  if (!is_v3_name(resource.name)) {
    fields.invalid("name", resource.name, "must be lower-case letters, digits, - and ., at most 253");
  }
  if (auto done = fields.finish(); !done) return bgp::Err(done.error());
  resource.metadata = kept_metadata(metadata);
  return resource;
}

}  // namespace

const char* to_string(Api api) { return api == Api::V1 ? "v1" : "projectcalico.org/v3"; }

const std::string& Kind::file_name(Api api) const {
  return api == Api::V1 && !names_.v1.empty() ? names_.v1 : names_.v3;
}

Outcome<Resource> Kind::parse(const Value& document, Api api) const {
  Fields fields(document);
  fields.text("apiVersion");
  fields.text("kind");
  const Value& metadata = fields.map("metadata");
  const Value& spec = fields.map("spec");
  if (api == Api::V3) fields.any("status");
  if (auto done = fields.finish(); !done) return bgp::Err(done.error());

  auto parsed = api == Api::V1 ? parse_v1(metadata, spec) : v3_frame(metadata, document.line);
  if (!parsed) {
    ConfigError error = parsed.error();
    if (error.line == 0) error.line = document.line;
    return bgp::Err(error);
  }
  Resource resource = std::move(*parsed);
  resource.kind = this;
  resource.api = api;
  resource.line = document.line;
  if (!resource.metadata.is_map()) resource.metadata = Value::map();
  if (api == Api::V3) {
    resource.spec = map_or_empty(spec);
    resource.spec.line = spec.line > 0 ? spec.line : document.line;
    if (auto done = check_v3(resource, true); !done) return bgp::Err(done.error());
  }
  return resource;
}

Outcome<Resource> Kind::decode(std::string_view key, std::string_view value) const {
  const std::string path(key);
  auto json = parse_json(value);
  if (!json) return bgp::Err(ConfigError{path, 0, json.error().reason});
  if (!json->is_map()) return bgp::Err(ConfigError{path, 0, "value is no resource"});
  Resource resource;
  resource.kind = this;
  resource.api = Api::V3;
  resource.name = path.substr(prefix().size());
  resource.metadata = map_or_empty(member_or_null(*json, "metadata"));
  resource.metadata.erase("name");
  resource.spec = spec_of(*json);
  resource.status = member_or_null(*json, "status");
  resource.path = path;
  if (auto done = check_v3(resource, false); !done) return bgp::Err(ConfigError{path, 0, done.error().reason});
  return resource;
}

Outcome<bgp::Done> Kind::check(const Identifiers&) const { return bgp::Done{}; }

std::string Kind::prefix() const { return std::string(kResources) + names_.plural + "/"; }

bool Kind::is_own_key(std::string_view key) const {
  return key.starts_with(prefix()) && key.size() > prefix().size() &&
         key.find('/', prefix().size()) == std::string_view::npos;
}

std::string Kind::key(const Resource& resource) const { return prefix() + resource.name; }

std::string Kind::encode(const Resource& resource, const std::optional<std::string>& existing) const {
  Value stored;
  // What is stored but unreadable is replaced as a whole: there is nothing in it that could be kept.
  if (existing) stored = parse_json(*existing).value_or(Value());
  Value metadata = Value::map().set("name", Value::string(resource.name));
  const Value& old_metadata = member_or_null(stored, "metadata");
  const char* const bookkeeping[] = {"uid", "creationTimestamp"};
  for (const char* key : bookkeeping) {
    if (const Value* value = old_metadata.find(key)) metadata.set(key, *value);
  }
  const Value& source = resource.api == Api::V1 && old_metadata.is_map() ? old_metadata : resource.metadata;
  for (const Member& member : source.members) {
    if (member.key != "name") metadata.set(member.key, member.value);
  }
  Value document = Value::map();
  document.set("kind", Value::string(names_.v3));
  document.set("apiVersion", Value::string(to_string(Api::V3)));
  document.set("metadata", std::move(metadata));
  document.set("spec", resource.api == Api::V1 ? overlay_v1(resource.spec, spec_of(stored)) : resource.spec);
  for (const Member& member : stored.members) {
    if (document.find(member.key) == nullptr) document.set(member.key, member.value);
  }
  return to_compact_json(document);
}

Value Kind::document(const Resource& resource, Api api) const {
  const bool v1 = api == Api::V1 && fits_v1(resource);
  Value document = Value::map();
  document.set("kind", Value::string(v1 ? names_.v1 : names_.v3));
  document.set("apiVersion", Value::string(to_string(v1 ? Api::V1 : Api::V3)));
  if (v1) {
    document.set("metadata", v1_metadata(resource));
    document.set("spec", v1_spec(resource));
    return document;
  }
  Value metadata = Value::map();
  metadata.set("name", Value::string(v3_name(resource)));
  for (const Member& member : resource.metadata.members) metadata.set(member.key, member.value);
  document.set("metadata", std::move(metadata));
  document.set("spec", resource.spec);
  if (!resource.status.is_null()) document.set("status", resource.status);
  return document;
}

bool same_identity(const Resource& a, const Resource& b) {
  return a.kind == b.kind && a.kind->identity(a) == b.kind->identity(b);
}

void sort_for_listing(std::vector<Resource>& resources) {
  std::vector<std::pair<std::string, size_t>> order;
  for (size_t i = 0; i < resources.size(); ++i) order.emplace_back(resources[i].kind->order_key(resources[i]), i);
  std::sort(order.begin(), order.end());
  std::vector<Resource> sorted;
  for (const auto& [key, index] : order) sorted.push_back(std::move(resources[index]));
  resources = std::move(sorted);
}

}  // namespace config::model
