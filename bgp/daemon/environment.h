// A value that somebody gave, and where: for messages that name the place.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace bgp::daemon {

using Environment = std::function<const char*(const char* name)>;  // getenv, or a test's

struct Given {
  std::string text;
  std::string where;  // "--as", "$AS"
};

// "$AS: 'x' is not allowed; <allowed>"
std::string bad(const Given& given, const std::string& allowed);
// A whole number within bounds, in decimal digits alone.
std::optional<uint64_t> parse_number(const std::string& text, uint64_t low, uint64_t high);
// A variable that is set and not empty.
std::optional<Given> find_variable(const Environment& environment, const std::string& name);
std::string lower_case(std::string text);
std::string trimmed(const std::string& text);

}  // namespace bgp::daemon
