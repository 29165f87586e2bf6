#include "bgp/daemon/default_resources.h"

#include <algorithm>

#include "config/model/kinds.h"
#include "config/model/kinds/bgp_configuration.h"

namespace bgp::daemon {
namespace {

namespace model = config::model;
using config::store::Entry;
using config::store::Write;

// One that cannot be read may be of either family: better none of ours beside it, whose addresses could be its own.
bool has_pool(const std::vector<Entry>& entries, Family family) {
  return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
    if (model::find_kind_of_key(entry.key) != &model::ip_pool_kind()) return false;
    model::Outcome<model::Resource> pool = model::ip_pool_kind().decode(entry.key, entry.value);
    return !pool || model::read_ip_pool(*pool).cidr.family() == family;
  });
}

bool is_in(const Prefix& pool, const Machine& machine) {
  return std::any_of(machine.interfaces.begin(), machine.interfaces.end(),
                     [&](const Interface& i) { return pool.contains(i.address.address); });
}

// 192.168.0.0/16, or where this machine's own network is inside, the first of 172.16.0.0/16 to 172.31.0.0/16 free of it.
Prefix free_ipv4_pool(const Machine& machine) {
  const Prefix preferred(IpAddress::v4(0xc0a80000), 16);
  if (!is_in(preferred, machine)) return preferred;
  for (uint32_t second = 16; second < 32; ++second) {
    const Prefix other(IpAddress::v4(172u << 24 | second << 16), 16);
    if (!is_in(other, machine)) return other;
  }
  return preferred;
}

Prefix unique_local_pool(const Chance& chance) {
  std::array<uint8_t, 16> bytes = {0xfd};
  std::copy(chance.begin(), chance.end(), bytes.begin() + 1);
  return Prefix(IpAddress::v6(bytes), 48);
}

Write new_entry(const model::Kind& kind, const model::Resource& resource) {
  return {kind.key(resource), kind.encode(resource, {}), 0};
}

Write new_pool(const PoolSettings& settings, const Prefix& cidr) {
  model::IpPool pool;
  pool.cidr = cidr;
  pool.ipip = settings.ipip;
  pool.vxlan = settings.vxlan;
  pool.nat_outgoing = settings.nat_outgoing;
  pool.block_size = settings.block_size;
  pool.node_selector = settings.node_selector;
  model::Resource resource = model::make_ip_pool(pool);
  resource.name = cidr.family() == Family::IPv4 ? "default-ipv4-ippool" : "default-ipv6-ippool";
  if (settings.disable_bgp_export) resource.spec.set("disableBGPExport", model::Value::boolean(true));
  return new_entry(model::ip_pool_kind(), resource);
}

Write new_configuration() {
  model::Resource resource;
  resource.kind = &model::bgp_configuration_kind();
  resource.api = model::Api::V3;
  resource.name = "default";
  resource.metadata = model::Value::map();
  resource.spec = model::Value::map();
  return new_entry(model::bgp_configuration_kind(), resource);
}

}  // namespace

std::vector<Write> missing_defaults(const std::vector<Entry>& entries, const NodeSettings& settings,
                                    const Machine& machine, const Chance& chance) {
  std::vector<Write> writes;
  const PoolSettings& v4 = settings.pool4;
  const PoolSettings& v6 = settings.pool6;
  if (v4.is_wanted && !has_pool(entries, Family::IPv4)) writes.push_back(new_pool(v4, v4.cidr.value_or(free_ipv4_pool(machine))));
  if (v6.is_wanted && machine.has_ipv6 && !has_pool(entries, Family::IPv6))
    writes.push_back(new_pool(v6, v6.cidr.value_or(unique_local_pool(chance))));
  const bool is_configured = std::any_of(entries.begin(), entries.end(), [](const Entry& entry) {
    return entry.key == model::kBgpConfigurationDefaultKey;
  });
  if (!is_configured) writes.push_back(new_configuration());
  return writes;
}

}  // namespace bgp::daemon
