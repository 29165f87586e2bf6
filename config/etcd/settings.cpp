#include "config/etcd/settings.h"

#include <algorithm>
#include <string_view>

#include "bgp/base/escape.h"

namespace config::etcd {
namespace {

constexpr std::string_view kDefaultPort = "2379";

bgp::Err<std::string> bad(const std::string& text, const std::string& what) {
  return bgp::Err("etcd endpoint '" + bgp::printable(text) + "': " + what + "; write it like https://10.0.0.1:2379");
}

bool is_port(const std::string& text) {
  return !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string::npos &&
         std::stoi(text) >= 1 && std::stoi(text) <= 65535;
}

bgp::Result<Endpoint, std::string> parse_endpoint(const std::string& text) {
  Endpoint endpoint;
  std::string rest = text;
  if (rest.starts_with("https://")) endpoint.is_tls = true;
  else if (!rest.starts_with("http://")) return bad(text, "it begins with neither http:// nor https://");
  rest.erase(0, endpoint.is_tls ? 8 : 7);
  if (rest.ends_with("/")) rest.pop_back();
  const bool is_bracketed = rest.starts_with("[");
  const size_t host_end = is_bracketed ? rest.find(']') : rest.find(':');
  if (is_bracketed && host_end == std::string::npos) return bad(text, "a ']' is missing");
  endpoint.host = is_bracketed ? rest.substr(1, host_end - 1) : rest.substr(0, host_end);
  rest.erase(0, host_end == std::string::npos ? rest.size() : host_end + (is_bracketed ? 1 : 0));
  endpoint.port = rest.empty() ? kDefaultPort : rest.substr(1);
  if (!rest.empty() && rest[0] != ':') return bad(text, "a port must follow the host");
  if (endpoint.host.empty() || endpoint.host.find_first_of("/@? \t") != std::string::npos)
    return bad(text, "the host is not one");
  if (!is_port(endpoint.port)) return bad(text, "the port is not from 1 to 65535");
  return endpoint;
}

std::string without_blanks(std::string text) {
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\t'; }), text.end());
  return text;
}

std::string endpoints_text(const Names& names) {
  if (auto endpoints = names("ETCD_ENDPOINTS").value_or(""); !endpoints.empty()) return endpoints;
  const std::string scheme = names("ETCD_SCHEME").value_or("");
  const std::string authority = names("ETCD_AUTHORITY").value_or("");
  return (scheme.empty() ? "http" : scheme) + "://" + (authority.empty() ? "127.0.0.1:2379" : authority);
}

}  // namespace

std::string Endpoint::to_string() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_tls ? "https://" : "http://") + (is_v6 ? "[" + host + "]" : host) + ":" + port;
}

bgp::Result<std::vector<Endpoint>, std::string> parse_endpoints(const std::string& given) {
  std::vector<Endpoint> endpoints;
  const std::string text = without_blanks(given);
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    auto endpoint = parse_endpoint(text.substr(at, comma - at));
    if (!endpoint) return bgp::Err(endpoint.error());
    endpoints.push_back(std::move(*endpoint));
    at = comma + 1;
  }
  return endpoints;
}

bgp::Result<Settings, std::string> read_settings(const Names& names) {
  Settings settings;
  auto endpoints = parse_endpoints(endpoints_text(names));
  if (!endpoints) return bgp::Err(endpoints.error());
  settings.endpoints = std::move(*endpoints);
  settings.ca_cert_file = names("ETCD_CA_CERT_FILE").value_or("");
  settings.cert_file = names("ETCD_CERT_FILE").value_or("");
  settings.key_file = names("ETCD_KEY_FILE").value_or("");
  settings.user = names("ETCD_USERNAME").value_or("");
  settings.password = bgp::Secret(names("ETCD_PASSWORD").value_or(""));
  if (settings.cert_file.empty() != settings.key_file.empty())
    return bgp::Err(std::string("ETCD_CERT_FILE and ETCD_KEY_FILE belong together; give both or neither"));
  if (settings.user.empty() != settings.password.empty())
    return bgp::Err(std::string("ETCD_USERNAME and ETCD_PASSWORD belong together; give both or neither"));
  return settings;
}

}  // namespace config::etcd
