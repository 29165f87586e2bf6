// The values of Calico v2's keys <-> the stored form of a resource. Internal to v2_layout.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/etcd/v2_keys.h"
#include "config/model/resource.h"

namespace config::etcd::v2 {

using Values = std::vector<std::pair<Part, std::string>>;  // of one resource, without fault

std::optional<std::string> find_value_fault(const Part& part, const std::string& value);
// What config/model would store; nullopt: too little to make a resource of (an AS number without an address).
std::optional<std::string> to_resource(const Values& values);
// Every key that says something of the resource, with its value; nullopt: v2 has no such kind.
std::optional<std::map<std::string, std::string>> to_values(const model::Resource& resource);

}  // namespace config::etcd::v2
