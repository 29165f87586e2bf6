#include "bgp/base/prefix.h"

#include <algorithm>
#include <charconv>

namespace bgp {
namespace {

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
    : address_(address.truncated(std::min(length, address.bits()))), length_(std::min(length, address.bits())) {}

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

std::string Prefix::to_string() const { return address_.to_string() + "/" + std::to_string(length_); }

}  // namespace bgp
