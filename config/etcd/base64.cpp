#include "config/etcd/base64.h"

#include <array>
#include <cstdint>

namespace config::etcd {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kForeign = 0xff;

std::array<uint8_t, 256> reverse_alphabet() {
  std::array<uint8_t, 256> reverse{};
  reverse.fill(kForeign);
  for (size_t i = 0; i < kAlphabet.size(); ++i) reverse[static_cast<uint8_t>(kAlphabet[i])] = static_cast<uint8_t>(i);
  return reverse;
}

uint8_t octet(std::string_view bytes, size_t at) { return at < bytes.size() ? static_cast<uint8_t>(bytes[at]) : 0; }

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const uint32_t group = octet(bytes, i) << 16U | octet(bytes, i + 1) << 8U | octet(bytes, i + 2);
    for (unsigned shift : {18U, 12U, 6U, 0U}) out += kAlphabet[group >> shift & 0x3fU];
  }
  for (size_t missing = (3 - bytes.size() % 3) % 3; missing > 0; --missing) out[out.size() - missing] = '=';
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  static const std::array<uint8_t, 256> kReverse = reverse_alphabet();
  if (text.size() % 4 != 0) return std::nullopt;
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (size_t i = 0; i < text.size(); i += 4) {
    uint32_t group = 0;
    for (size_t j = i; j < i + 4; ++j) {
      const uint8_t value = j < text.size() - padding ? kReverse[static_cast<uint8_t>(text[j])] : 0;
      if (value == kForeign) return std::nullopt;
      group = group << 6U | value;
    }
    for (unsigned shift : {16U, 8U, 0U}) out += static_cast<char>(group >> shift & 0xffU);
  }
  out.resize(out.size() - padding);
  return to_base64(out) == text ? std::optional<std::string>(out) : std::nullopt;
}

}  // namespace config::etcd
