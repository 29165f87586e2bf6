#include "bgp/base/prefix.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace bgp {
namespace {

IpAddress masked(const IpAddress& address, uint8_t length) {
  std::array<uint8_t, 16> raw{};
  std::span<const uint8_t> bytes = address.bytes();
  for (size_t i = 0; i < bytes.size(); ++i) {
    int kept = std::clamp(static_cast<int>(length) - static_cast<int>(i) * 8, 0, 8);
    raw[i] = static_cast<uint8_t>(bytes[i] & (0xff00 >> kept));
  }
  return *IpAddress::from_bytes(std::span<const uint8_t>(raw.data(), bytes.size()));
}

struct AddressAndLength {
  IpAddress address;
  uint8_t length;
};

std::optional<AddressAndLength> split(std::string_view text) {
  size_t slash = text.find('/');
  std::optional<IpAddress> address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return AddressAndLength{*address, address->bits()};
  std::string_view digits = text.substr(slash + 1);
  unsigned length = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc() || end != digits.data() + digits.size() || length > address->bits()) return std::nullopt;
  return AddressAndLength{*address, static_cast<uint8_t>(length)};
}

}  // namespace

Prefix::Prefix(const IpAddress& address, uint8_t length)
    : address_(masked(address, std::min(length, address.bits()))), length_(std::min(length, address.bits())) {}

std::optional<Prefix> Prefix::parse(std::string_view text) {
  if (text.find('/') == std::string_view::npos) return std::nullopt;
  std::optional<AddressAndLength> parts = split(text);
  if (!parts) return std::nullopt;
  Prefix prefix(parts->address, parts->length);
  if (prefix.address() != parts->address) return std::nullopt;
  return prefix;
}

std::optional<Prefix> Prefix::parse_loose(std::string_view text) {
  std::optional<AddressAndLength> parts = split(text);
  if (!parts) return std::nullopt;
  return Prefix(parts->address, parts->length);
}

bool Prefix::contains(const IpAddress& address) const {
  return address.family() == family() && masked(address, length_) == address_;
}

bool Prefix::contains(const Prefix& other) const { return other.length_ >= length_ && contains(other.address_); }

std::string Prefix::to_string() const { return address_.to_string() + "/" + std::to_string(length_); }

}  // namespace bgp
