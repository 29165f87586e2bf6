// What a speaker can do, as said in its OPEN. One file per capability in capabilities/, one member here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bgp/base/bytes.h"
#include "bgp/base/numbers.h"

namespace bgp::wire {

struct UnknownCapability {
  uint8_t code = 0;
  Bytes value;
  bool operator==(const UnknownCapability&) const = default;
};

// Graceful restart, RFC 4724 §3, with the N-bit of RFC 8538.
struct GracefulRestart {
  bool restarting = false;      // R: the speaker restarted
  bool notification = false;    // N: NOTIFICATION does not end it
  uint16_t restart_time_s = 0;  // 0..4095
  FamilySet families;
  FamilySet forwarding;         // F: forwarding state kept, per family
  bool operator==(const GracefulRestart&) const = default;
};

// Long-lived graceful restart, RFC 9494 §3.1.
struct LongLivedGracefulRestart {
  FamilySet families;
  FamilySet forwarding;                     // F
  uint32_t stale_s_v4 = 0, stale_s_v6 = 0;  // 0..2^24 - 1
  uint32_t& stale_s(Family family) { return family == Family::IPv4 ? stale_s_v4 : stale_s_v6; }
  uint32_t stale_s(Family family) const { return family == Family::IPv4 ? stale_s_v4 : stale_s_v6; }
  bool operator==(const LongLivedGracefulRestart&) const = default;
};

struct Capabilities {
  FamilySet multiprotocol;             // 1, RFC 4760; only our families
  std::vector<uint32_t> other_families;  // 1: afi << 8 | safi of families that we do not carry; received only
  bool route_refresh = false;          // 2, RFC 2918 (also the old code 128)
  bool extended_next_hop = false;      // 5, RFC 8950: IPv4 unicast with IPv6 next hops
  bool extended_messages = false;      // 6, RFC 8654
  std::optional<uint8_t> role;         // 9, RFC 9234; the last one, as received
  bool roles_disagree = false;         //    ... and an earlier one was different; received only
  std::optional<GracefulRestart> graceful_restart;  // 64
  std::optional<Asn> four_octet_as;    // 65, RFC 6793
  FamilySet add_path_receive;          // 69, RFC 7911: the sender of this capability wants to receive
  FamilySet add_path_send;             //     ... is able to send
  bool enhanced_route_refresh = false; // 70, RFC 7313
  std::optional<LongLivedGracefulRestart> long_lived;  // 71, RFC 9494
  std::optional<std::string> hostname; // 73, FQDN draft: "host.domain", as received: hostile text
  std::optional<std::string> software_version;  // 75, draft-ietf-idr-software-version, as received: hostile text
  std::vector<UnknownCapability> unknown;

  bool operator==(const Capabilities&) const = default;
};

// The capability TLVs one after another, without the optional-parameter headers around them.
void encode_capabilities(const Capabilities& capabilities, Bytes& out);
// False when a TLV overruns or a known one has an impossible length: the OPEN is malformed (2/0). Repeated
// capabilities add up; unknown ones are kept.
bool decode_capabilities(ByteView tlvs, Capabilities& out);
// "IPv4 unicast", "Route refresh", "4-octet AS 64512", ...: one line each, in code order, escaped.
std::vector<std::string> describe(const Capabilities& capabilities);

}  // namespace bgp::wire
