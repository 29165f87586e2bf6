// What the two configuration kinds share: v3 clothes only, identified by name alone.
#pragma once

#include <string>
#include <vector>

#include "config/model/kinds/fields.h"
#include "config/model/resource.h"

namespace config::model {

class NamedV3Kind : public Kind {
 public:
  Outcome<Resource> identify(const Identifiers& ids) const override {
    if (ids.name.empty()) return bgp::Err(ConfigError{"", 0, "insufficient identifiers, missing 'name'"});
    if (!is_v3_name(ids.name)) return bgp::Err(ConfigError{"", 0, "error with field name = '" + ids.name + "'"});
    Resource resource;
    resource.kind = this;
    resource.api = Api::V3;
    resource.name = ids.name;
    resource.metadata = Value::map();
    resource.spec = Value::map();
    return resource;
  }
  bool matches(const Resource& resource, const Identifiers& ids) const override {
    return ids.name.empty() || ids.name == resource.name;
  }
  std::string identity(const Resource& resource) const override { return names().v3 + "(" + resource.name + ")"; }
  bool fits_v1(const Resource&) const override { return false; }

 protected:
  explicit NamedV3Kind(Names kind_names) : Kind(std::move(kind_names)) {}
  // Never reached: without a v1 name no v1 document finds this kind.
  Outcome<Resource> parse_v1(const Value&, const Value&) const override {
    return bgp::Err(ConfigError{"", 0, names().v3 + " has no v1 form"});
  }
  Value v1_metadata(const Resource&) const override { return Value::map(); }
  Value v1_spec(const Resource&) const override { return Value::map(); }
  Value overlay_v1(const Value& wanted, Value) const override { return wanted; }
};

}  // namespace config::model
