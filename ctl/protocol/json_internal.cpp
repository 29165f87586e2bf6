#include "ctl/protocol/json_internal.h"

#include <limits>
#include <stdexcept>

#include "bgp/base/escape.h"

namespace ctl::protocol {
namespace {

// What JSON lets through and a terminal may act on: DEL, and C1 (C2 80..9F in UTF-8). Outside of texts neither occurs.
std::string without_controls(std::string json) {
  if (json.find_first_of("\x7f\xc2") == std::string::npos) return json;
  std::string out;
  for (size_t i = 0; i < json.size(); ++i) {
    auto at = [&](size_t n) { return n < json.size() ? static_cast<uint8_t>(json[n]) : uint8_t{0}; };
    bool is_c1 = at(i) == 0xc2 && at(i + 1) >= 0x80 && at(i + 1) < 0xa0;
    if (is_c1) ++i;
    if (!is_c1 && at(i) != 0x7f) {
      out += json[i];
      continue;
    }
    constexpr char kDigits[] = "0123456789abcdef";
    out += "\\u00";
    out += {kDigits[at(i) >> 4], kDigits[at(i) & 15]};
  }
  return out;
}

}  // namespace

std::string inert(std::string_view text) {
  std::string out;
  for (size_t at = 0;;) {
    size_t backslash = text.find('\\', at);
    out += bgp::printable(text.substr(at, backslash - at), std::numeric_limits<size_t>::max());
    if (backslash == std::string_view::npos) return out;
    out += '\\';
    at = backslash + 1;
  }
}

std::string dump(const Json& json, bool indent) {
  return without_controls(json.dump(indent ? 2 : -1, ' ', false, Json::error_handler_t::replace));
}

void refuse(const char* field, const std::string& reason) {
  throw std::runtime_error(std::string(field) + " " + reason);
}

std::string text_at(const Json& json, const char* field) {
  const Json& value = json.at(field);
  if (!value.is_string()) refuse(field, "is no text");
  return inert(value.get_ref<const std::string&>());
}

uint64_t number_at(const Json& json, const char* field) {
  const Json& value = json.at(field);
  if (!value.is_number_unsigned()) refuse(field, "is no whole number of at least 0");
  return value.get<uint64_t>();
}

uint32_t number32_at(const Json& json, const char* field) {
  uint64_t value = number_at(json, field);
  if (value > std::numeric_limits<uint32_t>::max())
    refuse(field, std::to_string(value) + " is out of range (0..4294967295)");
  return static_cast<uint32_t>(value);
}

// A number too long for any integer is a double to the parser, and no int holds it.
int int_at(const Json& json, const char* field) {
  const Json& value = json.at(field);
  if (!value.is_number_integer()) refuse(field, "is no whole number");
  const auto number = value.get<int64_t>();
  if (value.is_number_unsigned() ? value.get<uint64_t>() > INT32_MAX : number < INT32_MIN) refuse(field, "is out of range");
  return static_cast<int>(number);
}

}  // namespace ctl::protocol
