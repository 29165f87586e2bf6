// A route's attributes as BIRD 1.6 words them.
#include <cstdio>
#include <utility>

#include "bgp/wire/attribute.h"
#include "ctl/bird/route_list.h"

namespace ctl::bird {
namespace {

using bgp::ByteReader;
using bgp::ByteView;
using bgp::wire::AttributeCode;

std::string number(uint32_t n) { return std::to_string(n); }

std::string quad(ByteReader& reader) { return bgp::BgpIdentifier{reader.u32()}.to_string(); }

std::string hex(const char* format, uint32_t n) {
  char text[16];
  std::snprintf(text, sizeof text, format, n);
  return text;
}

// "65001 65002 { 65003 65004 }"
std::string as_path(ByteView attributes) {
  std::string text;
  for (char c : bgp::wire::as_path_text(attributes)) {
    if (c == '{') text += "{ ";
    else if (c == '}') text += " }";
    else text += c == ',' ? ' ' : c;
  }
  return text;
}

// Elements of `size` octets, a blank between them.
template <class Text>
std::string each(ByteView value, size_t size, Text text) {
  std::string out;
  for (size_t at = 0; at + size <= value.size(); at += size) {
    ByteReader reader(value.subspan(at, size));
    out += (out.empty() ? "" : " ") + text(reader);
  }
  return out;
}

std::string community(ByteReader& r) {
  uint16_t as = r.u16();
  return "(" + number(as) + "," + number(r.u16()) + ")";
}

std::string large_community(ByteReader& r) {
  uint32_t global = r.u32(), local = r.u32();
  return "(" + number(global) + ", " + number(local) + ", " + number(r.u32()) + ")";
}

// RFC 4360: route targets and origins by their three forms, anything else as two numbers.
std::string extended_community(ByteReader& r) {
  uint16_t type = r.u16();
  uint32_t high = r.u32();
  uint16_t low = r.u16();
  uint8_t form = static_cast<uint8_t>(type >> 8 & 0xbf), kind = static_cast<uint8_t>(type);
  if (form > 2 || (kind != 2 && kind != 3)) {
    uint32_t key = static_cast<uint32_t>(type) << 16 | high >> 16;
    return "(generic, " + hex("0x%x", key) + ", " + hex("0x%x", high << 16 | low) + ")";
  }
  std::string name = kind == 2 ? "(rt, " : "(ro, ";
  if (form == 0) return name + number(high >> 16) + ", " + number(high << 16 | low) + ")";
  return name + (form == 1 ? bgp::BgpIdentifier{high}.to_string() : number(high)) + ", " + number(low) + ")";
}

std::string unknown(const bgp::wire::AttributeView& attribute) {
  std::string text = hex("BGP.%02x", attribute.code);
  if ((attribute.flags & bgp::wire::flag::kTransitive) != 0) text += " [t]";
  text += ":";
  for (uint8_t octet : attribute.value) text += hex(" %02x", octet);
  return text;
}

std::string aggregator(ByteView value) {
  ByteReader r(value);
  std::string as = " AS" + number(r.u32());
  return quad(r) + as;
}

std::string line_of(const bgp::wire::AttributeView& attribute, ByteView all) {
  static constexpr const char* kOrigins[] = {"IGP", "EGP", "Incomplete"};
  ByteReader r(attribute.value);
  switch (static_cast<AttributeCode>(attribute.code)) {
    case AttributeCode::Origin:
      return std::string("BGP.origin: ") + kOrigins[static_cast<size_t>(bgp::wire::facts_of(all).origin)];
    case AttributeCode::AsPath: return "BGP.as_path: " + as_path(all);
    case AttributeCode::MultiExitDisc: return "BGP.med: " + number(r.u32());
    case AttributeCode::AtomicAggregate: return "BGP.atomic_aggr: ";
    case AttributeCode::Aggregator: return "BGP.aggregator: " + aggregator(attribute.value);
    case AttributeCode::Communities: return "BGP.community: " + each(attribute.value, 4, community);
    case AttributeCode::OriginatorId: return "BGP.originator_id: " + quad(r);
    case AttributeCode::ClusterList: return "BGP.cluster_list: " + each(attribute.value, 4, quad);
    case AttributeCode::ExtendedCommunities: return "BGP.ext_community: " + each(attribute.value, 8, extended_community);
    case AttributeCode::LargeCommunities: return "BGP.large_community: " + each(attribute.value, 12, large_community);
    default: return unknown(attribute);
  }
}

}  // namespace

std::vector<std::string> attribute_lines(const Route& route) {
  constexpr uint8_t kNextHop = static_cast<uint8_t>(AttributeCode::NextHop);
  constexpr uint8_t kLocalPref = static_cast<uint8_t>(AttributeCode::LocalPref);
  // What is kept beside the set (the next hop), or meant when it is missing (RFC 4271 §9.1.1), has its place among them.
  std::vector<std::string> lines;
  auto say = [&](std::string line) { lines.push_back(std::move(line)); };
  bool has_said_next_hop = false, has_said_local_pref = false;
  auto say_until = [&](int code) {
    if (code > kNextHop && !std::exchange(has_said_next_hop, true)) say("BGP.next_hop: " + route.next_hop);
    if (code > kLocalPref && !std::exchange(has_said_local_pref, true))
      say("BGP.local_pref: " + number(bgp::wire::facts_of(route.attributes).local_pref.value_or(100)));
  };
  for (const bgp::wire::AttributeView& attribute : bgp::wire::attributes_of(route.attributes)) {
    say_until(attribute.code);
    if (attribute.code != kLocalPref) say(line_of(attribute, route.attributes));
  }
  say_until(256);
  return lines;
}

}  // namespace ctl::bird
