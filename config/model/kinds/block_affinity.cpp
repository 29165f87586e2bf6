#include "config/model/kinds/block_affinity.h"

#include <optional>

#include "config/model/kinds/fields.h"

namespace config::model {
namespace {

constexpr std::string_view kHost = "/calico/ipam/v2/host/";

struct KeyParts {
  std::string node;
  bgp::Prefix cidr;
};

// /calico/ipam/v2/host/<node>/ipv4/block/<ip>-<len>
std::optional<KeyParts> parse_key(std::string_view key) {
  if (!key.starts_with(kHost)) return std::nullopt;
  key.remove_prefix(kHost.size());
  const size_t slash = key.find('/');
  if (slash == 0 || slash == std::string_view::npos) return std::nullopt;
  std::string_view rest = key.substr(slash + 1);
  const bool v4 = rest.starts_with("ipv4/block/");
  if (!v4 && !rest.starts_with("ipv6/block/")) return std::nullopt;
  rest.remove_prefix(std::string_view("ipv4/block/").size());
  std::string cidr(rest);
  const size_t dash = cidr.rfind('-');
  if (dash == std::string::npos) return std::nullopt;
  cidr[dash] = '/';
  const auto prefix = bgp::Prefix::parse(cidr);
  if (!prefix || (prefix->family() == bgp::Family::IPv4) != v4) return std::nullopt;
  return KeyParts{std::string(key.substr(0, slash)), *prefix};
}

std::optional<BlockAffinity::State> parse_state(std::string_view text) {
  using State = BlockAffinity::State;
  for (const State state : {State::Confirmed, State::Pending, State::PendingDeletion}) {
    if (text == to_string(state)) return state;
  }
  return std::nullopt;
}

BlockAffinity read_fields(Fields& fields) {
  BlockAffinity affinity;
  affinity.node = fields.text("node").value_or("");
  affinity.cidr = fields.cidr("cidr").value_or(bgp::Prefix());
  const std::string state = fields.text("state").value_or("confirmed");
  const auto parsed = parse_state(state);
  if (!parsed) fields.invalid("state", state, "must be confirmed, pending or pendingDeletion");
  affinity.state = parsed.value_or(BlockAffinity::State::Pending);
  // A bool in IPAM's value, the text "true" in upstream's v3 clothes.
  const std::string deleted = fields.text("deleted").value_or("false");
  if (deleted != "true" && deleted != "false") fields.invalid("deleted", deleted, "must be true or false");
  affinity.deleted = deleted == "true";
  return affinity;
}

Resource make(const BlockAffinity& affinity) {
  Resource resource;
  resource.kind = &block_affinity_kind();
  resource.name = affinity.node + "-" + dashed_cidr(affinity.cidr);
  resource.metadata = Value::map();
  resource.spec = Value::map();
  resource.spec.set("node", Value::string(affinity.node));
  resource.spec.set("cidr", Value::string(affinity.cidr.to_string()));
  resource.spec.set("state", Value::string(to_string(affinity.state)));
  resource.spec.set("deleted", Value::boolean(affinity.deleted));
  return resource;
}

class BlockAffinityKind : public Kind {
 public:
  BlockAffinityKind()
      : Kind({"blockAffinity", "BlockAffinity", "blockaffinities", {"blockaffinitys", "affinity", "affinities"}}) {}

  Outcome<Resource> decode(std::string_view key, std::string_view value) const override {
    const auto parts = parse_key(key);
    const std::string path(key);
    if (!parts) return bgp::Err(ConfigError{path, 0, "key names no node and block"});
    Value content = Value::map();
    // Calico v2 wrote the key alone.
    if (!value.empty()) {
      auto json = parse_json(value);
      if (!json) return bgp::Err(ConfigError{path, 0, json.error().reason});
      if (!json->is_map()) return bgp::Err(ConfigError{path, 0, "value is no block affinity"});
      content = std::move(*json);
    }
    content.set("node", Value::string(parts->node)).set("cidr", Value::string(parts->cidr.to_string()));
    Fields fields(content);
    Resource resource = make(read_fields(fields));
    if (auto done = fields.finish(false); !done) return bgp::Err(ConfigError{path, 0, done.error().reason});
    resource.api = Api::V3;
    resource.path = path;
    return resource;
  }

  Outcome<Resource> identify(const Identifiers& ids) const override {
    if (ids.name.empty()) return bgp::Err(ConfigError{"", 0, "insufficient identifiers, missing 'cidr'"});
    if (ids.node.empty()) return bgp::Err(ConfigError{"", 0, "insufficient identifiers, missing 'node'"});
    if (auto done = check(ids); !done) return bgp::Err(done.error());
    BlockAffinity affinity;
    affinity.node = ids.node;
    affinity.cidr = *bgp::Prefix::parse(ids.name);
    return make(affinity);
  }

  Outcome<bgp::Done> check(const Identifiers& ids) const override {
    if (!ids.name.empty() && (!bgp::Prefix::parse(ids.name) || ids.name.find('/') == std::string::npos)) {
      return bgp::Err(ConfigError{"", 0, "invalid CIDR address: " + ids.name});
    }
    if (!ids.node.empty() && !is_v1_name(ids.node)) {
      return bgp::Err(ConfigError{"", 0, "error with field node = '" + ids.node + "'"});
    }
    return bgp::Done{};
  }

