// A route's destination: an address with its first `length` bits significant and the rest zero.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bgp/base/ip_address.h"

namespace bgp {

class Prefix {
 public:
  // 0.0.0.0/0
  constexpr Prefix() = default;
  // Host bits are cleared; length is capped at address.bits().
  Prefix(const IpAddress& address, uint8_t length);

  // "10.0.0.0/8". nullopt when it is no CIDR or a host bit is set; parse_loose clears host bits and takes a bare
  // address as a host route.
  static std::optional<Prefix> parse(std::string_view text);
  static std::optional<Prefix> parse_loose(std::string_view text);

  const IpAddress& address() const { return address_; }
  uint8_t length() const { return length_; }
  Family family() const { return address_.family(); }
  bool is_host() const { return length_ == address_.bits(); }

  bool contains(const IpAddress& address) const { return address_.starts_like(address, length_); }
  // True for an equal prefix too; false across families.
  bool contains(const Prefix& other) const { return other.length_ >= length_ && contains(other.address_); }

  std::string to_string() const;

  // By family, address, length: a supernet comes before what it contains.
  auto operator<=>(const Prefix&) const = default;

 private:
  IpAddress address_;
  uint8_t length_ = 0;
};

}  // namespace bgp

template <>
struct std::hash<bgp::Prefix> {
  size_t operator()(const bgp::Prefix& prefix) const noexcept {
    return std::hash<bgp::IpAddress>()(prefix.address()) * 31 + prefix.length();
  }
};
