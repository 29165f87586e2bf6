#include "bgp/base/numbers.h"

#include <charconv>

namespace bgp {
namespace {

std::optional<uint32_t> decimal(std::string_view text, uint64_t max) {
  uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > max) return std::nullopt;
  return static_cast<uint32_t>(value);
}

}  // namespace

std::optional<Asn> parse_asn(std::string_view text) {
  size_t dot = text.find('.');
  if (dot == std::string_view::npos) {
    std::optional<uint32_t> plain = decimal(text, 0xffffffff);
    return plain ? std::optional<Asn>(Asn{*plain}) : std::nullopt;
  }
  std::optional<uint32_t> high = decimal(text.substr(0, dot), 0xffff);
  std::optional<uint32_t> low = decimal(text.substr(dot + 1), 0xffff);
  if (!high || !low) return std::nullopt;
  return Asn{*high << 16 | *low};
}

}  // namespace bgp
