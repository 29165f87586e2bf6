// Bytes for wire tests, written as text. Header only; used by the tests of every room that feeds or reads messages.
#pragma once

#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/base/bytes.h"
#include "bgp/wire/message.h"
#include "bgp/wire/update.h"

namespace tests::support {

using bgp::Bytes;
using bgp::ByteView;

// "40 01 01 00" -> four octets. Blanks are free; anything else is a mistake in the test.
inline Bytes hex(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  Bytes out;
  int high = -1;
  for (char c : text) {
    if (c == ' ') continue;
    size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) throw std::invalid_argument("not hex: " + std::string(text));
    if (high < 0) high = static_cast<int>(digit);
    else out.push_back(static_cast<uint8_t>(high << 4 | static_cast<int>(digit))), high = -1;
  }
  if (high >= 0) throw std::invalid_argument("odd hex: " + std::string(text));
  return out;
}

inline std::string to_hex(ByteView bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (uint8_t b : bytes) out += {kDigits[b >> 4], kDigits[b & 15]};
  return out;
}

inline Bytes operator+(Bytes a, const Bytes& b) {
  for (uint8_t octet : b) a.push_back(octet);
  return a;
}

// "10.0.0.0/8 2001:db8::/32" -> an NLRI field.
inline Bytes nlri(std::string_view prefixes) {
  Bytes out;
  while (!prefixes.empty()) {
    std::string_view one = prefixes.substr(0, prefixes.find(' '));
    std::optional<bgp::Prefix> prefix = bgp::Prefix::parse(one);
    if (!prefix) throw std::invalid_argument("not a prefix: " + std::string(one));
    bgp::wire::append_nlri(out, *prefix);
    prefixes.remove_prefix(std::min(one.size() + 1, prefixes.size()));
  }
  return out;
}

// The body of an UPDATE from its three fields.
inline Bytes update_body(const Bytes& withdrawn, const Bytes& attributes, const Bytes& reachable) {
  Bytes out;
  bgp::ByteWriter writer(out);
  writer.u16(static_cast<uint16_t>(withdrawn.size()));
  writer.bytes(withdrawn);
  writer.u16(static_cast<uint16_t>(attributes.size()));
  writer.bytes(attributes);
  writer.bytes(reachable);
  return out;
}

// Keeps bytes to the end of the test program: the views in a DecodedUpdate must not outlive the message.
inline const Bytes& kept(Bytes bytes) {
  static std::deque<Bytes> all;
  return all.emplace_back(std::move(bytes));
}

// A whole message around a body.
inline Bytes message(bgp::wire::MessageType type, const Bytes& body) {
  Bytes out(16, 0xff);
  bgp::ByteWriter writer(out);
  writer.u16(static_cast<uint16_t>(19 + body.size()));
  writer.u8(static_cast<uint8_t>(type));
  writer.bytes(body);
  return out;
}

inline Bytes body_of(const Bytes& whole) { return {whole.begin() + 19, whole.end()}; }

// "10.0.0.0/8 10.1.0.0/16": what a field says, in order; with path identifiers as "7:10.0.0.0/8".
inline std::string prefixes_of(const bgp::wire::NlriField& field) {
  std::string out;
  field.for_each([&](const bgp::wire::NlriEntry& entry) {
    if (!out.empty()) out += ' ';
    if (entry.path_id != 0) out += std::to_string(entry.path_id) + ":";
    out += bgp::wire::to_prefix(field.family(), entry).to_string();
  });
  return out;
}

// We are AS 65000; both families, 4-octet numbers.
inline bgp::wire::CodecContext session_with(uint32_t peer_as) {
  bgp::wire::CodecContext context;
  context.local_as = bgp::Asn{65000};
  context.peer_as = bgp::Asn{peer_as};
  context.families = bgp::FamilySet::both();
  return context;
}
inline bgp::wire::CodecContext ebgp() { return session_with(65001); }
inline bgp::wire::CodecContext ibgp() { return session_with(65000); }
inline bgp::wire::CodecContext two_octet(bgp::wire::CodecContext context) {
  context.four_octet_as = false;
  return context;
}

// Well-formed attributes, as often needed.
inline const char* const kOrigin = "40 01 01 00";
inline const char* const kPathOfPeer = "40 02 06 02 01 0000fde9";  // 65001
inline const char* const kEmptyPath = "40 02 00";
inline const char* const kNextHop = "40 03 04 c0000201";           // 192.0.2.1
inline const char* const kLocalPref = "40 05 04 00000064";         // 100

}  // namespace tests::support
