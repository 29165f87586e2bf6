// ORIGINATOR_ID and CLUSTER_LIST, RFC 4456 §8: optional non-transitive, inside an AS alone. Malformed: RFC 7606 §7.9,
// §7.10.
#pragma once

#include "bgp/base/limits.h"
#include "bgp/wire/attributes/attribute_rule.h"

namespace bgp::wire::attributes {

struct OriginatorId {
  static constexpr AttributeCode kCode = AttributeCode::OriginatorId;
  static constexpr const char* kName = "ORIGINATOR_ID";
  static constexpr uint8_t kFlags = flag::kOptional;
  static constexpr Scope kScope = Scope::Internal;

  static Verdict check(ByteView value, const Received&) {
    return value.size() == 4 ? keep() : treat_as_withdraw("length is not 4");
  }
  static std::string text(ByteView value) { return BgpIdentifier{u32_at(value.data())}.to_string(); }
};

struct ClusterList {
  static constexpr AttributeCode kCode = AttributeCode::ClusterList;
  static constexpr const char* kName = "CLUSTER_LIST";
  static constexpr uint8_t kFlags = flag::kOptional;
  static constexpr Scope kScope = Scope::Internal;

  static Verdict check(ByteView value, const Received&) { return check_list(value, 4, limits::kCommunitiesMax); }
  static std::string text(ByteView value) { return list_text(value, 4, OriginatorId::text); }
};

}  // namespace bgp::wire::attributes