  bool matches(const Resource& resource, const Identifiers& ids) const override {
    const BlockAffinity affinity = read_block_affinity(resource);
    return (ids.node.empty() || ids.node == affinity.node) &&
           (ids.name.empty() || bgp::Prefix::parse(ids.name) == affinity.cidr);
  }

  std::string identity(const Resource& resource) const override {
    const BlockAffinity affinity = read_block_affinity(resource);
    return "BlockAffinity(node=" + affinity.node + ", cidr=" + affinity.cidr.to_string() + ")";
  }

  std::string order_key(const Resource& resource) const override { return key(resource); }
  std::string prefix() const override { return std::string(kHost); }
  bool is_own_key(std::string_view key) const override { return parse_key(key).has_value(); }

  std::string key(const Resource& resource) const override {
    const BlockAffinity affinity = read_block_affinity(resource);
    const bgp::Prefix& cidr = affinity.cidr;
    return std::string(kHost) + affinity.node + (cidr.family() == bgp::Family::IPv4 ? "/ipv4" : "/ipv6") + "/block/" +
           cidr.address().to_string() + "-" + std::to_string(cidr.length());
  }

  std::string encode(const Resource& resource, const std::optional<std::string>& existing) const override {
    const BlockAffinity affinity = read_block_affinity(resource);
    Value value = Value::map();
    if (existing && !existing->empty()) value = parse_json(*existing).value_or(Value::map());
    if (!value.is_map()) value = Value::map();
    value.set("state", Value::string(to_string(affinity.state)));
    value.set("deleted", Value::boolean(affinity.deleted));
    return to_compact_json(value);
  }

  bool fits_v1(const Resource& resource) const override { return !read_block_affinity(resource).deleted; }

  std::vector<std::string> ps_columns(Api) const override { return {"NODE", "CIDR", "STATE"}; }
  std::vector<std::string> wide_columns(Api api) const override { return ps_columns(api); }

  std::string cell(const Resource& resource, std::string_view heading, Api, const DisplayContext&) const override {
    const BlockAffinity affinity = read_block_affinity(resource);
    if (heading == "NODE") return affinity.node;
    return heading == "CIDR" ? affinity.cidr.to_string() : to_string(affinity.state);
  }

 protected:
  Outcome<Resource> parse_v1(const Value& metadata, const Value& spec) const override {
    Fields meta(metadata);
    BlockAffinity affinity;
    affinity.node = meta.text("node").value_or("");
    const auto cidr = meta.cidr("cidr");
    check_identity(meta, affinity.node, cidr.has_value());
    if (auto done = meta.finish(); !done) return bgp::Err(done.error());
    Fields fields(spec);
    affinity.state = read_fields(fields).state;
    if (auto done = fields.finish(); !done) return bgp::Err(done.error());
    affinity.cidr = *cidr;
    return make(affinity);
  }

  Outcome<bgp::Done> check_v3(Resource& resource, bool strict) const override {
    Fields fields(resource.spec);
    // "virtual" ones, of services, have a key of their own, which nobody here writes.
    fields.word("type", {"host"});
    const BlockAffinity affinity = read_fields(fields);
    if (strict && affinity.deleted) fields.invalid("deleted", "true", "spec.Deleted cannot be set to \"true\"");
    check_identity(fields, affinity.node, resource.spec.find("cidr") != nullptr);
    if (auto done = fields.finish(strict); !done) return done;
    Resource canonical = make(affinity);
    resource.name = canonical.name;
    resource.spec = std::move(canonical.spec);
    return bgp::Done{};
  }

  Value v1_metadata(const Resource& resource) const override {
    const BlockAffinity affinity = read_block_affinity(resource);
    Value metadata = Value::map().set("node", Value::string(affinity.node));
    return metadata.set("cidr", Value::string(affinity.cidr.to_string()));
  }

  Value v1_spec(const Resource& resource) const override {
    return Value::map().set("state", Value::string(to_string(read_block_affinity(resource).state)));
  }

  Value overlay_v1(const Value& wanted, Value) const override { return wanted; }
  std::string v3_name(const Resource& resource) const override { return normalize_name(resource.name); }

 private:
  static void check_identity(Fields& fields, const std::string& node, bool has_cidr) {
    if (node.empty()) fields.missing("node");
    if (!is_v1_name(node)) fields.invalid("node", node, "must match ^[a-zA-Z0-9_.-]{1,128}$");
    if (!has_cidr) fields.missing("cidr");
  }
};

}  // namespace

const char* to_string(BlockAffinity::State state) {
  switch (state) {
    case BlockAffinity::State::Confirmed: return "confirmed";
    case BlockAffinity::State::Pending: return "pending";
    case BlockAffinity::State::PendingDeletion: return "pendingDeletion";
  }
  return "pending";
}

const Kind& block_affinity_kind() {
  static const BlockAffinityKind kKind;
  return kKind;
}

BlockAffinity read_block_affinity(const Resource& resource) {
  Fields fields(resource.spec);
  return read_fields(fields);
}

}  // namespace config::model
