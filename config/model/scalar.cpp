#include "config/model/scalar.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

namespace config::model {
namespace {

template <size_t N>
bool any_of(const std::array<std::string_view, N>& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

size_t skip_digits(std::string_view text, size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

// strtod knows decimals, exponents and 0x; what it stops at is no number.
bool is_c_number(const std::string& text) {
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  return end == text.c_str() + text.size();
}

bool is_octal_or_binary(std::string_view text) {
  if (text.size() < 3 || text[0] != '0' || (text[1] != 'o' && text[1] != 'b')) return false;
  return skip_digits(text, 2) == text.size();
}

// "1:20": base 60, which the IPv6 address "1:2:3:4:5:6:7:8" is too.
bool is_base_60(std::string_view text) {
  size_t at = skip_digits(text, 0);
  if (at == 0 || at == text.size()) return false;
  while (at < text.size()) {
    const size_t end = skip_digits(text, at + 1);
    const size_t digits = end - at - 1;
    if (text[at] != ':' || digits == 0 || digits > 2 || (digits == 2 && text[at + 1] > '5')) return false;
    at = end;
  }
  return true;
}

// "2016-12-01", with or without a time after it.
bool is_date(std::string_view text) {
  const size_t year = skip_digits(text, 0);
  const size_t month = year == 4 && text.size() > 4 && text[4] == '-' ? skip_digits(text, 5) : 0;
  if (month < 6 || month >= text.size() || text[month] != '-') return false;
  const size_t day = skip_digits(text, month + 1);
  return day > month + 1 && (day == text.size() || text[day] == 'T' || text[day] == 't' || text[day] == ' ');
}

bool is_yaml11_number(std::string text) {
  std::erase(text, '_');
  if (text.empty()) return false;
  if (text == ".inf" || text == "-.inf" || text == "+.inf" || text == ".nan") return true;
  const bool digit_first = text[0] >= '0' && text[0] <= '9';
  if (!digit_first && text[0] != '.' && text[0] != '-' && text[0] != '+') return false;
  if (text.size() > 1 && (text[1] == 'i' || text[1] == 'n')) return false;  // "-inf", "-nan(x)": strtod's, not YAML's
  return is_c_number(text) || is_octal_or_binary(text) || is_base_60(text) || is_date(text);
}

}  // namespace

bool is_null_word(std::string_view text) {
  static constexpr std::array<std::string_view, 5> kWords = {"", "~", "null", "Null", "NULL"};
  return any_of(kWords, text);
}

bool is_bool_word(std::string_view text) {
  static constexpr std::array<std::string_view, 22> kWords = {
      "true", "True", "TRUE", "false", "False", "FALSE", "yes", "Yes", "YES", "no", "No",
      "NO",   "on",   "On",   "ON",    "off",   "Off",   "OFF", "y",   "Y",   "n",  "N"};
  return any_of(kWords, text);
}

bool is_json_number(std::string_view text) {
  size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  size_t end = skip_digits(text, at);
  if (end == at || (text[at] == '0' && end > at + 1)) return false;
  at = end;
  if (at < text.size() && text[at] == '.') {
    end = skip_digits(text, at + 1);
    if (end == at + 1) return false;
    at = end;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    end = skip_digits(text, at);
    if (end == at) return false;
    at = end;
  }
  return at == text.size();
}

bool resolves_to_other_type(std::string_view text) {
  if (is_null_word(text) || is_bool_word(text) || text == "<<") return true;
  return is_yaml11_number(std::string(text));
}

Value plain_scalar(std::string_view text, int line) {
  Value value = Value::string(text);
  value.line = line;
  if (is_null_word(text)) {
    value = Value();
    value.line = line;
  } else if (is_bool_word(text)) {
    value.type = Value::Type::Bool;
  } else if (is_json_number(text)) {
    value.type = Value::Type::Number;
  }
  return value;
}

}  // namespace config::model
