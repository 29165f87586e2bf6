#include "config/desired/services.h"

#include <algorithm>
#include <string>

namespace config::desired {
namespace {

using Ranges = std::vector<bgp::Prefix>;

// A label of Kubernetes that Calico honours for all of a node's service routes.
constexpr const char* kExcluded = "node.kubernetes.io/exclude-from-external-load-balancers";

bool is_excluded(const Self& self) {
  const auto label = self.labels.find(kExcluded);
  return label != self.labels.end() && label->second == "true";
}

void append(Ranges& to, const Ranges& from) { to.insert(to.end(), from.begin(), from.end()); }

void tidy(Ranges& ranges) {
  std::sort(ranges.begin(), ranges.end());
  ranges.erase(std::unique(ranges.begin(), ranges.end()), ranges.end());
}

// A range of everything allows services any address; announcing it would draw all traffic here.
void drop_what_is_no_aggregate(Ranges& ranges, std::vector<bgp::LogRecord>& warnings) {
  for (const bgp::Prefix& range : ranges) {
    if (!range.is_host()) continue;
    warnings.push_back(warning("service_not_announced", range.to_string(),
                               "a range of one address is announced with its service, and services are not watched; "
                               "configure a wider range"));
  }
  std::erase_if(ranges, [](const bgp::Prefix& range) { return range.is_host() || range.length() == 0; });
}

}  // namespace

Services services_of(const Inventory& inventory, const Self& self, std::vector<bgp::LogRecord>& warnings) {
  Services services;
  const model::BgpConfiguration* global = inventory.configuration("default");
  model::Advertisements wanted = global == nullptr ? model::Advertisements() : global->advertisements;
  if (self.cluster_ips) wanted.cluster_ips = {*self.cluster_ips};
  append(services.reflected, wanted.external_ips);
  append(services.reflected, wanted.load_balancer_ips);
  services.all = services.reflected;
  append(services.all, wanted.cluster_ips);
  if (!is_excluded(self)) {
    append(services.announced, wanted.cluster_ips);
    append(services.announced, wanted.external_ips);
    if (wanted.aggregates_load_balancers) append(services.announced, wanted.load_balancer_ips);
  }
  for (Ranges* ranges : {&services.announced, &services.reflected, &services.all}) tidy(*ranges);
  drop_what_is_no_aggregate(services.announced, warnings);
  return services;
}

}  // namespace config::desired
