#include "config/model/duration.h"

#include <array>
#include <charconv>

namespace config::model {
namespace {

struct Unit {
  std::string_view word;
  double nanoseconds;
};
// "ms" before "m": the longest word that fits.
constexpr std::array<Unit, 8> kUnits = {{{"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"μs", 1e3}, {"ms", 1e6}, {"s", 1e9},
                                         {"m", 60e9}, {"h", 3600e9}}};
constexpr double kLongest = 10.0 * 365 * 24 * 3600e9;

const Unit* take_unit(std::string_view& text) {
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.word)) continue;
    text.remove_prefix(unit.word.size());
    return &unit;
  }
  return nullptr;
}

std::optional<double> take_number(std::string_view& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || text.front() == '-' || !(number <= kLongest)) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(stop - text.data()));
  return number;
}

}  // namespace

std::optional<bgp::Duration> parse_duration(std::string_view text) {
  if (text == "0") return bgp::Duration(0);
  if (text.empty()) return std::nullopt;
  double sum = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    const Unit* unit = number ? take_unit(text) : nullptr;
    if (unit == nullptr) return std::nullopt;
    sum += *number * unit->nanoseconds;
  }
  if (!(sum <= kLongest)) return std::nullopt;
  return bgp::Duration(static_cast<bgp::Duration::rep>(sum));
}

uint64_t rounded_seconds(bgp::Duration duration) {
  return static_cast<uint64_t>((duration + std::chrono::milliseconds(500)) / std::chrono::seconds(1));
}

}  // namespace config::model
