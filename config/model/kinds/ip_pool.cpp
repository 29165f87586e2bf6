#include "config/model/kinds/ip_pool.h"

#include <algorithm>

#include "config/model/kinds/fields.h"
#include "config/model/selector.h"

namespace config::model {
namespace {

uint8_t default_block_size(const bgp::Prefix& cidr) { return cidr.family() == bgp::Family::IPv4 ? 26 : 122; }

std::optional<Encapsulation> parse_mode(std::string_view text) {
  for (const Encapsulation mode : {Encapsulation::Never, Encapsulation::Always, Encapsulation::CrossSubnet}) {
    if (text == to_string(mode)) return mode;
  }
  return std::nullopt;
}

Encapsulation mode_field(Fields& fields, std::string_view key) {
  const std::string text = fields.text(key).value_or("");
  if (text.empty()) return Encapsulation::Never;
  const auto mode = parse_mode(text);
  if (!mode) fields.invalid(key, text, "must be Always, CrossSubnet or Never");
  return mode.value_or(Encapsulation::Never);
}

IpPool read_fields(Fields& fields) {
  IpPool pool;
  pool.cidr = fields.cidr("cidr").value_or(bgp::Prefix());
  pool.ipip = mode_field(fields, "ipipMode");
  pool.vxlan = mode_field(fields, "vxlanMode");
  pool.nat_outgoing = fields.flag("natOutgoing").value_or(false);
  pool.disabled = fields.flag("disabled").value_or(false);
  pool.disable_bgp_export = fields.flag("disableBGPExport").value_or(false);
  const uint64_t block_size = fields.number("blockSize", 128).value_or(0);
  pool.block_size = block_size == 0 ? default_block_size(pool.cidr) : static_cast<uint8_t>(block_size);
  pool.node_selector = fields.text("nodeSelector").value_or("");
  pool.namespace_selector = fields.text("namespaceSelector").value_or("");
  pool.allowed_uses = fields.texts("allowedUses");
  fields.any("assignmentMode");
  return pool;
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void check_uses(Fields& fields, const IpPool& pool) {
  for (const std::string& use : pool.allowed_uses) {
    if (use != "Workload" && use != "Tunnel" && use != "LoadBalancer")
      fields.invalid("allowedUses", use, "must be Workload, Tunnel or LoadBalancer");
  }
  if (!has(pool.allowed_uses, "LoadBalancer")) return;
  if (has(pool.allowed_uses, "Workload") || has(pool.allowed_uses, "Tunnel"))
    fields.invalid("allowedUses", "LoadBalancer", "LoadBalancer excludes Workload and Tunnel");
  if (pool.ipip != Encapsulation::Never) fields.invalid("ipipMode", to_string(pool.ipip), "not in a pool for LoadBalancer");
  if (pool.vxlan != Encapsulation::Never) fields.invalid("vxlanMode", to_string(pool.vxlan), "not in a pool for LoadBalancer");
}

// The last two are v1's, which upstream's v3 has for its own use.
void check_v3_alone(Fields& fields, const IpPool& pool) {
  check_uses(fields, pool);
  fields.word("assignmentMode", {"Automatic", "Manual"});
  for (const char* key : {"nodeSelector", "namespaceSelector"}) {
    const std::string text = fields.text(key).value_or("");
    const auto selector = Selector::parse(text);
    if (!selector) fields.invalid(key, text, selector.error());
  }
  for (const char* key : {"ipip", "nat-outgoing"}) {
    const Value* value = fields.any(key);
    if (value != nullptr && value->text != "false") fields.invalid(key, value->text, "is a field of v1");
  }
}

void check_pool(Fields& fields, const IpPool& pool, std::string_view ipip_field) {
  static const bgp::Prefix kLinkLocal4 = *bgp::Prefix::parse("169.254.0.0/16");
  static const bgp::Prefix kLinkLocal6 = *bgp::Prefix::parse("fe80::/10");
  const bool v4 = pool.cidr.family() == bgp::Family::IPv4;
  const std::string cidr = pool.cidr.to_string();
  if (pool.block_size < (v4 ? 20 : 116) || pool.block_size > (v4 ? 32 : 128)) {
    fields.invalid("blockSize", std::to_string(pool.block_size),
                   v4 ? "IPv4 block size must be between 20 and 32" : "IPv6 block size must be between 116 and 128");
  }
  if (!pool.disabled && pool.cidr.length() > pool.block_size) fields.invalid("cidr", cidr, "IP pool is too small");
  if (!v4 && pool.ipip != Encapsulation::Never) {
    fields.invalid(ipip_field, to_string(pool.ipip), "IPIP is not supported on an IPv6 IP pool");
  }
  if (pool.ipip != Encapsulation::Never && pool.vxlan != Encapsulation::Never) {
    fields.invalid("vxlanMode", to_string(pool.vxlan), "ipipMode and vxlanMode cannot both be in use");
  }
  const bgp::Prefix& link_local = v4 ? kLinkLocal4 : kLinkLocal6;
  if (link_local.contains(pool.cidr) || pool.cidr.contains(link_local)) {
    fields.invalid("cidr", cidr, std::string("IP pool range overlaps with ") + (v4 ? "IPv4" : "IPv6") + " Link Local range " +
                                 link_local.to_string());
  }
}

// What v1 can say of a pool, in v3 words.
void write_v1_fields(const IpPool& pool, Value& spec) {
  const auto flag = [&](std::string_view key, bool truth) {
    truth ? static_cast<void>(spec.set(key, Value::boolean(true))) : spec.erase(key);
  };
  spec.set("cidr", Value::string(pool.cidr.to_string()));
  spec.set("ipipMode", Value::string(to_string(pool.ipip)));
  flag("natOutgoing", pool.nat_outgoing);
  flag("disabled", pool.disabled);
}

Value v3_spec(const IpPool& pool) {
  Value spec = Value::map();
  write_v1_fields(pool, spec);
  spec.set("vxlanMode", Value::string(to_string(pool.vxlan)));
  spec.set("blockSize", Value::number(pool.block_size));
  spec.set("nodeSelector", Value::string(pool.node_selector.empty() ? "all()" : pool.node_selector));
  return spec;
}

class IpPoolKind : public Kind {
 public:
  IpPoolKind() : Kind({"ipPool", "IPPool", "ippools", {"ipp", "ipps", "pool", "pools"}}) {}

  Outcome<Resource> identify(const Identifiers& ids) const override {
    if (ids.name.empty()) {
      return bgp::Err(ConfigError{"", 0, "insufficient identifiers, missing '" +
                                             std::string(ids.api == Api::V1 ? "cidr" : "name") + "'"});
    }
    if (auto done = check(ids); !done) return bgp::Err(done.error());
    Resource resource;
    resource.kind = this;
    resource.metadata = Value::map();
    if (ids.api == Api::V1) {
      IpPool pool;
      pool.cidr = *bgp::Prefix::parse(ids.name);
      return make_ip_pool(pool);
    }
    resource.api = Api::V3;
    resource.name = ids.name;
    resource.spec = Value::map();
    return resource;
  }

  Outcome<bgp::Done> check(const Identifiers& ids) const override {
    const bool fine = ids.name.empty() || (ids.api == Api::V1 ? bgp::Prefix::parse(ids.name) && ids.name.find('/') != std::string::npos
                                                             : is_v3_name(ids.name));
    if (fine) return bgp::Done{};
    return bgp::Err(ConfigError{"", 0, ids.api == Api::V1 ? "invalid CIDR address: " + ids.name
                                                          : "error with field name = '" + ids.name + "'"});
  }

  bool matches(const Resource& resource, const Identifiers& ids) const override {
    if (ids.name.empty()) return true;
    if (ids.api == Api::V3) return ids.name == resource.name;
    return bgp::Prefix::parse(ids.name) == read_ip_pool(resource).cidr;
  }

  std::string identity(const Resource& resource) const override {
    if (resource.spec.find("cidr") == nullptr) return "IPPool(" + resource.name + ")";
    return "IPPool(cidr=" + read_ip_pool(resource).cidr.to_string() + ")";
  }

  std::string order_key(const Resource& resource) const override {
    const bgp::Prefix cidr = read_ip_pool(resource).cidr;
    return (cidr.family() == bgp::Family::IPv4 ? "4/" : "6/") + cidr.to_string();
  }

  // Addresses were given out of it, in blocks of that size.
  Outcome<bgp::Done> check_update(const Resource& stored, const Resource& wanted) const override {
    const IpPool before = read_ip_pool(stored);
    const IpPool after = read_ip_pool(wanted);
    const auto fixed = [](std::string field, std::string value, std::string why) {
      return bgp::Err(ConfigError{"", 0, "error with field " + field + " = '" + value + "' (" + why + ")"});
    };
    if (before.cidr != after.cidr) return fixed("cidr", after.cidr.to_string(), "IPPool CIDR cannot be modified");
    // A v1 document says no size, and keeps what is stored.
    if (wanted.api == Api::V1 || before.block_size == after.block_size) return bgp::Done{};
    return fixed("blockSize", std::to_string(after.block_size), "IPPool BlockSize cannot be modified");
  }

  bool fits_v1(const Resource& resource) const override {
    if (resource.metadata.find("labels") != nullptr || resource.metadata.find("annotations") != nullptr) return false;
    Fields fields(resource.spec);
    const IpPool pool = read_fields(fields);
    return fields.left().empty() && pool.vxlan == Encapsulation::Never && !pool.disable_bgp_export &&
           pool.block_size == default_block_size(pool.cidr) &&
           pool.namespace_selector.empty() && pool.allowed_uses.empty() && resource.spec.find("assignmentMode") == nullptr &&
           (pool.node_selector.empty() || pool.node_selector == "all()");
  }

  std::vector<std::string> ps_columns(Api api) const override {
    if (api == Api::V3) return {"NAME", "CIDR", "SELECTOR"};
    return {"CIDR"};
  }
  std::vector<std::string> wide_columns(Api api) const override {
    if (api == Api::V3) {
      return {"NAME", "CIDR", "NAT", "IPIPMODE", "VXLANMODE", "DISABLED", "DISABLEBGPEXPORT", "SELECTOR"};
    }
    return {"CIDR", "NAT", "IPIP"};
  }

  std::string cell(const Resource& resource, std::string_view heading, Api, const DisplayContext&) const override {
    const IpPool pool = read_ip_pool(resource);
    const auto flag = [](bool truth) { return std::string(truth ? "true" : "false"); };
    if (heading == "NAME") return resource.name;
    if (heading == "CIDR") return pool.cidr.to_string();
    if (heading == "NAT") return flag(pool.nat_outgoing);
    if (heading == "IPIP") return flag(pool.ipip != Encapsulation::Never);
    if (heading == "IPIPMODE") return to_string(pool.ipip);
    if (heading == "VXLANMODE") return to_string(pool.vxlan);
    if (heading == "DISABLED") return flag(pool.disabled);
    if (heading == "DISABLEBGPEXPORT") return flag(pool.disable_bgp_export);
    return pool.node_selector;
  }

 protected:
  Outcome<Resource> parse_v1(const Value& metadata, const Value& spec) const override {
    Fields meta(metadata);
    IpPool pool;
    const auto cidr = meta.cidr("cidr");
    if (!cidr) meta.missing("cidr");
    pool.cidr = cidr.value_or(bgp::Prefix());
    pool.block_size = default_block_size(pool.cidr);
    if (auto done = meta.finish(); !done) return bgp::Err(done.error());
    Fields fields(spec);
    const Value& ipip = fields.map("ipip");
    pool.nat_outgoing = fields.flag("nat-outgoing").value_or(false);
    pool.disabled = fields.flag("disabled").value_or(false);
    Fields ipip_fields(ipip);
    pool.ipip = v1_ipip(ipip_fields);
    if (auto done = ipip_fields.finish(); !done) return bgp::Err(done.error());
    check_pool(meta, pool, "ipip");
    if (auto done = meta.finish(); !done) return bgp::Err(done.error());
    if (auto done = fields.finish(); !done) return bgp::Err(done.error());
    return make_ip_pool(pool);
  }

  Outcome<bgp::Done> check_v3(Resource& resource, bool strict) const override {
    Fields fields(resource.spec);
    const IpPool pool = read_fields(fields);
    for (const char* key : {"ipip", "nat-outgoing"}) fields.any(key);
    if (resource.spec.find("cidr") == nullptr) fields.missing("cidr");
    if (strict) {
      check_pool(fields, pool, "ipipMode");
      check_v3_alone(fields, pool);
    }
    if (auto done = fields.finish(strict); !done) return done;
    resource.spec.set("cidr", Value::string(pool.cidr.to_string()));
    return bgp::Done{};
  }

  Value v1_metadata(const Resource& resource) const override {
    return Value::map().set("cidr", Value::string(read_ip_pool(resource).cidr.to_string()));
  }

  Value v1_spec(const Resource& resource) const override {
    const IpPool pool = read_ip_pool(resource);
    Value spec = Value::map();
    if (pool.ipip != Encapsulation::Never) {
      Value ipip = Value::map().set("enabled", Value::boolean(true));
      if (pool.ipip == Encapsulation::CrossSubnet) ipip.set("mode", Value::string("cross-subnet"));
      spec.set("ipip", std::move(ipip));
    }
    if (pool.nat_outgoing) spec.set("nat-outgoing", Value::boolean(true));
    if (pool.disabled) spec.set("disabled", Value::boolean(true));
    return spec;
  }

  Value overlay_v1(const Value& wanted, Value stored) const override {
    if (stored.find("cidr") == nullptr) return wanted;
    Fields fields(wanted);
    write_v1_fields(read_fields(fields), stored);
    return stored;
  }

 private:
  static Encapsulation v1_ipip(Fields& ipip) {
    const bool enabled = ipip.flag("enabled").value_or(false);
    const std::string mode = ipip.text("mode").value_or("");
    if (!mode.empty() && mode != "always" && mode != "cross-subnet") {
      ipip.invalid("mode", mode, "must be always or cross-subnet");
    }
    if (!enabled) return Encapsulation::Never;
    return mode == "cross-subnet" ? Encapsulation::CrossSubnet : Encapsulation::Always;
  }
};

}  // namespace

const char* to_string(Encapsulation mode) {
  switch (mode) {
    case Encapsulation::Never: return "Never";
    case Encapsulation::Always: return "Always";
    case Encapsulation::CrossSubnet: return "CrossSubnet";
  }
  return "Never";
}

const Kind& ip_pool_kind() {
  static const IpPoolKind kKind;
  return kKind;
}

IpPool read_ip_pool(const Resource& resource) {
  Fields fields(resource.spec);
  IpPool pool = read_fields(fields);
  pool.name = resource.name;
  return pool;
}

Resource make_ip_pool(const IpPool& pool) {
  Resource resource;
  resource.kind = &ip_pool_kind();
  resource.api = Api::V1;
  resource.name = dashed_cidr(pool.cidr);
  resource.metadata = Value::map();
  resource.spec = v3_spec(pool);
  return resource;
}

}  // namespace config::model
