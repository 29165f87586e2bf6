#include "config/model/community.h"

#include <charconv>
#include <optional>

namespace config::model {
namespace {

// nullopt: no number at all. One beyond 64 bits is as wrong as one beyond 32.
std::optional<uint64_t> number(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? value : UINT64_MAX;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (size_t colon; (colon = text.find(':')) != std::string_view::npos; text.remove_prefix(colon + 1)) {
    parts.push_back(text.substr(0, colon));
  }
  parts.push_back(text);
  return parts;
}

}  // namespace

bgp::Result<Community, std::string> parse_community(std::string_view text) {
  const std::vector<std::string_view> texts = split(text);
  if (texts.size() != 2 && texts.size() != 3) return bgp::Err(std::string("invalid community value or format used."));
  const uint64_t max = texts.size() == 2 ? UINT16_MAX : UINT32_MAX;
  Community community;
  for (const std::string_view each : texts) {
    const auto value = number(each);
    if (!value) return bgp::Err(std::string("invalid community value or format used."));
    if (*value > max) {
      return bgp::Err("invalid community value, expected " + std::string(texts.size() == 2 ? "16" : "32") + " bit value");
    }
    community.parts.push_back(static_cast<uint32_t>(*value));
  }
  return community;
}

}  // namespace config::model
