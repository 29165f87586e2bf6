// NEXT_HOP, RFC 4271 §4.3 c: well-known mandatory for the NLRI field of RFC 4271; an IPv4 address. Malformed: RFC 7606
// §7.3. It is not part of the canonical bytes: DecodedUpdate::next_hop holds it.
#pragma once

#include "bgp/wire/attributes/attribute_rule.h"

namespace bgp::wire::attributes {

// No packet can be sent to such a gateway: unspecified, loopback, multicast, or class E with the broadcast address
// (RFC 4271 §6.3 "syntactically valid IP host address").
inline bool is_martian_next_hop(const IpAddress& a) {
  uint8_t first = a.bytes()[0];
  if (a.is_v4()) return first == 0 || first == 127 || first >= 224;
  return a.is_unspecified() || a.is_loopback() || a.is_multicast();
}

struct NextHop {
  static constexpr AttributeCode kCode = AttributeCode::NextHop;
  static constexpr const char* kName = "NEXT_HOP";
  static constexpr uint8_t kFlags = flag::kTransitive;
  static constexpr bool kStored = false;

  static Verdict check(ByteView value, const Received& message) {
    if (value.size() != 4) return treat_as_withdraw("length is not 4");
    // RFC 4760 §3: without NLRI of its own it says nothing, whatever it says.
    if (message.has_ipv4_nlri && is_martian_next_hop(address(value)))
      return treat_as_withdraw("address is no host's");
    return keep();
  }
  static IpAddress address(ByteView value) { return IpAddress::v4(value.first<4>()); }
  static std::string text(ByteView value) { return address(value).to_string(); }
};

}  // namespace bgp::wire::attributes
