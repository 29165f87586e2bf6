// Lists of community values, all optional transitive: COMMUNITIES (RFC 1997), EXTENDED_COMMUNITIES (RFC 4360), IPv6
// address specific ones (RFC 5701), LARGE_COMMUNITY (RFC 8092). Malformed: RFC 7606 §7.8, §7.14, §7.15; RFC 8092 §6.
#pragma once

#include "bgp/base/limits.h"
#include "bgp/wire/attributes/attribute_rule.h"

namespace bgp::wire::attributes {

// The well-known communities that bear on export (RFC 1997); NO_EXPORT_SUBCONFED means NO_EXPORT where there are no
// confederations.
inline constexpr uint32_t kNoExport = 0xffffff01, kNoAdvertise = 0xffffff02, kNoExportSubconfed = 0xffffff03;
inline constexpr uint32_t kGracefulShutdown = 0xffff0000;  // RFC 8326
inline constexpr uint32_t kBlackhole = 0xffff029a;         // RFC 7999
inline constexpr uint32_t kLlgrStale = 0xffff0006, kNoLlgr = 0xffff0007;  // RFC 9494

std::string community_text(ByteView four_octets);            // "64512:100", "no-export"
std::string extended_community_text(ByteView eight_octets);  // "rt:64512:1", "soo:...", "0x..." for others
std::string large_community_text(ByteView twelve_octets);    // "64512:1:2"

template <AttributeCode Code, size_t Size>
struct CommunityList {
  static constexpr AttributeCode kCode = Code;
  static constexpr uint8_t kFlags = flag::kOptional | flag::kTransitive;
  static Verdict check(ByteView value, const Received&) { return check_list(value, Size, limits::kCommunitiesMax); }
};

struct Communities : CommunityList<AttributeCode::Communities, 4> {
  static constexpr const char* kName = "COMMUNITIES";
  static std::string text(ByteView value) { return list_text(value, 4, community_text); }
};

struct ExtendedCommunities : CommunityList<AttributeCode::ExtendedCommunities, 8> {
  static constexpr const char* kName = "EXTENDED_COMMUNITIES";
  static std::string text(ByteView value) { return list_text(value, 8, extended_community_text); }
};

struct Ipv6ExtendedCommunities : CommunityList<AttributeCode::Ipv6ExtendedCommunities, 20> {
  static constexpr const char* kName = "IPV6_EXTENDED_COMMUNITIES";
  static std::string text(ByteView value) { return list_text(value, 20, hex_text); }
};

struct LargeCommunities : CommunityList<AttributeCode::LargeCommunities, 12> {
  static constexpr const char* kName = "LARGE_COMMUNITY";
  static std::string text(ByteView value) { return list_text(value, 12, large_community_text); }
};

}  // namespace bgp::wire::attributes
