#include "config/model/endpoint_status.h"

#include "config/model/kinds/fields.h"

namespace config::model {
namespace {

// A CIDR, the address of which may have bits behind its length.
std::optional<bgp::IpAddress> first_address(Fields& fields, std::string_view key, bgp::Family family) {
  const std::vector<std::string> nets = fields.texts(key);
  if (nets.empty()) return std::nullopt;
  const auto address = parse_ip(std::string_view(nets[0]).substr(0, nets[0].find('/')));
  if (address && address->family() == family) return address;
  fields.invalid(key, nets[0], family == bgp::Family::IPv4 ? "must be an IPv4 CIDR" : "must be an IPv6 CIDR");
  return std::nullopt;
}

}  // namespace

Outcome<EndpointStatus> parse_endpoint_status(const std::string& file, std::string_view json) {
  auto value = parse_json(json);
  if (!value) return bgp::Err(value.error());
  Fields fields(*value);
  EndpointStatus status{.file = file, .bgp_peer = fields.text("bgpPeerName").value_or(""), .ipv4 = {}, .ipv6 = {}};
  status.ipv4 = first_address(fields, "ipv4Nets", bgp::Family::IPv4);
  status.ipv6 = first_address(fields, "ipv6Nets", bgp::Family::IPv6);
  if (auto done = fields.finish(false); !done) return bgp::Err(done.error());
  return status;
}

}  // namespace config::model
