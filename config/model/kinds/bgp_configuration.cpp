#include "config/model/kinds/bgp_configuration.h"

#include <array>

#include "config/model/kinds/named_v3_kind.h"

namespace config::model {
namespace {

// Spec fields of the v3 schema that we store and show without acting on them.
constexpr std::array kUninterpreted = {"bindMode", "ignoredInterfaces", "localWorkloadPeeringIPV4",
                                       "localWorkloadPeeringIPV6"};

BgpConfiguration read_fields(Fields& fields, bool strict) {
  BgpConfiguration configuration;
  configuration.as_number = fields.asn("asNumber");
  configuration.node_to_node_mesh = fields.flag("nodeToNodeMeshEnabled");
  configuration.log_severity = fields.text("logSeverityScreen");
  if (const auto port = fields.number("listenPort", 65535)) {
    configuration.listen_port = static_cast<uint16_t>(*port);
    if (*port == 0) fields.invalid("listenPort", "0", "must be 1..65535");
  }
  configuration.mesh_password = read_secret_ref(fields, "nodeMeshPassword");
  configuration.mesh_max_restart_time = fields.duration("nodeMeshMaxRestartTime");
  configuration.advertisements = read_advertisements(fields, strict);
  return configuration;
}

void check_mesh(Fields& fields, const BgpConfiguration& configuration) {
  if (configuration.mesh_max_restart_time && *configuration.mesh_max_restart_time > std::chrono::seconds(4095)) {
    fields.invalid("nodeMeshMaxRestartTime", fields.text("nodeMeshMaxRestartTime").value_or(""), "must be at most 4095s");
  }
  if (configuration.node_to_node_mesh.value_or(true)) return;
  if (configuration.mesh_password) {
    fields.invalid("nodeMeshPassword", "", "spec.NodeMeshPassword cannot be set if spec.NodeToNodeMesh is disabled");
  }
  if (configuration.mesh_max_restart_time) {
    fields.invalid("nodeMeshMaxRestartTime", fields.text("nodeMeshMaxRestartTime").value_or(""),
                   "spec.NodeMeshMaxRestartTime cannot be set if spec.NodeToNodeMesh is disabled");
  }
}

// Those of `default` alone have an effect.
Annotations annotations_of(const Resource& resource, std::vector<std::string>* problems) {
  if (resource.name != "default") return {};
  return read_annotations(resource.metadata, Holder::BgpConfiguration, problems);
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
    const BgpConfiguration configuration = read_fields(fields, strict);
    check_mesh(fields, configuration);
    if (strict) {
      check_own_annotations(resource, fields);
      // Only of documents: a stored one that was ignored for it would leave the mesh without either.
      if (configuration.mesh_password && annotations_of(resource, nullptr).tcp_ao) {
        fields.fail("nodeMeshPassword and calico-bgp/tcp-ao exclude each other: a session has TCP-MD5 or TCP-AO",
                    fields.line_of("nodeMeshPassword"));
      }
    }
    if (auto done = fields.finish(strict); !done) return done;
    if (configuration.as_number) resource.spec.set("asNumber", Value::number(configuration.as_number->value));
    return bgp::Done{};
  }

 private:
  static void check_own_annotations(Resource& resource, Fields& fields) {
    if (resource.name != "default" && has_annotations(resource.metadata)) {
      fields.fail("calico-bgp/ annotations have an effect on the BGPConfiguration default alone", resource.line);
    }
    if (auto done = check_annotations(resource.metadata, Holder::BgpConfiguration); !done) fields.fail(done.error());
  }
};

}  // namespace

const Kind& bgp_configuration_kind() {
  static const BgpConfigurationKind kKind;
  return kKind;
}

BgpConfiguration read_bgp_configuration(const Resource& resource) {
  Fields fields(resource.spec);
  BgpConfiguration configuration = read_fields(fields, false);
  configuration.name = resource.name;
  configuration.annotations = annotations_of(resource, &configuration.annotation_problems);
  return configuration;
}

}  // namespace config::model
