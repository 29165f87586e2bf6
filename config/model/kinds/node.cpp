#include "config/model/kinds/node.h"

#include "config/model/kinds/fields.h"

namespace config::model {
namespace {

struct BgpFields {
  std::optional<bgp::Asn> as_number;
  std::optional<InterfaceAddress> ipv4;
  std::optional<InterfaceAddress> ipv6;
};

std::optional<InterfaceAddress> address_field(Fields& fields, std::string_view key, bgp::Family family) {
  const auto text = fields.text(key);
  if (!text || text->empty()) return std::nullopt;
  auto address = InterfaceAddress::parse(*text);
  if (!address) {
    fields.fail("invalid CIDR address: " + *text, fields.line_of(key));
  } else if (address->address.family() != family) {
    fields.invalid(key, *text, family == bgp::Family::IPv4 ? "must be an IPv4 address" : "must be an IPv6 address");
  }
  return address;
}

// Written as an IPv4 address.
std::optional<bgp::BgpIdentifier> cluster_id_field(Fields& fields) {
  const std::string text = fields.text("routeReflectorClusterID").value_or("");
  if (text.empty()) return std::nullopt;
  const auto id = parse_ip(text);
  if (id && id->is_v4() && !id->is_unspecified()) return bgp::BgpIdentifier{id->to_u32()};
  fields.invalid("routeReflectorClusterID", text, "must be written as an IPv4 address other than 0.0.0.0");
  return std::nullopt;
}

bgp::FamilySet wireguard_of(const Value& spec) {
  bgp::FamilySet families;
  const Value* wireguard = spec.find("wireguard");
  if (wireguard == nullptr) return families;
  Fields fields(*wireguard);
  if (!fields.text("interfaceIPv4Address").value_or("").empty()) families.add(bgp::Family::IPv4);
  if (!fields.text("interfaceIPv6Address").value_or("").empty()) families.add(bgp::Family::IPv6);
  return families;
}

void check_ip(Fields& fields, std::string_view key, bgp::Family family) {
  const std::string text = fields.text(key).value_or("");
  const auto address = parse_ip(text);
  if (text.empty() || (address && address->family() == family)) return;
  fields.invalid(key, text, family == bgp::Family::IPv4 ? "must be an IPv4 address" : "must be an IPv6 address");
}

// The addresses of tunnels' own ends. Felix and calico/node allocate and use them; here they are kept and shown.
void check_tunnels(Fields& spec) {
  check_ip(spec, "ipv4VXLANTunnelAddr", bgp::Family::IPv4);
  check_ip(spec, "ipv6VXLANTunnelAddr", bgp::Family::IPv6);
  for (const char* key : {"vxlanTunnelMACAddr", "vxlanTunnelMACAddrV6"}) spec.any(key);
  Fields wireguard(spec.map("wireguard"));
  check_ip(wireguard, "interfaceIPv4Address", bgp::Family::IPv4);
  check_ip(wireguard, "interfaceIPv6Address", bgp::Family::IPv6);
  if (auto done = wireguard.finish(); !done) spec.fail(done.error());
}

Labels labels_of(const Value& metadata) {
  Labels labels;
  const Value* map = metadata.find("labels");
  if (map == nullptr) return labels;
  for (const Member& member : map->members) labels.emplace(member.key, member.value.text);
  return labels;
}

const std::vector<Value>& items_of(const Value& spec, std::string_view key) {
  static const std::vector<Value> kNone;
  const Value* list = spec.find(key);
  return list != nullptr && list->is_list() ? list->items : kNone;
}

std::string text_of(const Value& map, std::string_view key) {
  const Value* text = map.find(key);
  return text != nullptr && text->is_scalar() ? text->text : "";
}

std::vector<bgp::IpAddress> internal_ips_of(const Value& spec) {
  std::vector<bgp::IpAddress> addresses;
  for (const Value& item : items_of(spec, "addresses")) {
    const auto address = InterfaceAddress::parse(text_of(item, "address"));
    if (text_of(item, "type") == "InternalIP" && address) addresses.push_back(address->address);
  }
  return addresses;
}

std::string kubernetes_node_of(const Value& spec) {
  for (const Value& item : items_of(spec, "orchRefs")) {
    if (text_of(item, "orchestrator") == "k8s") return text_of(item, "nodeName");
  }
  return {};
}

Value orch_refs(const std::string& kubernetes_node) {
  return Value::list({Value::map()
                          .set("nodeName", Value::string(kubernetes_node))
                          .set("orchestrator", Value::string("k8s"))});
}

BgpFields bgp_fields(Fields& fields) {
  BgpFields bgp;
  bgp.as_number = fields.asn("asNumber");
  bgp.ipv4 = address_field(fields, "ipv4Address", bgp::Family::IPv4);
  bgp.ipv6 = address_field(fields, "ipv6Address", bgp::Family::IPv6);
  return bgp;
}

// Lays the three fields that v1 knows over a v3 `bgp` map.
void write_bgp(const BgpFields& bgp, Value& map) {
  const auto put = [&](std::string_view key, std::optional<Value> value) {
    value ? static_cast<void>(map.set(key, std::move(*value))) : map.erase(key);
  };
  const auto text = [](const std::optional<InterfaceAddress>& address) {
    return address ? std::optional(Value::string(address->to_string())) : std::nullopt;
  };
  put("asNumber", bgp.as_number ? std::optional(Value::number(bgp.as_number->value)) : std::nullopt);
  put("ipv4Address", text(bgp.ipv4));
  put("ipv6Address", text(bgp.ipv6));
}

Value spec_with(const BgpFields& bgp, Value spec) {
  Value map = spec.find("bgp") != nullptr && spec.find("bgp")->is_map() ? *spec.find("bgp") : Value::map();
  write_bgp(bgp, map);
  map.members.empty() ? spec.erase("bgp") : static_cast<void>(spec.set("bgp", std::move(map)));
  return spec;
}

BgpFields read_bgp(const Value& spec) {
  const Value* bgp = spec.find("bgp");
  if (bgp == nullptr) return {};
  Fields fields(*bgp);
  return bgp_fields(fields);
}

class NodeKind : public Kind {
 public:
  NodeKind() : Kind({"node", "Node", "nodes", {"no", "nos"}}) {}

