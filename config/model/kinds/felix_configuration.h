// FelixConfiguration: of Felix's many settings only what `calicoctl config` touches; the rest is kept as it is.
#pragma once

#include <optional>
#include <string>

#include "config/model/resource.h"

namespace config::model {

struct FelixConfiguration {
  std::string name;
  std::optional<bool> ipip_enabled;  // absent: as the pools say
};
inline constexpr const char* kFelixConfigurationDefaultKey =
    "/calico/resources/v3/projectcalico.org/felixconfigurations/default";

const Kind& felix_configuration_kind();
// Requires resource.kind == &felix_configuration_kind().
FelixConfiguration read_felix_configuration(const Resource& resource);

}  // namespace config::model
