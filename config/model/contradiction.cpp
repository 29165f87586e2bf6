#include "config/model/contradiction.h"

#include <map>
#include <tuple>

#include "bgp/base/escape.h"
#include "config/model/kinds/bgp_peer.h"

namespace config::model {
namespace {

// Whose peering it is, and with whom.
using Place = std::tuple<std::string, std::string, bgp::IpAddress, uint16_t>;

std::string shown(const Value* value) {
  if (value == nullptr) return "none";
  return value->is_scalar() ? bgp::printable(value->text, 64) : "another";
}

// "asNumber is 65001 there and 65002 here"; empty: they say the same.
std::string find_difference(const Value& there, const Value& here) {
  for (const Value* side : {&here, &there}) {
    for (const Member& member : side->members) {
      const Value* a = there.find(member.key);
      const Value* b = here.find(member.key);
      if (a == nullptr || b == nullptr || !(*a == *b))
        return bgp::printable(member.key, 64) + " is " + shown(a) + " there and " + shown(b) + " here";
    }
  }
  return "";
}

const Value& annotations_of(const Resource& resource) {
  static const Value kNone = Value::map();
  const Value* annotations = resource.metadata.find("annotations");
  return annotations != nullptr ? *annotations : kNone;
}

std::string find_difference(const Resource& there, const Resource& here) {
  std::string difference = find_difference(there.spec, here.spec);
  return difference.empty() ? find_difference(annotations_of(there), annotations_of(here)) : difference;
}

}  // namespace

Outcome<bgp::Done> check_contradictions(const std::vector<Resource>& resources) {
  std::map<Place, const Resource*> seen;
  for (const Resource& resource : resources) {
    if (resource.kind != &bgp_peer_kind()) continue;
    const BgpPeer peer = read_bgp_peer(resource);
    if (!peer.peer_ip) continue;
    const Place place{peer.node, peer.node_selector, *peer.peer_ip, peer.port};
    const auto [first, is_new] = seen.try_emplace(place, &resource);
    if (is_new) continue;
    const std::string difference = find_difference(*first->second, resource);
    if (difference.empty()) continue;
    return bgp::Err(ConfigError{resource.path, resource.line,
                                resource.kind->file_name(resource.api) + " " + peer.peer_ip->to_string() +
                                    ": contradicts the one of line " + std::to_string(first->second->line) + ": " +
                                    difference + "; keep one of them"});
  }
  return bgp::Done{};
}

}  // namespace config::model
