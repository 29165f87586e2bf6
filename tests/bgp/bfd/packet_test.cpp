#include "bgp/bfd/packet.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "bgp/base/prng.h"

namespace bgp::bfd {
namespace {

Bytes hex(std::string_view text) {
  Bytes out;
  std::string digits;
  for (char c : text)
    if (c != ' ') digits += c;
  for (size_t i = 0; i + 1 < digits.size(); i += 2)
    out.push_back(static_cast<uint8_t>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  return out;
}

const char* verdict(const Result<Packet, Discard>& result) { return result ? "taken" : to_string(result.error()); }

TEST_CASE("a packet as the neighbour's kernel saw it (RFC 5880 §4.1)") {
  Packet packet;
  packet.diagnostic = Diagnostic::NeighborSignaledSessionDown;
  packet.state = State::Up;
  packet.poll = true;
  packet.control_plane_independent = true;
  packet.detect_multiplier = 3;
  packet.my_discriminator = 0x11223344;
  packet.your_discriminator = 0x55667788;
  packet.desired_min_tx_us = 100'000;
  packet.required_min_rx_us = 300'000;
  Bytes bytes = hex("23 e8 03 18  11223344  55667788  000186a0  000493e0  00000000");
  CHECK(encode(packet) == bytes);
  CHECK(*decode(bytes) == packet);
}

TEST_CASE("every rule of RFC 5880 §6.8.6 that needs no session") {
  struct Row { const char* bytes; const char* verdict; };
  const Row rows[] = {
      {"20 c0 03 18 00000001 00000002 000186a0 000186a0 00000000", "taken"},
      {"20 c0 03 18 00000001 00000002 000186a0 000186a0 00000000 ff ff", "taken"},  // octets behind Length
      {"", "length does not fit"},
      {"20", "length does not fit"},
      {"20 c0 03 18 00000001 00000002 000186a0 000186a0 000000", "length does not fit"},
      {"00 c0 03 18 00000001 00000002 000186a0 000186a0 00000000", "version is not 1"},
      {"40 c0 03 18 00000001 00000002 000186a0 000186a0 00000000", "version is not 1"},
      {"20 c0 03 17 00000001 00000002 000186a0 000186a0 00000000", "length does not fit"},   // < 24
      {"20 c0 03 19 00000001 00000002 000186a0 000186a0 00000000", "length does not fit"},   // > the payload
      {"20 c4 03 18 00000001 00000002 000186a0 000186a0 00000000", "length does not fit"},   // A set, < 26
      {"20 c4 03 1a 00000001 00000002 000186a0 000186a0 00000000", "length does not fit"},   // A set, > the payload
      {"20 c0 00 18 00000001 00000002 000186a0 000186a0 00000000", "detect multiplier is 0"},
      {"20 c1 03 18 00000001 00000002 000186a0 000186a0 00000000", "multipoint bit is set"},
      {"20 c0 03 18 00000000 00000002 000186a0 000186a0 00000000", "my discriminator is 0"},
      {"20 c0 03 18 00000001 00000000 000186a0 000186a0 00000000", "your discriminator is 0 in Init or Up"},
      {"20 80 03 18 00000001 00000000 000186a0 000186a0 00000000", "your discriminator is 0 in Init or Up"},
      {"20 40 03 18 00000001 00000000 000186a0 000186a0 00000000", "taken"},
      {"20 00 03 18 00000001 00000000 000186a0 000186a0 00000000", "taken"},
      {"20 c4 03 1a 00000001 00000002 000186a0 000186a0 00000000 01 02", "authentication, and none is configured"},
      {"3f ff 03 18 00000001 00000002 000186a0 000186a0 00000000", "length does not fit"},  // all flags; A among them
      {"3f fa ff 18 ffffffff ffffffff ffffffff ffffffff ffffffff", "taken"},                  // the largest of all
  };
  for (const Row& row : rows) {
    CAPTURE(row.bytes);
    CHECK(std::string(verdict(decode(hex(row.bytes)))) == row.verdict);
  }
}

TEST_CASE("what decode takes, encode says again; nothing else is ever taken") {
  Prng prng(5);
  int taken = 0;
  for (int i = 0; i < 200'000; ++i) {
    Bytes bytes(prng.below(32));
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(prng.next());
    if (bytes.size() > 4 && i % 4) bytes[0] = static_cast<uint8_t>(0x20 | (bytes[0] & 0x1f)), bytes[3] = 24;
    auto packet = decode(bytes);
    if (!packet) continue;
    ++taken;
    bytes.resize(kPacketBytes);
    bytes[3] = kPacketBytes;
    REQUIRE(encode(*packet) == bytes);
  }
  CHECK(taken > 1000);
}

TEST_CASE("an unassigned diagnostic is carried, and has a name") {
  CHECK(std::string(to_string(static_cast<Diagnostic>(31))) == "reserved");
}

}  // namespace
}  // namespace bgp::bfd
