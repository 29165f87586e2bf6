// Is this still the datastore that we know? Guards against a wiped etcd and against another cluster at the same address:
// what they say must not become "no peers, no routes". Pure.
//
// The cluster's id alone is not enough: an etcd that was emptied and started again with the same flags has the same id.
// So Calico's own ClusterInformation counts too: its clusterGUID is made once, with the datastore.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace config::etcd {

inline constexpr std::string_view kClusterInformationKey =
    "/calico/resources/v3/projectcalico.org/clusterinformations/default";

struct Identity {
  std::string cluster_id;  // etcd's; empty: none known yet
  std::string guid;        // spec.clusterGUID; empty: nobody made a ClusterInformation
  bool is_ready = true;    // spec.datastoreReady; false while a migration or an upgrade runs
  bool operator==(const Identity&) const = default;
};

// Reads the stored ClusterInformation into `identity`; false, and nothing changed, when it cannot be read.
bool read_cluster_information(std::string_view value, Identity& identity);
// A new one, as calico/node makes it.
std::string make_cluster_information(const std::string& guid);

// Why what `seen` has must not be applied over what we know; nullopt: it may. `is_wiped`: we hold entries, it has none.
std::optional<std::string> find_refusal(const Identity& known, const Identity& seen, bool is_wiped);

}  // namespace config::etcd
