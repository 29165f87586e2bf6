// The BFD Control packet, RFC 5880 §4.1. What comes in is hostile: decode() applies every rule of §6.8.6 that needs no
// session; the rest is bgp/bfd/sessions.h.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   |Vers | Diag    |Sta|P|F|C|A|D|M|  Detect Mult  |    Length     |
//   |                       My Discriminator                        |
//   |                      Your Discriminator                       |
//   |                    Desired Min TX Interval                    |   all intervals in microseconds
//   |                   Required Min RX Interval                    |
//   |                 Required Min Echo RX Interval                 |
#pragma once

#include <cstdint>

#include "bgp/base/bytes.h"
#include "bgp/base/result.h"

namespace bgp::bfd {

enum class State : uint8_t { AdminDown = 0, Down = 1, Init = 2, Up = 3 };
const char* to_string(State state);

// Why the sender's session last left Up. Others than these may come from a peer; they are kept as numbers.
enum class Diagnostic : uint8_t {
  None = 0, ControlDetectionTimeExpired = 1, EchoFunctionFailed = 2, NeighborSignaledSessionDown = 3,
  ForwardingPlaneReset = 4, PathDown = 5, ConcatenatedPathDown = 6, AdministrativelyDown = 7,
  ReverseConcatenatedPathDown = 8,
};
const char* to_string(Diagnostic diagnostic);  // "control detection time expired", ...; "reserved" for the unassigned

struct Packet {
  Diagnostic diagnostic = Diagnostic::None;
  State state = State::Down;
  bool poll = false;
  bool final = false;
  bool control_plane_independent = false;  // C
  bool demand = false;                     // D
  uint8_t detect_multiplier = 3;           // never 0
  uint32_t my_discriminator = 0;           // never 0
  uint32_t your_discriminator = 0;         // 0 only in Down and AdminDown
  uint32_t desired_min_tx_us = 1'000'000;
  uint32_t required_min_rx_us = 1'000'000;
  uint32_t required_min_echo_rx_us = 0;    // 0: no echo, as always from us
  bool operator==(const Packet&) const = default;
};

inline constexpr size_t kPacketBytes = 24;  // without an authentication section

// Why a packet was thrown away, in the order of RFC 5880 §6.8.6; the last three are found by Sessions.
enum class Discard : uint8_t {
  Version, Length, DetectMultiplierZero, Multipoint, MyDiscriminatorZero, YourDiscriminatorZero, Authentication,
  Ttl, NoSession, WrongAddress,
};
inline constexpr size_t kDiscards = 10;
const char* to_string(Discard discard);

// `payload` is a whole UDP payload. Octets behind the Length field are ignored, as §6.8.6 has it. A packet with an
// authentication section is discarded: we offer none, and §6.8.6 demands it then.
Result<Packet, Discard> decode(ByteView payload);
Bytes encode(const Packet& packet);

}  // namespace bgp::bfd
