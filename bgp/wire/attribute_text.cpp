#include "bgp/wire/attributes/attribute_rule.h"
#include "bgp/wire/attributes/communities.h"

namespace bgp::wire {
namespace {

using CommunityText = std::string (*)(ByteView);

void append_communities(ByteView canonical, AttributeCode code, size_t size, CommunityText text,
                        std::vector<std::string>& out) {
  ByteView value = find_attribute(canonical, code).value_or(ByteView());
  for (size_t at = 0; at + size <= value.size(); at += size) out.push_back(text(value.subspan(at, size)));
}

// Of any bytes that claim to be this attribute: text() reads only what check() let through.
bool is_well_formed(const AttributeRule& rule, ByteView value) {
  static const CodecContext kAnyIbgp{};
  static const FramedAttributes kNone;
  return rule.check(value, Received{kAnyIbgp, kNone, false, false}).ok;
}

}  // namespace

const char* to_string(Origin origin) {
  switch (origin) {
    case Origin::Igp: return "IGP";
    case Origin::Egp: return "EGP";
    case Origin::Incomplete: return "incomplete";
  }
  return "?";
}

std::string hex_text(ByteView bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (uint8_t byte : bytes) out += {kHex[byte >> 4], kHex[byte & 15]};
  return out;
}

std::vector<std::string> communities_text(ByteView canonical) {
  std::vector<std::string> out;
  append_communities(canonical, AttributeCode::Communities, 4, attributes::community_text, out);
  append_communities(canonical, AttributeCode::ExtendedCommunities, 8, attributes::extended_community_text, out);
  append_communities(canonical, AttributeCode::LargeCommunities, 12, attributes::large_community_text, out);
  return out;
}

const char* attribute_name(uint8_t code) {
  const AttributeRule* rule = rule_of(code);
  return rule == nullptr ? nullptr : rule->name;
}

std::string attribute_text(const AttributeView& attribute) {
  const AttributeRule* rule = rule_of(attribute.code);
  if (rule != nullptr && is_well_formed(*rule, attribute.value)) {
    std::string value = rule->text(attribute.value);
    return value.empty() ? rule->name : rule->name + (": " + value);
  }
  uint8_t flags = attribute.flags;
  return "attribute " + std::to_string(attribute.code) + " (flags " + hex_text({&flags, 1}) +
         "): " + hex_text(attribute.value);
}

}  // namespace bgp::wire
