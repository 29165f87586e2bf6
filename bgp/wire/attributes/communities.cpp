#include "bgp/wire/attributes/communities.h"

namespace bgp::wire::attributes {
namespace {

std::string pair_text(uint32_t high, uint32_t low) { return std::to_string(high) + ":" + std::to_string(low); }

// RFC 4360 §4, §5: the subtypes that people set by hand.
const char* subtype_name(uint8_t subtype) { return subtype == 2 ? "rt:" : subtype == 3 ? "soo:" : nullptr; }

}  // namespace

std::string community_text(ByteView four_octets) {
  switch (u32_at(four_octets.data())) {
    case kNoExport: return "no-export";
    case kNoAdvertise: return "no-advertise";
    case kNoExportSubconfed: return "no-export-subconfed";
    case kGracefulShutdown: return "graceful-shutdown";
    case kBlackhole: return "blackhole";
    case kLlgrStale: return "llgr-stale";
    case kNoLlgr: return "no-llgr";
    default: return pair_text(u16_at(four_octets.data()), u16_at(four_octets.data() + 2));
  }
}

// RFC 4360 §3, RFC 5668: type 0 is AS2:number4, type 1 IPv4:number2, type 2 AS4:number2; 0x40 marks non-transitive.
std::string extended_community_text(ByteView eight_octets) {
  const uint8_t* p = eight_octets.data();
  const char* name = subtype_name(p[1]);
  if (name == nullptr || p[0] > 2) return "0x" + hex_text(eight_octets);
  if (p[0] == 0) return name + pair_text(u16_at(p + 2), u32_at(p + 4));
  if (p[0] == 2) return name + pair_text(u32_at(p + 2), u16_at(p + 6));
  return name + IpAddress::v4(u32_at(p + 2)).to_string() + ":" + std::to_string(u16_at(p + 6));
}

std::string large_community_text(ByteView twelve_octets) {
  const uint8_t* p = twelve_octets.data();
  return pair_text(u32_at(p), u32_at(p + 4)) + ":" + std::to_string(u32_at(p + 8));
}

}  // namespace bgp::wire::attributes
