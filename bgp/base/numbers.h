// The small numbers of BGP, each its own type, so that an AS is never passed where an identifier is meant.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bgp/base/ip_address.h"

namespace bgp {

// An autonomous system number, 4 octets (RFC 6793). 0 is reserved (RFC 7607); 23456 stands in for a number that a
// 2-octet speaker cannot say.
struct Asn {
  uint32_t value = 0;
  bool fits_two_octets() const { return value <= 0xffff; }
  std::string to_string() const { return std::to_string(value); }
  auto operator<=>(const Asn&) const = default;
};
inline constexpr Asn kAsTrans{23456};

// "64512" or asdot "1.10" with both halves 0..65535 (RFC 5396); nullopt otherwise.
std::optional<Asn> parse_asn(std::string_view text);

// The BGP Identifier: 4 octets, printed like an IPv4 address, no address (RFC 6286). In host order here.
struct BgpIdentifier {
  uint32_t value = 0;
  std::string to_string() const { return IpAddress::v4(value).to_string(); }
  auto operator<=>(const BgpIdentifier&) const = default;
};

// Address families as IANA numbers them. We carry unicast of both.
enum class Afi : uint16_t { IPv4 = 1, IPv6 = 2 };
enum class Safi : uint8_t { Unicast = 1 };

inline Afi to_afi(Family family) { return family == Family::IPv4 ? Afi::IPv4 : Afi::IPv6; }

// GTSM, RFC 5082 §3: what a TTL of 255 has become at most when `hops` may be between, 1 being the neighbour on the link.
inline constexpr uint8_t minimum_ttl(uint8_t hops) { return static_cast<uint8_t>(256 - (hops == 0 ? 1 : hops)); }

// A set of our two families, as one byte.
struct FamilySet {
  uint8_t bits = 0;
  static FamilySet of(Family family) { return {static_cast<uint8_t>(family == Family::IPv4 ? 1 : 2)}; }
  static FamilySet both() { return {3}; }
  bool has(Family family) const { return (bits & of(family).bits) != 0; }
  void add(Family family) { bits = static_cast<uint8_t>(bits | of(family).bits); }
  FamilySet operator&(FamilySet other) const { return {static_cast<uint8_t>(bits & other.bits)}; }
  bool empty() const { return bits == 0; }
  auto operator<=>(const FamilySet&) const = default;
};

// A TCP connection, from the moment we ask for it or accept it until it is closed. Never reused within a process.
struct ConnId {
  uint32_t value = 0;
  auto operator<=>(const ConnId&) const = default;
};

}  // namespace bgp

template <>
struct std::hash<bgp::ConnId> {
  size_t operator()(bgp::ConnId id) const noexcept { return id.value; }
};
