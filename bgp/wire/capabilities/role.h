// BGP Role, RFC 9234 §4.1: what the speaker is to its neighbour.
//   +--------+
//   | role   |   0 provider, 1 RS, 2 RS-client, 3 customer, 4 peer
//   +--------+
#pragma once

#include "bgp/wire/capabilities/capability.h"

namespace bgp::wire::capabilities {

struct Role {
  static constexpr uint8_t kCode = 9;

  // Another length is an OPEN that cannot be understood; an unknown role is judged by who knows ours (2/11).
  static bool decode(ByteView value, Capabilities& out) {
    if (value.size() != 1) return false;
    if (out.role && *out.role != value[0]) out.roles_disagree = true;
    out.role = value[0];
    return true;
  }
  static void encode(const Capabilities& from, Bytes& out) {
    if (!from.role) return;
    Tlv tlv(out, kCode);
    out.push_back(*from.role);
  }
  static void describe(const Capabilities& from, std::vector<std::string>& lines) {
    static constexpr const char* kNames[] = {"provider", "RS", "RS-client", "customer", "peer"};
    if (!from.role) return;
    lines.push_back("Role " + (*from.role < std::size(kNames) ? kNames[*from.role] : std::to_string(*from.role)));
  }
};

}  // namespace bgp::wire::capabilities
