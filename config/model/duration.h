// Times as Go writes them ("90s", "1m30s", "100ms"): what Calico's resources and our annotations say.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bgp/base/time.h"

namespace config::model {

// Go's time.ParseDuration without signs: numbers with h, m, s, ms, us (µs) or ns; "0" alone needs no unit. At most ten
// years.
std::optional<bgp::Duration> parse_duration(std::string_view text);
// Rounded to whole seconds, half up: what BGP's timers can say.
uint64_t rounded_seconds(bgp::Duration duration);

}  // namespace config::model
