// Base64 (RFC 4648 §4, padded): how etcd's JSON gateway writes keys and values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace config::etcd {

std::string to_base64(std::string_view bytes);
// nullopt: not canonical base64 (length, a foreign character, stray padding).
std::optional<std::string> from_base64(std::string_view text);

}  // namespace config::etcd