  Outcome<Resource> identify(const Identifiers& ids) const override {
    if (ids.name.empty()) return bgp::Err(ConfigError{"", 0, "insufficient identifiers, missing 'name'"});
    if (!is_v1_name(ids.name)) return bgp::Err(ConfigError{"", 0, "error with field name = '" + ids.name + "'"});
    Node node;
    node.name = ids.name;
    return make_node(node);
  }

  bool matches(const Resource& resource, const Identifiers& ids) const override {
    return ids.name.empty() || ids.name == resource.name || (ids.api == Api::V3 && ids.name == v3_name(resource));
  }

  std::string identity(const Resource& resource) const override { return "Node(name=" + resource.name + ")"; }

  std::vector<std::string> dependent_prefixes(const Resource& resource) const override {
    return {"/calico/ipam/v2/host/" + resource.name + "/"};
  }

  bool fits_v1(const Resource& resource) const override {
    if (resource.metadata.find("labels") != nullptr || resource.metadata.find("annotations") != nullptr) return false;
    Fields spec(resource.spec);
    Fields bgp(spec.map("bgp"));
    bgp_fields(bgp);
    return spec.left().empty() && bgp.left().empty();
  }

  std::vector<std::string> ps_columns(Api) const override { return {"NAME"}; }
  std::vector<std::string> wide_columns(Api) const override { return {"NAME", "ASN", "IPV4", "IPV6"}; }

  std::string cell(const Resource& resource, std::string_view heading, Api api,
                   const DisplayContext& context) const override {
    const BgpFields bgp = read_bgp(resource.spec);
    if (heading == "NAME") return api == Api::V3 ? v3_name(resource) : resource.name;
    if (heading == "ASN") return bgp.as_number ? bgp.as_number->to_string() : "(" + context.global_as.to_string() + ")";
    const auto& address = heading == "IPV4" ? bgp.ipv4 : bgp.ipv6;
    return address ? shown(*address, api) : "";
  }

 protected:
  Outcome<Resource> parse_v1(const Value& metadata, const Value& spec) const override {
    Fields meta(metadata);
    Resource resource;
    resource.name = meta.text("name").value_or("");
    if (resource.name.empty()) meta.missing("name");
    if (!is_v1_name(resource.name)) meta.invalid("name", resource.name, "must match ^[a-zA-Z0-9_.-]{1,128}$");
    if (auto done = meta.finish(); !done) return bgp::Err(done.error());
    Fields fields(spec);
    const Value& bgp_map = fields.map("bgp");
    if (auto done = fields.finish(); !done) return bgp::Err(done.error());
    Fields bgp_reader(bgp_map);
    const BgpFields bgp = bgp_fields(bgp_reader);
    if (bgp_map.is_map() && !bgp.ipv4 && !bgp.ipv6) bgp_reader.fail("no BGP IP address specified", bgp_map.line);
    if (auto done = bgp_reader.finish(); !done) return bgp::Err(done.error());
    resource.spec = spec_with(bgp, Value::map());
    return resource;
  }

