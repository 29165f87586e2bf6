#include "config/etcd/identity.h"

#include <nlohmann/json.hpp>

#include "bgp/base/escape.h"

namespace config::etcd {

using Json = nlohmann::json;

bool read_cluster_information(std::string_view value, Identity& identity) {
  try {
    const Json spec = Json::parse(value).at("spec");
    const std::string guid = spec.value("clusterGUID", std::string());
    const bool is_ready = spec.value("datastoreReady", true);
    identity.guid = bgp::printable(guid, 64);
    identity.is_ready = is_ready;
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

std::string make_cluster_information(const std::string& guid) {
  const Json document = {{"kind", "ClusterInformation"},
                         {"apiVersion", "projectcalico.org/v3"},
                         {"metadata", {{"name", "default"}}},
                         {"spec", {{"clusterGUID", guid}, {"datastoreReady", true}}}};
  return document.dump();
}

std::optional<std::string> find_refusal(const Identity& known, const Identity& seen, bool is_wiped) {
  if (!seen.is_ready) return "the datastore says that it is not ready (ClusterInformation, datastoreReady: false)";
  if (known.cluster_id.empty()) return std::nullopt;
  if (known.cluster_id != seen.cluster_id)
    return "this is another etcd cluster: its id is " + seen.cluster_id + ", known is " + known.cluster_id;
  if (!known.guid.empty() && seen.guid.empty())
    return "Calico's ClusterInformation is gone: this etcd was emptied";
  if (!known.guid.empty() && known.guid != seen.guid)
    return "this is another Calico datastore: its clusterGUID is " + seen.guid + ", known is " + known.guid;
  if (is_wiped) return "there is nothing of Calico's any more: this etcd was emptied";
  return std::nullopt;
}

}  // namespace config::etcd
