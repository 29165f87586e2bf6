// An IPv4 or IPv6 address as a value: 17 bytes, ordered by family and then as a number.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bgp {

enum class Family : uint8_t { IPv4 = 4, IPv6 = 6 };

class IpAddress {
 public:
  // 0.0.0.0: the unspecified IPv4 address.
  constexpr IpAddress() = default;

  static IpAddress v4(uint32_t host_order);
  static IpAddress v4(std::span<const uint8_t, 4> network_order);
  static IpAddress v6(std::span<const uint8_t, 16> network_order);
  // 4 or 16 bytes in network order; nullopt for any other size.
  static std::optional<IpAddress> from_bytes(std::span<const uint8_t> network_order);
  // The first octets of an address in network order, the rest zero. Requires no more of them than the family has.
  static IpAddress from_start(Family family, std::span<const uint8_t> octets) {
    IpAddress out;
    out.family_ = family;
    for (size_t i = 0; i < octets.size(); ++i) out.bytes_[i] = octets[i];
    return out;
  }
  // Dotted quad or RFC 4291 text; no zone, no brackets, no leading zeros in a quad. nullopt if it is neither.
  static std::optional<IpAddress> parse(std::string_view text);
  static IpAddress unspecified(Family family);

  Family family() const { return family_; }
  bool is_v4() const { return family_ == Family::IPv4; }
  bool is_v6() const { return family_ == Family::IPv6; }
  // 32 or 128.
  uint8_t bits() const { return is_v4() ? 32 : 128; }
  // 4 or 16 bytes in network order; lives as long as this object.
  std::span<const uint8_t> bytes() const { return {bytes_.data(), is_v4() ? 4U : 16U}; }
  // Requires is_v4().
  uint32_t to_u32() const;

  // The first `length` bits, the rest zero. Requires length <= bits().
  IpAddress truncated(uint8_t length) const;
  // Of one family, and the first `length` bits are equal. Requires length <= bits(). Asked for every route and rule.
  bool starts_like(const IpAddress& other, uint8_t length) const {
    if (family_ != other.family_) return false;
    size_t i = 0;
    for (; length >= 8; ++i, length = static_cast<uint8_t>(length - 8))
      if (bytes_[i] != other.bytes_[i]) return false;
    return length == 0 || ((bytes_[i] ^ other.bytes_[i]) & (0xff00 >> length)) == 0;
  }

  bool is_unspecified() const;
  bool is_loopback() const;    // 127.0.0.0/8, ::1
  bool is_multicast() const;   // 224.0.0.0/4, ff00::/8
  bool is_link_local() const;  // 169.254.0.0/16, fe80::/10

  // RFC 5952 for IPv6 (lower case, longest run of zeros compressed).
  std::string to_string() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  Family family_ = Family::IPv4;
  std::array<uint8_t, 16> bytes_{};  // an IPv4 address uses the first four, the rest stay zero
};

}  // namespace bgp

template <>
struct std::hash<bgp::IpAddress> {
  size_t operator()(const bgp::IpAddress& address) const noexcept;
};
