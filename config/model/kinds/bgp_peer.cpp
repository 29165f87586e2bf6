#include "config/model/kinds/bgp_peer.h"

#include <algorithm>
#include <array>

#include "config/model/kinds/bgp_peer_spec.h"

namespace config::model {
namespace {

// Fields that v1 has; the selectors among them only when they are empty.
constexpr std::array<std::string_view, 5> kV1Fields = {"node", "peerIP", "asNumber", "nodeSelector", "peerSelector"};

bool has_only_v1_fields(const Value& spec) {
  return std::all_of(spec.members.begin(), spec.members.end(), [](const Member& member) {
    return std::find(kV1Fields.begin(), kV1Fields.end(), member.key) != kV1Fields.end();
  });
}

// The v1 scope, node and address say who it is: no selector, no port.
bool has_v1_identity(const BgpPeer& peer) {
  return peer.peer_ip && peer.port == 0 && peer.peer_selector.empty() && (!peer.node.empty() || peer.is_global()) &&
         (peer.node.empty() || peer.node_selector.empty());
}

std::string v1_stored_name(const BgpPeer& peer) {
  return (peer.node.empty() ? "" : peer.node + ".") + dashed_name(*peer.peer_ip);
}

Value v3_spec(const BgpPeer& peer) {
  Value spec = Value::map();
  if (!peer.node.empty()) spec.set("node", Value::string(peer.node));
  spec.set("peerIP", Value::string(endpoint_text(*peer.peer_ip, peer.port)));
  if (peer.as_number.value != 0) spec.set("asNumber", Value::number(peer.as_number.value));
  return spec;
}

class BgpPeerKind : public Kind {
 public:
  BgpPeerKind() : Kind({"bgpPeer", "BGPPeer", "bgppeers", {"bgpp", "bgpps", "bp", "bps"}}) {}

  Outcome<Resource> identify(const Identifiers& ids) const override {
    if (ids.api == Api::V3) return identify_by_name(ids);
    Value metadata = Value::map();
    if (!ids.name.empty()) metadata.set("peerIP", Value::string(ids.name));
    if (!ids.scope.empty()) metadata.set("scope", Value::string(ids.scope));
    if (!ids.node.empty()) metadata.set("node", Value::string(ids.node));
    if (auto done = check(ids); !done) return bgp::Err(done.error());
    auto resource = parse_v1(metadata, Value());
    if (!resource) return resource;
    resource->kind = this;
    resource->metadata = Value::map();
    return resource;
  }

  Outcome<bgp::Done> check(const Identifiers& ids) const override {
    if (!ids.scope.empty() && ids.scope != "global" && ids.scope != "node") {
      return bgp::Err(ConfigError{"", 0, "Unrecognized scope '" + ids.scope + "', must be one of: global, node"});
    }
    if (ids.api == Api::V1 && !ids.name.empty() && !parse_ip(ids.name)) {
      return bgp::Err(ConfigError{"", 0, "invalid IP address: " + ids.name});
    }
    return bgp::Done{};
  }

  bool matches(const Resource& resource, const Identifiers& ids) const override {
    const BgpPeer peer = read_bgp_peer(resource);
    if (!ids.scope.empty() && ids.scope != scope_of(peer)) return false;
    if (!ids.node.empty() && ids.node != peer.node) return false;
    if (ids.name.empty()) return true;
    if (ids.api == Api::V3) return ids.name == resource.name || ids.name == v3_name(resource);
    return peer.peer_ip && peer.peer_ip == parse_ip(ids.name);
  }

  std::string identity(const Resource& resource) const override {
    const BgpPeer peer = read_bgp_peer(resource);
    if (!has_v1_identity(peer)) return "BGPPeer(" + resource.name + ")";
    return "BGPPeer(" + (peer.node.empty() ? "global" : "node=" + peer.node) + ", ip=" + peer.peer_ip->to_string() + ")";
  }

  // As the keys of etcd v2 would list: global before nodes, peer_v4 before peer_v6, then the address as text.
  std::string order_key(const Resource& resource) const override {
    const BgpPeer peer = read_bgp_peer(resource);
    const std::string address =
        peer.peer_ip ? (peer.peer_ip->is_v4() ? "4/" : "6/") + peer.peer_ip->to_string() : "7/" + resource.name;
    if (peer.is_global()) return "0/" + address + "/" + resource.name;
    return "1/" + (peer.node.empty() ? peer.node_selector : peer.node) + "/" + address + "/" + resource.name;
  }

  bool fits_v1(const Resource& resource) const override {
    if (resource.metadata.find("labels") != nullptr || resource.metadata.find("annotations") != nullptr) return false;
    const BgpPeer peer = read_bgp_peer(resource);
    return has_only_v1_fields(resource.spec) && has_v1_identity(peer) && peer.node_selector.empty();
  }

  std::vector<std::string> ps_columns(Api api) const override {
    if (api == Api::V3) return {"NAME", "PEERIP", "NODE", "ASN"};
    return {"SCOPE", "PEERIP", "NODE", "ASN"};
  }
  std::vector<std::string> wide_columns(Api api) const override { return ps_columns(api); }

  std::string cell(const Resource& resource, std::string_view heading, Api api, const DisplayContext&) const override {
    const BgpPeer peer = read_bgp_peer(resource);
    if (heading == "NAME") return v3_name(resource);
    if (heading == "SCOPE") return scope_of(peer);
    if (heading == "ASN") return peer.as_number.to_string();
    if (heading == "PEERIP") return peer.peer_ip ? endpoint_text(*peer.peer_ip, peer.port) : "";
    if (!peer.node.empty()) return peer.node;
    if (!peer.node_selector.empty()) return peer.node_selector;
    return api == Api::V3 ? "(global)" : "";
  }

