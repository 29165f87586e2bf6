#include "bgp/daemon/environment.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace bgp::daemon {

std::string bad(const Given& given, const std::string& allowed) {
  return given.where + ": '" + given.text + "' is not allowed; " + allowed;
}

std::optional<uint64_t> parse_number(const std::string& text, uint64_t low, uint64_t high) {
  uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high) return std::nullopt;
  return value;
}

std::optional<Given> find_variable(const Environment& environment, const std::string& name) {
  const char* text = environment(name.c_str());
  if (!text || !*text) return std::nullopt;
  return Given{text, "$" + name};
}

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string trimmed(const std::string& text) {
  const char* blanks = " \t\r\n";
  const size_t first = text.find_first_not_of(blanks);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace bgp::daemon
