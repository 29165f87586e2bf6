// Wall-clock time as it crosses the socket: RFC 3339, UTC, milliseconds.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ctl::protocol {

using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

// "2016-12-05T23:30:04.000Z"
std::string to_rfc3339(Timestamp time);
// Takes any RFC 3339 text: a fraction of any length, "Z" or a numeric offset. nullopt if it is none.
std::optional<Timestamp> parse_rfc3339(std::string_view text);

}  // namespace ctl::protocol