 protected:
  Outcome<Resource> parse_v1(const Value& metadata, const Value& spec) const override {
    Fields meta(metadata);
    BgpPeer peer;
    const std::string scope = meta.text("scope").value_or("");
    peer.node = meta.text("node").value_or("");
    peer.peer_ip = meta.ip("peerIP");
    check_v1_metadata(meta, peer, scope);
    if (auto done = meta.finish(); !done) return bgp::Err(done.error());
    Fields fields(spec);
    peer.as_number = fields.asn("asNumber").value_or(bgp::Asn{0});
    if (auto done = fields.finish(); !done) return bgp::Err(done.error());
    Resource resource;
    resource.name = v1_stored_name(peer);
    resource.spec = v3_spec(peer);
    return resource;
  }

  Outcome<bgp::Done> check_v3(Resource& resource, bool strict) const override {
    if (strict) {
      if (auto done = check_annotations(resource.metadata, Holder::BgpPeer); !done) return done;
    }
    Fields fields(resource.spec);
    BgpPeer peer = read_peer_spec(fields, strict);
    peer.annotations = read_annotations(resource.metadata, Holder::BgpPeer);
    check_peer_spec(fields, peer);
    // Only of documents: a stored one that was ignored for it would leave a peer of the mesh without either.
    if (strict && peer.password && peer.annotations.tcp_ao) {
      fields.fail("password and calico-bgp/tcp-ao exclude each other: a session has TCP-MD5 or TCP-AO", fields.line_of("password"));
    }
    if (auto done = fields.finish(strict); !done) return done;
    if (peer.peer_ip) resource.spec.set("peerIP", Value::string(endpoint_text(*peer.peer_ip, peer.port)));
    if (resource.spec.find("asNumber") != nullptr) resource.spec.set("asNumber", Value::number(peer.as_number.value));
    // A v1 peer keeps its node's name as given in the stored name; v3 clothes showed it converted.
    if (strict && has_v1_identity(peer) && normalize_name(v1_stored_name(peer)) == resource.name) {
      resource.name = v1_stored_name(peer);
    }
    return bgp::Done{};
  }

  Value v1_metadata(const Resource& resource) const override {
    const BgpPeer peer = read_bgp_peer(resource);
    Value metadata = Value::map();
    metadata.set("scope", Value::string(scope_of(peer)));
    if (!peer.node.empty()) metadata.set("node", Value::string(peer.node));
    metadata.set("peerIP", Value::string(peer.peer_ip->to_string()));
    return metadata;
  }

  Value v1_spec(const Resource& resource) const override {
    return Value::map().set("asNumber", Value::number(read_bgp_peer(resource).as_number.value));
  }

  std::string v3_name(const Resource& resource) const override { return normalize_name(resource.name); }

  Value overlay_v1(const Value& wanted, Value stored) const override {
    for (const char* key : {"node", "peerIP", "asNumber"}) {
      const Value* value = wanted.find(key);
      value != nullptr ? static_cast<void>(stored.set(key, *value)) : stored.erase(key);
    }
    return stored;
  }

 private:
  static std::string scope_of(const BgpPeer& peer) { return peer.is_global() ? "global" : "node"; }

  Outcome<Resource> identify_by_name(const Identifiers& ids) const {
    if (ids.name.empty()) return bgp::Err(ConfigError{"", 0, "insufficient identifiers, missing 'name'"});
    if (!is_v1_name(ids.name)) return bgp::Err(ConfigError{"", 0, "error with field name = '" + ids.name + "'"});
    Resource resource;
    resource.kind = this;
    resource.api = Api::V3;
    resource.name = ids.name;
    resource.metadata = Value::map();
    resource.spec = Value::map();
    return resource;
  }

  static void check_v1_metadata(Fields& meta, const BgpPeer& peer, const std::string& scope) {
    if (scope.empty()) meta.missing("scope");
    if (scope != "global" && scope != "node") meta.invalid("scope", scope, "must be global or node");
    if (!peer.peer_ip) meta.missing("peerIP");
    if (scope == "node" && peer.node.empty()) meta.missing("node");
    if (!peer.node.empty() && !is_v1_name(peer.node)) {
      meta.invalid("node", peer.node, "must match ^[a-zA-Z0-9_.-]{1,128}$");
    }
    if (scope == "global" && !peer.node.empty()) {
      meta.invalid("node", peer.node, "no BGP Peer node name should be specified when scope is global");
    }
  }
};

}  // namespace

const Kind& bgp_peer_kind() {
  static const BgpPeerKind kKind;
  return kKind;
}

BgpPeer read_bgp_peer(const Resource& resource) {
  Fields fields(resource.spec);
  BgpPeer peer = read_peer_spec(fields, false);
  peer.name = resource.name;
  peer.annotations = read_annotations(resource.metadata, Holder::BgpPeer, &peer.annotation_problems);
  return peer;
}

std::string dashed_name(const bgp::IpAddress& address) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  const auto bytes = address.bytes();
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (address.is_v4()) {
      out += (i > 0 ? "-" : "") + std::to_string(bytes[i]);
    } else {
      if (i > 0 && i % 2 == 0) out += '-';
      out += kHex[bytes[i] >> 4];
      out += kHex[bytes[i] & 0xf];
    }
  }
  return out;
}

}  // namespace config::model