  Outcome<bgp::Done> check_v3(Resource& resource, bool strict) const override {
    if (strict) {
      if (auto done = check_annotations(resource.metadata, Holder::Node); !done) return done;
    }
    Fields spec(resource.spec);
    if (strict) check_tunnels(spec);
    for (const char* key : {"orchRefs", "addresses"}) spec.any(key);
    const Value& bgp_map = spec.map("bgp");
    if (auto done = spec.finish(strict); !done) return done;
    Fields fields(bgp_map, resource.spec.line);
    if (strict) check_ip(fields, "ipv4IPIPTunnelAddr", bgp::Family::IPv4);
    cluster_id_field(fields);
    const BgpFields bgp = bgp_fields(fields);
    if (strict && bgp_map.is_map() && bgp_map.members.empty()) {
      fields.fail("error with field bgp = '' (Spec.BGP should not be empty)", bgp_map.line);
    }
    if (auto done = fields.finish(strict); !done) return done;
    resource.spec = spec_with(bgp, std::move(resource.spec));
    return bgp::Done{};
  }

  Value v1_metadata(const Resource& resource) const override {
    return Value::map().set("name", Value::string(resource.name));
  }

  Value v1_spec(const Resource& resource) const override {
    const BgpFields bgp = read_bgp(resource.spec);
    if (!bgp.ipv4 && !bgp.ipv6) return Value::map();
    Value map = Value::map();
    if (bgp.as_number) map.set("asNumber", Value::number(bgp.as_number->value));
    if (bgp.ipv4) map.set("ipv4Address", Value::string(shown(*bgp.ipv4, Api::V1)));
    if (bgp.ipv6) map.set("ipv6Address", Value::string(shown(*bgp.ipv6, Api::V1)));
    return Value::map().set("bgp", std::move(map));
  }

  std::string v3_name(const Resource& resource) const override { return normalize_name(resource.name); }

  // No v1 document says orchRefs; the agent does (make_node).
  Value overlay_v1(const Value& wanted, Value stored) const override {
    Value spec = spec_with(read_bgp(wanted), std::move(stored));
    if (const Value* refs = wanted.find("orchRefs")) spec.set("orchRefs", *refs);
    return spec;
  }

 private:
  // v1.0 knew bare addresses only; the subnet, where one was said, came with 1.1.
  static std::string shown(const InterfaceAddress& address, Api api) {
    const bool bare = api == Api::V1 && address.length == address.address.bits();
    return bare ? address.address.to_string() : address.to_string();
  }
};

}  // namespace

std::optional<InterfaceAddress> InterfaceAddress::parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return InterfaceAddress{*address, address->bits()};
  // Prefix knows how a length is written; it drops the host bits, which are kept here.
  const auto prefix = bgp::Prefix::parse_loose(text);
  if (!prefix || prefix->family() != address->family()) return std::nullopt;
  return InterfaceAddress{*address, prefix->length()};
}

const Kind& node_kind() {
  static const NodeKind kKind;
  return kKind;
}

Node read_node(const Resource& resource) {
  const BgpFields bgp = read_bgp(resource.spec);
  Node node{resource.name, bgp.as_number, bgp.ipv4, bgp.ipv6};
  if (const Value* bgp_map = resource.spec.find("bgp")) {
    Fields fields(*bgp_map);
    node.cluster_id = cluster_id_field(fields);
  }
  node.internal_ips = internal_ips_of(resource.spec);
  node.kubernetes_node = kubernetes_node_of(resource.spec);
  node.wireguard = wireguard_of(resource.spec);
  node.labels = labels_of(resource.metadata);
  node.annotations = read_annotations(resource.metadata, Holder::Node, &node.annotation_problems);
  return node;
}

Resource make_node(const Node& node) {
  Resource resource;
  resource.kind = &node_kind();
  resource.api = Api::V1;
  resource.name = node.name;
  resource.metadata = Value::map();
  resource.spec = spec_with({node.as_number, node.ipv4, node.ipv6}, Value::map());
  if (!node.kubernetes_node.empty()) resource.spec.set("orchRefs", orch_refs(node.kubernetes_node));
  return resource;
}

}  // namespace config::model
