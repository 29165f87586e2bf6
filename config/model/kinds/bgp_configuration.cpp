#include "config/model/kinds/bgp_configuration.h"

#include <array>

#include "config/model/kinds/named_v3_kind.h"

namespace config::model {
namespace {

// Spec fields of the v3 schema that we store and show without acting on them.
constexpr std::array kUninterpreted = {
    "bindMode",          "nodeMeshPassword",       "nodeMeshMaxRestartTime", "serviceClusterIPs",
    "serviceExternalIPs", "serviceLoadBalancerIPs", "serviceLoadBalancerAggregation", "communities",
    "prefixAdvertisements", "ignoredInterfaces",   "localWorkloadPeeringIPV4", "localWorkloadPeeringIPV6",
    "programClusterRoutes", "ipv4NormalRoutePriority", "ipv6NormalRoutePriority"};

BgpConfiguration read_fields(Fields& fields) {
  BgpConfiguration configuration;
  configuration.as_number = fields.asn("asNumber");
  configuration.node_to_node_mesh = fields.flag("nodeToNodeMeshEnabled");
  configuration.log_severity = fields.text("logSeverityScreen");
  if (const auto port = fields.number("listenPort", 65535)) {
    configuration.listen_port = static_cast<uint16_t>(*port);
    if (*port == 0) fields.invalid("listenPort", "0", "must be 1..65535");
  }
  return configuration;
}

class BgpConfigurationKind : public NamedV3Kind {
 public:
  BgpConfigurationKind()
      : NamedV3Kind({"", "BGPConfiguration", "bgpconfigurations", {"bgpconfig", "bgpconfigs"}}) {}

  std::vector<std::string> ps_columns(Api) const override { return {"NAME", "LOGSEVERITY", "MESHENABLED", "ASNUMBER"}; }
  std::vector<std::string> wide_columns(Api api) const override { return ps_columns(api); }

  std::string cell(const Resource& resource, std::string_view heading, Api, const DisplayContext&) const override {
    const BgpConfiguration configuration = read_bgp_configuration(resource);
    if (heading == "NAME") return resource.name;
    if (heading == "LOGSEVERITY") return configuration.log_severity.value_or("-");
    if (heading == "ASNUMBER") return configuration.as_number ? configuration.as_number->to_string() : "-";
    if (!configuration.node_to_node_mesh) return "-";
    return *configuration.node_to_node_mesh ? "true" : "false";
  }

 protected:
  Outcome<bgp::Done> check_v3(Resource& resource, bool strict) const override {
    Fields fields(resource.spec);
    for (const char* key : kUninterpreted) fields.any(key);
    const BgpConfiguration configuration = read_fields(fields);
    if (auto done = fields.finish(strict); !done) return done;
    if (configuration.as_number) resource.spec.set("asNumber", Value::number(configuration.as_number->value));
    return bgp::Done{};
  }
};

}  // namespace

const Kind& bgp_configuration_kind() {
  static const BgpConfigurationKind kKind;
  return kKind;
}

BgpConfiguration read_bgp_configuration(const Resource& resource) {
  Fields fields(resource.spec);
  BgpConfiguration configuration = read_fields(fields);
  configuration.name = resource.name;
  return configuration;
}

}  // namespace config::model
