#include "config/etcd/v2_values.h"

#include <algorithm>
#include <array>

#include "config/model/kinds.h"
#include "config/model/kinds/bgp_configuration.h"
#include "config/model/kinds/bgp_peer.h"
#include "config/model/kinds/block_affinity.h"
#include "config/model/kinds/felix_configuration.h"
#include "config/model/kinds/fields.h"
#include "config/model/kinds/ip_pool.h"
#include "config/model/kinds/node.h"
#include "config/model/settings.h"

namespace config::etcd::v2 {
namespace {

using model::Outcome;
using model::Resource;
using model::Value;
using KeyValues = std::map<std::string, std::string>;

constexpr std::string_view kTunnelField = "ipv4IPIPTunnelAddr";
constexpr std::array kFelixLevels = {"warning", "error", "critical"};  // BIRD's log knew none, debug and info alone

Outcome<Resource> from_v1(const model::Kind& kind, Value metadata, Value spec) {
  Value document = Value::map();
  document.set("kind", Value::string(kind.names().v1)).set("apiVersion", Value::string("v1"));
  document.set("metadata", std::move(metadata)).set("spec", std::move(spec));
  return kind.parse(document, model::Api::V1);
}

const Value& member(const Value& map, std::string_view key) {
  static const Value kNone;
  const Value* value = map.find(key);
  return value != nullptr ? *value : kNone;
}

Outcome<Value> parse_object(const std::string& value) {
  auto json = model::parse_json(value);
  if (!json || json->is_map()) return json;
  return bgp::Err(model::ConfigError{"", 0, "it is no JSON object"});
}

// ---- peers: {"ip":"192.20.30.40","as_num":"64567"} ------------------------------------------------------------------

Outcome<Resource> peer(const Part& part, const std::string& value) {
  auto json = parse_object(value);
  if (!json) return bgp::Err(json.error());
  Value metadata = Value::map().set("scope", Value::string(part.node.empty() ? "global" : "node"));
  if (!part.node.empty()) metadata.set("node", Value::string(part.node));
  metadata.set("peerIP", Value::string(part.peer->to_string()));
  Value spec = Value::map();
  if (const Value& as_num = member(*json, "as_num"); !as_num.is_null()) spec.set("asNumber", as_num);
  else return bgp::Err(model::ConfigError{"", 0, "it has no as_num"});
  return from_v1(model::bgp_peer_kind(), std::move(metadata), std::move(spec));
}

std::optional<KeyValues> peer_values(const Resource& resource) {
  const model::BgpPeer peer = model::read_bgp_peer(resource);
  KeyValues values;
  if (!peer.peer_ip) return values;
  Value json = Value::map().set("ip", Value::string(peer.peer_ip->to_string()));
  json.set("as_num", Value::string(std::to_string(peer.as_number.value)));
  values[peer_key(peer.node, *peer.peer_ip)] = model::to_compact_json(json);
  return values;
}

// ---- pools: {"cidr":...,"ipip":"tunl0","ipip_mode":"cross-subnet","masquerade":...,"ipam":...,"disabled":...} ---------

Outcome<Resource> pool(const Part& part, const std::string& value) {
  auto json = parse_object(value);
  if (!json) return bgp::Err(json.error());
  const auto flag = [&](std::string_view key) { return Value::boolean(member(*json, key).is_true()); };
  Value spec = Value::map().set("nat-outgoing", flag("masquerade"));
  spec.set("disabled", flag("disabled"));
  Value ipip = Value::map().set("enabled", Value::boolean(!member(*json, "ipip").text.empty()));
  if (const std::string& mode = member(*json, "ipip_mode").text; !mode.empty()) ipip.set("mode", Value::string(mode));
  spec.set("ipip", std::move(ipip));
  return from_v1(model::ip_pool_kind(), Value::map().set("cidr", Value::string(part.cidr->to_string())), std::move(spec));
}

KeyValues pool_values(const Resource& resource) {
  const model::IpPool pool = model::read_ip_pool(resource);
  static constexpr std::array kModes = {"", "always", "cross-subnet"};
  Value json = Value::map().set("cidr", Value::string(pool.cidr.to_string()));
  json.set("ipip", Value::string(pool.ipip == model::Encapsulation::Never ? "" : "tunl0"));
  json.set("ipip_mode", Value::string(kModes[static_cast<size_t>(pool.ipip)]));
  json.set("masquerade", Value::boolean(pool.nat_outgoing)).set("ipam", Value::boolean(!pool.disabled));
  json.set("disabled", Value::boolean(pool.disabled));
  return {{pool_key(pool.cidr), model::to_compact_json(json)}};
}

// ---- nodes: a key for each field ------------------------------------------------------------------------------------

std::string field_of(const Values& values, std::string_view field) {
  for (const auto& [part, value] : values)
    if (part.field == field) return value;
  return "";
}

// The bare address, with the length of its network where that is known.
std::string address_of(const Values& values, const std::string& version) {
  const std::string address = field_of(values, "ip_addr_v" + version);
  const auto ip = model::parse_ip(address);
  const auto network = bgp::Prefix::parse_loose(field_of(values, "network_v" + version));
  if (!ip || !network || !network->contains(*ip)) return address;
  return address + "/" + std::to_string(network->length());
}

// v1's documents had no tunnel's end, and no AS number without an address; its keys did.
void add_what_no_document_says(Resource& node, const std::string& as, const std::string& tunnel) {
  const Value* stored = node.spec.find("bgp");
  if (tunnel.empty() && (stored != nullptr || as.empty())) return;
  Value fields = stored != nullptr ? *stored : Value::map();
  if (stored == nullptr && !as.empty()) fields.set("asNumber", Value::string(as));
  if (!tunnel.empty()) fields.set(kTunnelField, Value::string(tunnel));
  node.spec.set("bgp", std::move(fields));
  node.api = model::Api::V3;  // stored as it is
}

Outcome<Resource> node(const Values& values) {
  Value bgp = Value::map();
  const std::string as = field_of(values, "as_num");
  if (!as.empty()) bgp.set("asNumber", Value::string(as));
  const std::string ipv4 = address_of(values, "4");
  const std::string ipv6 = address_of(values, "6");
  if (!ipv4.empty()) bgp.set("ipv4Address", Value::string(ipv4));
  if (!ipv6.empty()) bgp.set("ipv6Address", Value::string(ipv6));
  Value spec = Value::map();
  if (!ipv4.empty() || !ipv6.empty()) spec.set("bgp", std::move(bgp));
  auto node = from_v1(model::node_kind(), Value::map().set("name", Value::string(values.front().first.node)), std::move(spec));
  if (node) add_what_no_document_says(*node, as, field_of(values, "IpInIpTunnelAddr"));
  return node;
}

// BIRD's templates took whoever had an address key for a node, calicoctl whoever had a metadata key.
bool is_node(const Values& values) {
  return std::any_of(values.begin(), values.end(), [](const auto& value) {
    return value.first.field == "metadata" || value.first.field.starts_with("ip_addr_v");
  });
}

KeyValues node_values(const Resource& resource) {
  const model::Node node = model::read_node(resource);
  KeyValues values = {{host_key(node.name, "metadata"), "{}"}};
  for (const auto& [version, address] : {std::pair("4", node.ipv4), std::pair("6", node.ipv6)}) {
    // Blank, not absent, where there is none: BIRD's templates read it unasked.
    values[bgp_key(node.name, std::string("ip_addr_v") + version)] = address ? address->address.to_string() : "";
    if (address && address->length < address->address.bits())
      values[bgp_key(node.name, std::string("network_v") + version)] =
          bgp::Prefix(address->address, address->length).to_string();
  }
  if (node.ipv4) values[host_key(node.name, "bird_ip")] = node.ipv4->address.to_string();
  const Value& tunnel = member(member(resource.spec, "bgp"), kTunnelField);
  if (!tunnel.text.empty()) values[host_key(node.name, "config/IpInIpTunnelAddr")] = tunnel.text;
  if (node.as_number) values[bgp_key(node.name, "as_num")] = std::to_string(node.as_number->value);
  return values;
}

std::optional<std::string> find_node_fault(const Part& part, const std::string& value) {
  if (part.field == "metadata" || part.field == "bird_ip" || value.empty()) return std::nullopt;
  if (part.field == "as_num") {
    auto as = model::parse_as_number(value);
    return as ? std::nullopt : std::optional(as.error().reason);
  }
  const auto family = part.field.ends_with("4") || part.field == "IpInIpTunnelAddr" ? bgp::Family::IPv4 : bgp::Family::IPv6;
  const auto prefix = bgp::Prefix::parse_loose(value);
  const bool is_fine = prefix && prefix->family() == family && (part.field.starts_with("network") || model::parse_ip(value));
  return is_fine ? std::nullopt : std::optional("it is no " + part.field + ": '" + value + "'");
}

// ---- settings: as calicoctl config sets them --------------------------------------------------------------------------

bool is_true(const std::string& value) {
  Value word;
  word.type = Value::Type::Bool;
  word.text = value;
  return word.is_true();
}

// The log level, in the words of calicoctl: BIRD's, unless Felix's says what BIRD's cannot. Felix's alone is Felix's.
std::string log_level(const Values& values) {
  const std::string level = field_of(values, "loglevel");
  const std::string felix = field_of(values, "LogSeverityScreen");
  const bool is_finer = std::find(kFelixLevels.begin(), kFelixLevels.end(), felix) != kFelixLevels.end();
  return level == "none" && is_finer ? felix : level;
}

struct Setting {
  const char* name;
  std::string value;
};

std::vector<Setting> settings_of(const Values& values) {
  std::vector<Setting> settings;
  if (auto as = field_of(values, "as_num"); !as.empty()) settings.push_back({"asNumber", as});
  if (auto mesh = field_of(values, "node_mesh"); !mesh.empty()) {
    auto json = model::parse_json(mesh);
    settings.push_back({"nodeToNodeMesh", json && member(*json, "enabled").is_true() ? "on" : "off"});
  }
  if (auto level = log_level(values); !level.empty()) settings.push_back({"logLevel", level});
  if (auto ipip = field_of(values, "IpInIpEnabled"); !ipip.empty()) settings.push_back({"ipip", is_true(ipip) ? "on" : "off"});
  return settings;
}

Outcome<std::optional<std::string>> configuration(const Values& values) {
  std::optional<std::string> document;
  const model::Lookup lookup = [&](const std::string&) { return document; };
  for (const Setting& setting : settings_of(values)) {
    auto written = model::set_setting(setting.name, values.front().first.node, setting.value, lookup);
    if (!written) return bgp::Err(written.error());
    document = written->value;
  }
  return document;
}

std::optional<std::string> find_settings_fault(const Part& part, const std::string& value) {
  if (part.field == "LogSeverityScreen") return std::nullopt;  // Felix's own; not ours to judge
  if (part.field == "node_mesh") {
    if (auto json = parse_object(value); !json) return json.error().reason;
  }
  auto document = configuration({{part, value}});
  return document ? std::nullopt : std::optional(document.error().reason);
}

// What the stored resource says of a setting, in v1 words; empty: nothing of its own.
std::string setting_in(const Resource& resource, const char* field, const char* name) {
  if (resource.spec.find(field) == nullptr) return "";
  const std::string node = resource.name.starts_with("node.") ? resource.name.substr(5) : "";
  const std::string value = resource.kind->encode(resource, std::nullopt);
  auto text = model::get_setting(name, node, [&](const std::string&) { return std::optional(value); });
  return text ? *text : "";
}

KeyValues configuration_values(const Resource& resource) {
  KeyValues values;
  const std::string node = resource.name.starts_with("node.") ? resource.name.substr(5) : "";
  if (node.empty() && resource.name != "default") return values;
  if (auto as = setting_in(resource, "asNumber", "asNumber"); !as.empty() && node.empty()) values[bgp_key("", "as_num")] = as;
  if (auto mesh = setting_in(resource, "nodeToNodeMeshEnabled", "nodeToNodeMesh"); !mesh.empty() && node.empty())
    values[bgp_key("", "node_mesh")] = mesh == "on" ? R"({"enabled":true})" : R"({"enabled":false})";
  const std::string level = setting_in(resource, "logSeverityScreen", "logLevel");
  if (level.empty()) return values;
  const bool is_birds = level == "debug" || level == "info";
  values[bgp_key(node, "loglevel")] = is_birds ? level : "none";
  if (!is_birds) values[host_key(node, node.empty() ? "LogSeverityScreen" : "config/LogSeverityScreen")] = level;
  return values;
}

KeyValues felix_values(const Resource& resource) {
  KeyValues values;
  const std::string ipip = setting_in(resource, "ipipEnabled", "ipip");
  if (!ipip.empty() && resource.name == "default") values[host_key("", "IpInIpEnabled")] = ipip == "on" ? "true" : "false";
  return values;
}

std::optional<std::string> encoded(const Outcome<Resource>& resource) {
  if (!resource) return std::nullopt;
  return resource->kind->encode(*resource, std::nullopt);
}

}  // namespace

std::optional<std::string> find_value_fault(const Part& part, const std::string& value) {
  const auto reason_of = [](const Outcome<Resource>& resource) {
    return resource ? std::nullopt : std::optional(resource.error().reason);
  };
  switch (part.of) {
    case Part::Of::Peer: return reason_of(peer(part, value));
    case Part::Of::Pool: return reason_of(pool(part, value));
    case Part::Of::Block: return reason_of(model::block_affinity_kind().decode(part.resource, value));
    case Part::Of::Node: return find_node_fault(part, value);
    case Part::Of::Settings:
    case Part::Of::Felix: return find_settings_fault(part, value);
  }
  return std::nullopt;
}

std::optional<std::string> to_resource(const Values& values) {
  const auto& [part, value] = values.front();
  switch (part.of) {
    case Part::Of::Peer: return encoded(peer(part, value));
    case Part::Of::Pool: return encoded(pool(part, value));
    case Part::Of::Block: return value;
    case Part::Of::Node: return is_node(values) ? encoded(node(values)) : std::nullopt;
    case Part::Of::Settings:
    case Part::Of::Felix: return configuration(values).value_or(std::optional<std::string>());
  }
  return std::nullopt;
}

std::optional<KeyValues> to_values(const Resource& resource) {
  if (resource.kind == &model::bgp_peer_kind()) return peer_values(resource);
  if (resource.kind == &model::ip_pool_kind()) return pool_values(resource);
  if (resource.kind == &model::node_kind()) return node_values(resource);
  if (resource.kind == &model::bgp_configuration_kind()) return configuration_values(resource);
  if (resource.kind == &model::felix_configuration_kind()) return felix_values(resource);
  if (resource.kind != &model::block_affinity_kind()) return std::nullopt;
  return KeyValues{{resource.kind->key(resource), ""}};
}

}  // namespace config::etcd::v2
