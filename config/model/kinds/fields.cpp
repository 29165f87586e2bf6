#include "config/model/kinds/fields.h"

#include <algorithm>
#include <charconv>

#include "bgp/base/escape.h"
#include "config/model/duration.h"

namespace config::model {
namespace {

std::string shown(std::string_view text) { return bgp::printable(text, 128); }

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_lower_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

Fields::Fields(const Value& map, int line) : map_(map), line_(map.line > 0 ? map.line : line) {
  if (!map.is_map() && !map.is_null()) fail("fields are wanted here, not a value or a list", line_);
}

const Value* Fields::take(std::string_view key) {
  taken_.emplace(key);
  if (problem_) return nullptr;
  const Value* value = map_.find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<std::string> Fields::text(std::string_view key) {
  const Value* value = take(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_scalar()) {
    fail(std::string(key) + " must be one value, not a list or fields", value->line);
    return std::nullopt;
  }
  return value->text;
}

std::optional<bool> Fields::flag(std::string_view key) {
  const Value* value = take(key);
  if (value == nullptr) return std::nullopt;
  if (value->type == Value::Type::Bool) return value->is_true();
  invalid(key, value->text, "must be true or false");
  return std::nullopt;
}

std::optional<bgp::IpAddress> Fields::ip(std::string_view key) {
  const auto written = text(key);
  if (!written) return std::nullopt;
  auto address = parse_ip(*written);
  if (!address) fail("invalid IP address: " + shown(*written), line_of(key));
  return address;
}

std::optional<bgp::Prefix> Fields::cidr(std::string_view key) {
  const auto written = text(key);
  if (!written) return std::nullopt;
  auto prefix = bgp::Prefix::parse(*written);
  if (prefix) return prefix;
  if (bgp::Prefix::parse_loose(*written) && written->find('/') != std::string::npos) {
    invalid(key, *written, "IP pool CIDR is not strictly masked");
  } else {
    fail("invalid CIDR address: " + shown(*written), line_of(key));
  }
  return std::nullopt;
}

std::optional<bgp::Asn> Fields::asn(std::string_view key) {
  const auto written = text(key);
  if (!written) return std::nullopt;
  const Value& value = *map_.find(key);
  if (value.type == Value::Type::Number && written->find_first_of(".eE") != std::string::npos) {
    fail("invalid AS Number format (" + shown(*written) + "): put a dotted AS number in quotes", value.line);
    return std::nullopt;
  }
  auto number = parse_as_number(*written);
  if (number) return *number;
  fail(number.error().reason, value.line);
  return std::nullopt;
}

std::optional<uint64_t> Fields::number(std::string_view key, uint64_t max) {
  const auto written = text(key);
  if (!written) return std::nullopt;
  uint64_t number = 0;
  const char* end = written->data() + written->size();
  const auto [stop, error] = std::from_chars(written->data(), end, number);
  if (error == std::errc() && stop == end && number <= max) return number;
  fail(std::string(key) + " " + shown(*written) + " is out of range (0.." + std::to_string(max) + ")", line_of(key));
  return std::nullopt;
}

std::optional<bgp::Duration> Fields::duration(std::string_view key) {
  const auto written = text(key);
  if (!written) return std::nullopt;
  auto duration = parse_duration(*written);
  if (!duration) invalid(key, *written, "must be a duration such as 90s or 1m30s");
  return duration;
}

std::optional<std::string> Fields::word(std::string_view key, std::initializer_list<std::string_view> words) {
  const auto written = text(key);
  if (!written || written->empty()) return std::nullopt;
  if (std::find(words.begin(), words.end(), *written) != words.end()) return written;
  std::string allowed = "must be ";
  for (const std::string_view& each : words) {
    allowed += (&each == words.begin() ? "" : &each + 1 == words.end() ? " or " : ", ") + std::string(each);
  }
  invalid(key, *written, allowed);
  return std::nullopt;
}

const std::vector<Value>& Fields::list(std::string_view key) {
  static const std::vector<Value> kNone;
  const Value* value = take(key);
  if (value == nullptr) return kNone;
  if (value->is_list()) return value->items;
  fail(std::string(key) + " must be a list", value->line);
  return kNone;
}

std::vector<std::string> Fields::texts(std::string_view key) {
  std::vector<std::string> out;
  for (const Value& item : list(key)) {
    if (!item.is_scalar()) fail(std::string(key) + " must be a list of texts", item.line);
    out.push_back(item.text);
  }
  return out;
}

const Value& Fields::map(std::string_view key) {
  static const Value kNone;
  const Value* value = take(key);
  if (value == nullptr) return kNone;
  if (value->is_map()) return *value;
  fail(std::string(key) + " must be fields, not a value or a list", value->line);
  return kNone;
}

const Value* Fields::any(std::string_view key) { return take(key); }

void Fields::invalid(std::string_view key, std::string_view value, std::string_view why) {
  fail("error with field " + std::string(key) + " = '" + shown(value) + "' (" + std::string(why) + ")", line_of(key));
}

void Fields::missing(std::string_view key) {
  fail("insufficient identifiers, missing '" + std::string(key) + "'", line_);
}

void Fields::fail(std::string reason, int line) {
  if (is_tolerant_) faults_.push_back(std::move(reason));
  else if (!problem_) problem_ = ConfigError{"", line > 0 ? line : line_, std::move(reason)};
}

int Fields::line_of(std::string_view key) const {
  for (const Member& member : map_.members) {
    if (member.key == key) return member.value.line > 0 ? member.value.line : member.line;
  }
  return line_;
}

std::vector<std::string> Fields::left() const {
  std::vector<std::string> names;
  for (const Member& member : map_.members) {
    if (!taken_.contains(member.key)) names.push_back(member.key);
  }
  return names;
}

Outcome<bgp::Done> Fields::finish(bool strict) {
  if (problem_) return bgp::Err(*problem_);
  const std::vector<std::string> unknown = strict ? left() : std::vector<std::string>();
  if (unknown.empty()) return bgp::Done{};
  std::string reason = unknown.size() == 1 ? "field in document is not recognized or is in the wrong location: "
                                           : "fields in document are not recognized or are in the wrong location: ";
  const size_t listed = unknown.size() > 5 ? 4 : unknown.size();
  for (size_t i = 0; i < listed; ++i) reason += (i > 0 ? ", " : "") + shown(unknown[i]);
  if (listed < unknown.size()) reason += " (+ " + std::to_string(unknown.size() - listed) + " more)";
  for (const Member& member : map_.members) {
    if (member.key == unknown.front()) return bgp::Err(ConfigError{"", member.line, reason});
  }
  return bgp::Err(ConfigError{"", line_, reason});
}

std::optional<bgp::IpAddress> parse_ip(std::string_view text) {
  auto address = bgp::IpAddress::parse(text);
  if (!address || address->is_v4()) return address;
  const auto bytes = address->bytes();
  const bool mapped = std::all_of(bytes.begin(), bytes.begin() + 10, [](uint8_t b) { return b == 0; }) &&
                      bytes[10] == 0xff && bytes[11] == 0xff;
  return mapped ? bgp::IpAddress::from_bytes(bytes.subspan(12)) : address;
}

Outcome<bgp::Asn> parse_as_number(const std::string& text) {
  if (auto number = bgp::parse_asn(text)) return *number;
  const bool negative = !text.empty() && text[0] == '-' && all_digits(std::string_view(text).substr(1));
  if (negative || all_digits(text)) {
    return bgp::Err(ConfigError{"", 0, "asNumber " + shown(text) + " is out of range (0..4294967295)"});
  }
  return bgp::Err(ConfigError{"", 0, "invalid AS Number format (" + shown(text) + ")"});
}

bool is_v1_name(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_lower_alnum(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-';
  });
}

bool is_v3_name(std::string_view text) {
  if (text.empty() || text.size() > 253 || !is_lower_alnum(text.front()) || !is_lower_alnum(text.back())) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_lower_alnum(c) || c == '-' || c == '.'; });
}

