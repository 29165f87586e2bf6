// What calico/node's environment says that has no flag here: README.md has a row for each variable.
#pragma once

#include <optional>
#include <string>

#include "bgp/base/log.h"
#include "bgp/base/prefix.h"
#include "bgp/base/result.h"
#include "bgp/base/time.h"
#include "bgp/daemon/detection_method.h"
#include "bgp/daemon/environment.h"
#include "config/model/kinds/ip_pool.h"

namespace bgp::daemon {

// The default pool of a family.
struct PoolSettings {
  bool is_wanted = true;
  std::optional<Prefix> cidr = {};  // absent: chosen at the first start
  config::model::Encapsulation ipip = config::model::Encapsulation::Never;
  config::model::Encapsulation vxlan = config::model::Encapsulation::Never;
  uint8_t block_size = 26;
  bool nat_outgoing = true;
  std::string node_selector = {};
  bool disable_bgp_export = false;
};

struct NodeSettings {
  DetectionMethod ip_method, ip6_method;
  Duration poll_interval = 60s;
  bool checks_address_conflicts = true;
  bool waits_for_datastore = false;
  std::string backend = "bird";       // "none" and "vxlan" speak no BGP
  PoolSettings pool4;
  PoolSettings pool6 = {.block_size = 122, .nat_outgoing = false};
  std::optional<Prefix> cluster_ips;  // instead of the configured serviceClusterIPs
  std::string kubernetes_node;        // empty: not said

  bool speaks_bgp() const { return backend == "bird"; }
};

// The error is a whole line: which variable, and what is allowed.
Result<NodeSettings, std::string> read_node_settings(const Environment& environment);
// A line for each variable, for --help.
std::string node_settings_help();

// "debug", "Info", "WARNING", ...; nullopt: no such word.
std::optional<LogLevel> parse_log_level(const std::string& text);

}  // namespace bgp::daemon
