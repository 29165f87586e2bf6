#include "bgp/wire/capabilities.h"

#include <tuple>

#include "bgp/wire/capabilities/add_path.h"
#include "bgp/wire/capabilities/cisco_route_refresh.h"
#include "bgp/wire/capabilities/enhanced_route_refresh.h"
#include "bgp/wire/capabilities/extended_messages.h"
#include "bgp/wire/capabilities/extended_next_hop.h"
#include "bgp/wire/capabilities/four_octet_as.h"
#include "bgp/wire/capabilities/graceful_restart.h"
#include "bgp/wire/capabilities/hostname.h"
#include "bgp/wire/capabilities/long_lived_graceful_restart.h"
#include "bgp/wire/capabilities/multiprotocol.h"
#include "bgp/wire/capabilities/role.h"
#include "bgp/wire/capabilities/route_refresh.h"
#include "bgp/wire/capabilities/software_version.h"

namespace bgp::wire {
namespace {

// The one place to add a capability; in code order, which is the order in which they are sent and described.
using AllCapabilities =
    std::tuple<capabilities::Multiprotocol, capabilities::RouteRefresh, capabilities::ExtendedNextHop,
               capabilities::ExtendedMessages, capabilities::Role, capabilities::GracefulRestart,
               capabilities::FourOctetAs, capabilities::AddPath, capabilities::EnhancedRouteRefresh,
               capabilities::LongLivedGracefulRestart, capabilities::Hostname, capabilities::SoftwareVersion,
               capabilities::CiscoRouteRefresh>;

// Calls visit(T{}) for each type of the list.
template <class Visit>
void for_each_capability(Visit visit) {
  std::apply([&](auto... each) { (visit(each), ...); }, AllCapabilities());
}

bool decode_one(uint8_t code, ByteView value, Capabilities& out) {
  bool known = false;
  bool well_formed = true;
  for_each_capability([&](auto capability) {
    if (capability.kCode != code) return;
    known = true;
    well_formed = capability.decode(value, out);
  });
  if (!known) out.unknown.push_back({code, Bytes(value.begin(), value.end())});
  return well_formed;
}

}  // namespace

void encode_capabilities(const Capabilities& capabilities, Bytes& out) {
  for_each_capability([&](auto capability) { capability.encode(capabilities, out); });
  for (const UnknownCapability& unknown : capabilities.unknown) {
    capabilities::Tlv tlv(out, unknown.code);
    out.insert(out.end(), unknown.value.begin(), unknown.value.end());
  }
}

bool decode_capabilities(ByteView tlvs, Capabilities& out) {
  for (ByteReader reader(tlvs); !reader.empty();) {
    uint8_t code = reader.u8();
    ByteView value = reader.take(reader.u8());
    if (reader.failed() || !decode_one(code, value, out)) return false;
  }
  return true;
}

std::vector<std::string> describe(const Capabilities& capabilities) {
  std::vector<std::string> lines;
  for_each_capability([&](auto capability) { capability.describe(capabilities, lines); });
  for (const UnknownCapability& unknown : capabilities.unknown)
    lines.push_back("Unknown capability " + std::to_string(unknown.code));
  return lines;
}

}  // namespace bgp::wire
