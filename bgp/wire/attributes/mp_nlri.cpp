#include "bgp/wire/attributes/mp_nlri.h"

#include "bgp/wire/family.h"

namespace bgp::wire::attributes {
namespace {

// RFC 2545 §3: 16 octets, or 32 with a link-local companion. Some speakers fill the second half with anything; what is
// not link-local there is no companion. Who has no global address says :: or the link-local one twice (BIRD, FRR): then
// the companion is the next hop.
std::optional<wire::NextHop> decode_next_hop(Family family, ByteView bytes, bool extended_next_hop) {
  if (family == Family::IPv4 && bytes.size() == 4) return wire::NextHop{*IpAddress::from_bytes(bytes), std::nullopt};
  if (family == Family::IPv4 && !extended_next_hop) return std::nullopt;
  if (bytes.size() != 16 && bytes.size() != 32) return std::nullopt;
  wire::NextHop next_hop{*IpAddress::from_bytes(bytes.first(16)), std::nullopt};
  if (bytes.size() == 16) return next_hop;
  IpAddress companion = *IpAddress::from_bytes(bytes.last(16));
  if (!companion.is_link_local()) return next_hop;
  if (next_hop.address.is_unspecified() || next_hop.address.is_link_local()) return wire::NextHop{companion, std::nullopt};
  next_hop.link_local = companion;
  return next_hop;
}

}  // namespace

std::optional<MpReachNlri::Decoded> MpReachNlri::decode(ByteView value, bool extended_next_hop) {
  ByteReader reader(value);
  uint16_t afi = reader.u16();
  uint8_t safi = reader.u8();
  ByteView next_hop_bytes = reader.take(reader.u8());
  reader.u8();  // reserved, once a number of SNPAs
  if (reader.failed()) return std::nullopt;
  Decoded decoded{family_of(afi, safi), {}, reader.rest()};
  if (!decoded.family) return decoded;
  std::optional<wire::NextHop> next_hop = decode_next_hop(*decoded.family, next_hop_bytes, extended_next_hop);
  if (!next_hop) return std::nullopt;
  decoded.next_hop = *next_hop;
  return decoded;
}

std::optional<MpUnreachNlri::Decoded> MpUnreachNlri::decode(ByteView value) {
  ByteReader reader(value);
  uint16_t afi = reader.u16();
  uint8_t safi = reader.u8();
  if (reader.failed()) return std::nullopt;
  return Decoded{family_of(afi, safi), reader.rest()};
}

}  // namespace bgp::wire::attributes
