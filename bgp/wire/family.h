// Address families between the wire and our two.
#pragma once

#include <optional>

#include "bgp/base/numbers.h"

namespace bgp::wire {

// Our family, or nullopt for one that we do not carry.
inline std::optional<Family> family_of(uint16_t afi, uint8_t safi) {
  if (safi != static_cast<uint8_t>(Safi::Unicast)) return std::nullopt;
  if (afi == static_cast<uint16_t>(Afi::IPv4)) return Family::IPv4;
  if (afi == static_cast<uint16_t>(Afi::IPv6)) return Family::IPv6;
  return std::nullopt;
}

inline constexpr Family kFamilies[] = {Family::IPv4, Family::IPv6};

inline const char* family_text(Family family) { return family == Family::IPv4 ? "IPv4 unicast" : "IPv6 unicast"; }

}  // namespace bgp::wire
