// Where etcd is and who we are to it, by the names that Calico's own programs use.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bgp/base/result.h"
#include "bgp/base/secret.h"

namespace config::etcd {

struct Endpoint {
  bool is_tls = false;
  std::string host;  // a name or an address, without brackets
  std::string port;
  std::string to_string() const;  // "https://[::1]:2379"
  bool operator==(const Endpoint&) const = default;
};

struct Settings {
  std::vector<Endpoint> endpoints;  // at least one; tried in turn
  std::string ca_cert_file;         // PEM; empty: the system's
  std::string cert_file;            // ours, PEM; empty: none
  std::string key_file;
  std::string user;
  bgp::Secret password;
};

// The value of a name ("ETCD_ENDPOINTS", ...), nullopt if there is none.
using Names = std::function<std::optional<std::string>(const std::string& name)>;

// ETCD_ENDPOINTS (a comma list; else ETCD_SCHEME://ETCD_AUTHORITY, else http://127.0.0.1:2379), ETCD_CA_CERT_FILE,
// ETCD_CERT_FILE, ETCD_KEY_FILE, ETCD_USERNAME, ETCD_PASSWORD. The error names what is wrong and how it should look.
bgp::Result<Settings, std::string> read_settings(const Names& names);
// "https://host:2379,https://[::1]:2379"
bgp::Result<std::vector<Endpoint>, std::string> parse_endpoints(const std::string& text);

}  // namespace config::etcd
