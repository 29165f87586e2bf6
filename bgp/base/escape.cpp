#include "bgp/base/escape.h"

#include <array>
#include <cstdint>

namespace bgp {
namespace {

// Length of the well-formed UTF-8 sequence at the front (RFC 3629: no overlong forms, no surrogates), or 0.
size_t utf8_length(std::string_view s) {
  auto byte = [&](size_t i) { return static_cast<uint8_t>(s[i]); };
  uint8_t first = byte(0);
  if (first < 0x80) return 1;
  size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || s.size() < length) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  if (first == 0xe0 && byte(1) < 0xa0) return 0;
  if (first == 0xed && byte(1) > 0x9f) return 0;
  if (first == 0xf0 && byte(1) < 0x90) return 0;
  if (first == 0xf4 && byte(1) > 0x8f) return 0;
  return length;
}

bool is_control(std::string_view sequence) {
  uint8_t first = static_cast<uint8_t>(sequence[0]);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7f;
  if (sequence.size() == 2 && first == 0xc2 && static_cast<uint8_t>(sequence[1]) < 0xa0) return true;  // C1
  // Bidirectional overrides and line separators (U+2028..U+202E, U+2066..U+2069) rearrange what a reader sees.
  uint8_t second = static_cast<uint8_t>(sequence[1]);
  uint8_t third = sequence.size() == 3 ? static_cast<uint8_t>(sequence[2]) : 0;
  return sequence.size() == 3 && first == 0xe2 &&
         ((second == 0x80 && third >= 0xa8 && third <= 0xae) || (second == 0x81 && third >= 0xa6 && third <= 0xa9));
}

void append_hex(std::string& out, std::string_view bytes) {
  static constexpr std::array<char, 17> kHex = {"0123456789abcdef"};
  for (char c : bytes) {
    auto b = static_cast<uint8_t>(c);
    out += {'\\', 'x', kHex[b >> 4], kHex[b & 15]};
  }
}

}  // namespace

std::string printable(std::string_view untrusted, size_t max) {
  std::string out;
  std::string_view rest = untrusted.substr(0, max);
  while (!rest.empty()) {
    size_t length = utf8_length(rest);
    std::string_view sequence = rest.substr(0, length == 0 ? 1 : length);
    if (length == 0 || is_control(sequence) || sequence == "\\") append_hex(out, sequence);
    else out += sequence;
    rest.remove_prefix(sequence.size());
  }
  if (untrusted.size() > max) out += "...";
  return out;
}

std::string quote_if_needed(std::string_view untrusted) {
  std::string clean = printable(untrusted);
  if (!clean.empty() && clean.find_first_of(" =\"") == std::string::npos) return clean;
  std::string out = "\"";
  for (char c : clean) {
    if (c == '"') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace bgp
