// Extended next hop encoding, RFC 8950 §4: which families may have a next hop of another address family.
//   +----------------+----------------+--------------------+
//   | AFI u16        | SAFI u16       | next hop's AFI u16 |   repeated
//   +----------------+----------------+--------------------+
// Ours is IPv4 unicast with IPv6 next hops; what else a peer names concerns nobody here.
#pragma once

#include "bgp/wire/capabilities/capability.h"

namespace bgp::wire::capabilities {

struct ExtendedNextHop {
  static constexpr uint8_t kCode = 5;

  static bool decode(ByteView value, Capabilities& out) {
    if (value.size() % 6 != 0) return false;
    for (ByteReader reader(value); !reader.empty();) {
      bool is_ipv4 = reader.u16() == static_cast<uint16_t>(Afi::IPv4);
      bool is_unicast = reader.u16() == static_cast<uint16_t>(Safi::Unicast);
      bool is_over_ipv6 = reader.u16() == static_cast<uint16_t>(Afi::IPv6);
      if (is_ipv4 && is_unicast && is_over_ipv6) out.extended_next_hop = true;
    }
    return true;
  }
  static void encode(const Capabilities& from, Bytes& out) {
    if (!from.extended_next_hop) return;
    Tlv tlv(out, kCode);
    put_afi(out, Family::IPv4);
    out.insert(out.end(), {0, static_cast<uint8_t>(Safi::Unicast)});
    put_afi(out, Family::IPv6);
  }
  static void describe(const Capabilities& from, std::vector<std::string>& lines) {
    if (from.extended_next_hop) lines.emplace_back("Extended next hop, IPv4 unicast over IPv6");
  }
};

}  // namespace bgp::wire::capabilities
