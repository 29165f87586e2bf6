#include "bgp/bfd/packet.h"

namespace bgp::bfd {
namespace {

constexpr uint8_t kVersion = 1;
constexpr uint8_t kPoll = 0x20, kFinal = 0x10, kIndependent = 0x08, kAuthentication = 0x04, kDemand = 0x02,
                  kMultipoint = 0x01;

}  // namespace

const char* to_string(State state) {
  switch (state) {
    case State::AdminDown: return "AdminDown";
    case State::Down: return "Down";
    case State::Init: return "Init";
    case State::Up: return "Up";
  }
  return "";
}

const char* to_string(Diagnostic diagnostic) {
  switch (diagnostic) {
    case Diagnostic::None: return "no diagnostic";
    case Diagnostic::ControlDetectionTimeExpired: return "control detection time expired";
    case Diagnostic::EchoFunctionFailed: return "echo function failed";
    case Diagnostic::NeighborSignaledSessionDown: return "neighbor signaled session down";
    case Diagnostic::ForwardingPlaneReset: return "forwarding plane reset";
    case Diagnostic::PathDown: return "path down";
    case Diagnostic::ConcatenatedPathDown: return "concatenated path down";
    case Diagnostic::AdministrativelyDown: return "administratively down";
    case Diagnostic::ReverseConcatenatedPathDown: return "reverse concatenated path down";
  }
  return "reserved";
}

const char* to_string(Discard discard) {
  switch (discard) {
    case Discard::Version: return "version is not 1";
    case Discard::Length: return "length does not fit";
    case Discard::DetectMultiplierZero: return "detect multiplier is 0";
    case Discard::Multipoint: return "multipoint bit is set";
    case Discard::MyDiscriminatorZero: return "my discriminator is 0";
    case Discard::YourDiscriminatorZero: return "your discriminator is 0 in Init or Up";
    case Discard::Authentication: return "authentication, and none is configured";
    case Discard::Ttl: return "came over a router (TTL is not 255)";
    case Discard::NoSession: return "no such session";
    case Discard::WrongAddress: return "the session is another address's";
  }
  return "";
}

Result<Packet, Discard> decode(ByteView payload) {
  if (payload.size() < kPacketBytes) return Err(Discard::Length);
  ByteReader in(payload);
  uint8_t first = in.u8(), flags = in.u8();
  Packet packet;
  packet.detect_multiplier = in.u8();
  uint8_t length = in.u8();
  if (first >> 5 != kVersion) return Err(Discard::Version);
  bool has_authentication = (flags & kAuthentication) != 0;
  size_t least = has_authentication ? kPacketBytes + 2 : kPacketBytes;
  if (length < least || length > payload.size()) return Err(Discard::Length);
  if (packet.detect_multiplier == 0) return Err(Discard::DetectMultiplierZero);
  if (flags & kMultipoint) return Err(Discard::Multipoint);
  packet.diagnostic = static_cast<Diagnostic>(first & 0x1f);
  packet.state = static_cast<State>(flags >> 6);
  packet.poll = (flags & kPoll) != 0;
  packet.final = (flags & kFinal) != 0;
  packet.control_plane_independent = (flags & kIndependent) != 0;
  packet.demand = (flags & kDemand) != 0;
  packet.my_discriminator = in.u32();
  packet.your_discriminator = in.u32();
  packet.desired_min_tx_us = in.u32();
  packet.required_min_rx_us = in.u32();
  packet.required_min_echo_rx_us = in.u32();
  if (packet.my_discriminator == 0) return Err(Discard::MyDiscriminatorZero);
  bool is_down = packet.state == State::Down || packet.state == State::AdminDown;
  if (packet.your_discriminator == 0 && !is_down) return Err(Discard::YourDiscriminatorZero);
  if (has_authentication) return Err(Discard::Authentication);
  return packet;
}

Bytes encode(const Packet& packet) {
  Bytes bytes;
  bytes.reserve(kPacketBytes);
  ByteWriter out(bytes);
  out.u8(static_cast<uint8_t>(kVersion << 5 | (static_cast<uint8_t>(packet.diagnostic) & 0x1f)));
  out.u8(static_cast<uint8_t>(static_cast<uint8_t>(packet.state) << 6 | (packet.poll ? kPoll : 0) |
                              (packet.final ? kFinal : 0) | (packet.control_plane_independent ? kIndependent : 0) |
                              (packet.demand ? kDemand : 0)));
  out.u8(packet.detect_multiplier);
  out.u8(kPacketBytes);
  out.u32(packet.my_discriminator);
  out.u32(packet.your_discriminator);
  out.u32(packet.desired_min_tx_us);
  out.u32(packet.required_min_rx_us);
  out.u32(packet.required_min_echo_rx_us);
  return bytes;
}

}  // namespace bgp::bfd
