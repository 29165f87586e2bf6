// `calicoctl config`: the four names of the v1 tool, stored in v3's BGPConfiguration and FelixConfiguration.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/model/error.h"

namespace config::model {

// The stored value of a key, nullopt if there is none. The caller answers from one listing or from Store::get.
using Lookup = std::function<std::optional<std::string>(const std::string& key)>;

struct SettingWrite {
  std::string key;
  std::optional<std::string> value;  // nullopt: erase
  bool operator==(const SettingWrite&) const = default;
};

// Names are case-insensitive, values are not. `node` is empty for the global value; errors are upstream's texts:
// `unrecognised config name 'x'`, `--node should not be specified`, `invalid value 'x'`,
// `the supplied AS number is not valid`, `error with field loglevel = 'x'`.
Outcome<std::string> get_setting(std::string_view name, std::string_view node, const Lookup& lookup);
Outcome<SettingWrite> set_setting(std::string_view name, std::string_view node, std::string_view value,
                                  const Lookup& lookup);
// A global setting gets its default back; a node's own is taken away.
Outcome<SettingWrite> unset_setting(std::string_view name, std::string_view node, const Lookup& lookup);

// --raw=bgp|felix: the v1 key, unvalidated. `unrecognised config component 'x'` for another component.
Outcome<std::string> raw_key(std::string_view component, std::string_view name, std::string_view node);

}  // namespace config::model
