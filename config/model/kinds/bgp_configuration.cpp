#include "config/model/kinds/bgp_configuration.h"

#include <algorithm>
#include <array>

#include "config/model/kinds/named_v3_kind.h"

namespace config::model {
namespace {

constexpr std::array<std::string_view, 7> kSeverities = {"Trace", "Debug", "Info", "Warning", "Error", "Fatal", "None"};

bool is_same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

// "None" is no word of upstream's: v1's `logLevel none` (settings.cpp).
std::optional<std::string> read_severity(Fields& fields) {
  const std::string text = fields.text("logSeverityScreen").value_or("");
  if (text.empty()) return std::nullopt;
  for (const std::string_view word : kSeverities) {
    if (is_same_word(word, text)) return std::string(word);
  }
  fields.invalid("logSeverityScreen", text, "must be Trace, Debug, Info, Warning, Error or Fatal");
  return std::nullopt;
}

std::optional<uint16_t> read_port(Fields& fields) {
  const auto port = fields.number("listenPort", 65535);
  if (port == 0U) fields.invalid("listenPort", "0", "must be 1..65535");
  return port.value_or(0) == 0 ? std::nullopt : std::optional(static_cast<uint16_t>(*port));
}

// '*' alone would leave nothing to announce.
std::vector<std::string> read_ignored(Fields& fields) {
  std::vector<std::string> patterns;
  for (const std::string& text : fields.texts("ignoredInterfaces")) {
    if (text != "*" && is_interface_pattern(text)) patterns.push_back(text);
    else fields.invalid("ignoredInterfaces", text, "must match ^[a-zA-Z0-9_.*-]{1,15}$ and not be *");
  }
  return patterns;
}

std::optional<bgp::IpAddress> read_address(Fields& fields, std::string_view key, bgp::Family family) {
  const std::string text = fields.text(key).value_or("");
  if (text.empty()) return std::nullopt;
  const auto address = parse_ip(text);
  if (address && address->family() == family) return address;
  fields.invalid(key, text, family == bgp::Family::IPv4 ? "must be an IPv4 address" : "must be an IPv6 address");
  return std::nullopt;
}

// RFC 4724 §3: twelve bits.
std::optional<bgp::Duration> read_restart_time(Fields& fields) {
  const auto time = fields.duration("nodeMeshMaxRestartTime");
  if (!time || *time <= std::chrono::seconds(4095)) return time;
  fields.invalid("nodeMeshMaxRestartTime", fields.text("nodeMeshMaxRestartTime").value_or(""), "must be at most 4095s");
  return std::nullopt;
}

BgpConfiguration read_fields(Fields& fields, bool strict) {
  BgpConfiguration configuration;
  configuration.as_number = fields.asn("asNumber");
  configuration.node_to_node_mesh = fields.flag("nodeToNodeMeshEnabled");
  configuration.log_severity = read_severity(fields);
  configuration.listen_port = read_port(fields);
  configuration.binds_node_address = fields.word("bindMode", {"None", "NodeIP"}).value_or("") == "NodeIP";
  configuration.ignored_interfaces = read_ignored(fields);
  configuration.workload_peering_v4 = read_address(fields, "localWorkloadPeeringIPV4", bgp::Family::IPv4);
  configuration.workload_peering_v6 = read_address(fields, "localWorkloadPeeringIPV6", bgp::Family::IPv6);
  configuration.mesh_password = read_secret_ref(fields, "nodeMeshPassword", strict);
  configuration.mesh_max_restart_time = read_restart_time(fields);
  configuration.advertisements = read_advertisements(fields, strict);
  return configuration;
}

void check_mesh(Fields& fields, const BgpConfiguration& configuration) {
  if (configuration.node_to_node_mesh.value_or(true)) return;
  if (configuration.mesh_password) {
    fields.invalid("nodeMeshPassword", "", "spec.NodeMeshPassword cannot be set if spec.NodeToNodeMesh is disabled");
  }
  if (configuration.mesh_max_restart_time) {
    fields.invalid("nodeMeshMaxRestartTime", fields.text("nodeMeshMaxRestartTime").value_or(""),
                   "spec.NodeMeshMaxRestartTime cannot be set if spec.NodeToNodeMesh is disabled");
  }
}

// Upstream's words; its Go names.
void check_default_only(Fields& fields, const Resource& resource) {
  static constexpr std::pair<const char*, const char*> kNames[] = {{"nodeToNodeMeshEnabled", "nodeToNodeMeshEnabled"},
                                                                   {"asNumber", "ASNumber"},
                                                                   {"serviceExternalIPs", "ServiceExternalIPs"},
                                                                   {"serviceClusterIPs", "ServiceClusterIPs"},
                                                                   {"nodeMeshPassword", "NodeMeshPassword"},
                                                                   {"nodeMeshMaxRestartTime", "NodeMeshMaxRestartTime"}};
  for (const auto& [key, name] : kNames) {
    if (resource.name == "default" || fields.any(key) == nullptr) continue;
    fields.invalid(key, "", std::string("Cannot set ") + name + " on a non default BGP Configuration.");
  }
}

// Upstream reads these of a node's own, and no others.
constexpr std::array<std::string_view, 4> kPerNode = {"logSeverityScreen", "listenPort", "communities", "prefixAdvertisements"};

std::vector<std::string> without_effect(const Resource& resource) {
  std::vector<std::string> names;
  if (resource.name == "default") return names;
  for (const Member& member : resource.spec.members) {
    if (std::find(kPerNode.begin(), kPerNode.end(), member.key) == kPerNode.end()) names.push_back(member.key);
  }
  return names;
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
    // One bad field of a stored one must not take the AS number and all the others with it.
    if (!strict) {
      if (auto done = check_not_guessed(resource); !done) return done;
      fields.tolerate();
    }
    const BgpConfiguration configuration = read_fields(fields, strict);
    if (strict) {
      check_mesh(fields, configuration);
      check_default_only(fields, resource);
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
  // In place of these two a default would be another AS, or a mesh that nobody wants: every session of the cluster at once.
  static Outcome<bgp::Done> check_not_guessed(const Resource& resource) {
    if (resource.name != "default") return bgp::Done{};
    Fields fields(resource.spec);
    fields.asn("asNumber");
    fields.flag("nodeToNodeMeshEnabled");
    return fields.finish(false);
  }

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
  fields.tolerate();
  BgpConfiguration configuration = read_fields(fields, false);
  configuration.faults = fields.faults();
  configuration.without_effect = without_effect(resource);
  configuration.name = resource.name;
  configuration.annotations = annotations_of(resource, &configuration.annotation_problems);
  return configuration;
}

}  // namespace config::model