bool is_interface_pattern(std::string_view text) {
  return text.size() <= 15 && !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c == '*' || is_v1_name(std::string_view(&c, 1)); });
}

std::string normalize_name(std::string_view v1_name) {
  std::string out;
  for (size_t i = 0; i < v1_name.size();) {
    const char c = v1_name[i] >= 'A' && v1_name[i] <= 'Z' ? static_cast<char>(v1_name[i] - 'A' + 'a') : v1_name[i];
    if (c == '/') {
      out += '.';
    } else {
      out += is_lower_alnum(c) || c == '.' ? c : '-';
    }
    ++i;
  }
  // Any run of dots and dashes that has a dot in it becomes one dot.
  std::string merged;
  for (size_t i = 0; i < out.size();) {
    const size_t end = std::min(out.find_first_not_of(".-", i), out.size());
    if (end == i) {
      merged += out[i++];
      continue;
    }
    const std::string run = out.substr(i, end - i);
    merged += run.find('.') == std::string::npos ? run : ".";
    i = end;
  }
  const size_t first = merged.find_first_not_of(".-");
  if (first == std::string::npos) return "";
  return merged.substr(first, merged.find_last_not_of(".-") - first + 1);
}

std::string dashed_cidr(const bgp::Prefix& cidr) {
  std::string text = cidr.to_string();
  for (char& c : text) {
    if (c == '.' || c == ':' || c == '/') c = '-';
  }
  return text;
}

}  // namespace config::model
