#include "config/model/kinds/ip_pool.h"

#include <array>

#include "config/model/kinds/fields.h"

namespace config::model {
namespace {

constexpr std::array kUninterpreted = {"ipip", "nat-outgoing", "allowedUses", "namespaceSelector", "assignmentMode"};

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
  return pool;
}

void check_pool(Fields& fields, const IpPool& pool, std::string_view ipip_field) {
  static const bgp::Prefix kLinkLocal4 = *bgp::Prefix::parse("169.254.0.0/16");
  static const bgp::Prefix kLinkLocal6 = *bgp::Prefix::parse("fe80::/10");
  const bool v4 = pool.cidr.family() == bgp::Family::IPv4;
  const std::string cidr = pool.cidr.to_string();
  if (pool.block_size < (v4 ? 20 : 116) || pool.block_size > (v4 ? 32 : 128)) {
    fields.invalid("blockSize", std::to_string(pool.block_size), v4 ? "must be 20..32" : "must be 116..128");
  }
  if (pool.cidr.length() > pool.block_size) fields.invalid("cidr", cidr, "IP pool is too small");
  if (!v4 && pool.ipip != Encapsulation::Never) {
    fields.invalid(ipip_field, to_string(pool.ipip), "IPIP is not supported on an IPv6 IP pool");
  }
  if (pool.ipip != Encapsulation::Never && pool.vxlan != Encapsulation::Never) {
    fields.invalid("vxlanMode", to_string(pool.vxlan), "ipipMode and vxlanMode cannot both be in use");
  }
  const bgp::Prefix& link_local = v4 ? kLinkLocal4 : kLinkLocal6;
  if (link_local.contains(pool.cidr) || pool.cidr.contains(link_local)) {
    fields.invalid("cidr", cidr, "IP pool range overlaps with link local range " + link_local.to_string());
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

  bool fits_v1(const Resource& resource) const override {
    if (resource.metadata.find("labels") != nullptr || resource.metadata.find("annotations") != nullptr) return false;
    Fields fields(resource.spec);
    const IpPool pool = read_fields(fields);
    return fields.left().empty() && pool.vxlan == Encapsulation::Never && !pool.disable_bgp_export &&
           pool.block_size == default_block_size(pool.cidr) &&
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
    for (const char* key : kUninterpreted) fields.any(key);
    if (resource.spec.find("cidr") == nullptr) fields.missing("cidr");
    if (strict) check_pool(fields, pool, "ipipMode");
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
