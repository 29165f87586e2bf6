#include "config/etcd/v2_keys.h"

#include <algorithm>
#include <array>
#include <vector>

#include "config/model/kinds/bgp_configuration.h"
#include "config/model/kinds/bgp_peer.h"
#include "config/model/kinds/felix_configuration.h"
#include "config/model/kinds/fields.h"
#include "config/model/kinds/ip_pool.h"
#include "config/model/kinds/node.h"

namespace config::etcd::v2 {
namespace {

using Words = std::vector<std::string>;

constexpr std::array kNodeFields = {"ip_addr_v4", "ip_addr_v6", "network_v4", "network_v6", "as_num"};

Words words_of(std::string_view key) {
  Words words;
  for (size_t at = 1; at <= key.size();) {
    const size_t slash = std::min(key.find('/', at), key.size());
    words.emplace_back(key.substr(at, slash - at));
    at = slash + 1;
  }
  return words;
}

template <size_t n>
bool is_one_of(const std::string& word, const std::array<const char*, n>& all) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

std::string version_of(bgp::Family family) { return family == bgp::Family::IPv4 ? "4" : "6"; }

std::string configuration_of(const std::string& node) {
  return model::bgp_configuration_kind().prefix() + (node.empty() ? "default" : "node." + node);
}

// "192.168.0.0-16"
std::optional<bgp::Prefix> dashed_prefix(std::string text) {
  const size_t dash = text.rfind('-');
  if (dash == std::string::npos) return std::nullopt;
  text[dash] = '/';
  return bgp::Prefix::parse(text);
}

std::optional<Part> settings_part(const std::string& node, const std::string& field) {
  return Part{Part::Of::Settings, configuration_of(node), node, field, {}, {}};
}

std::optional<Part> node_part(const std::string& node, const std::string& field) {
  return Part{Part::Of::Node, model::node_kind().prefix() + node, node, field, {}, {}};
}

std::optional<Part> peer_part(const std::string& node, const std::string& folder, const std::string& address) {
  const auto ip = model::parse_ip(address);
  if (!ip || folder != "peer_v" + version_of(ip->family())) return std::nullopt;
  const std::string name = (node.empty() ? "" : node + ".") + model::dashed_name(*ip);
  return Part{Part::Of::Peer, model::bgp_peer_kind().prefix() + name, node, "", ip, {}};
}

// What follows /calico/bgp/v1/.
std::optional<Part> bgp_part(const Words& words) {
  const bool is_global = words[0] == "global";
  const size_t at = is_global ? 1 : 2;
  if ((!is_global && words[0] != "host") || words.size() <= at) return std::nullopt;
  const std::string node = is_global ? "" : words[1];
  if (!is_global && !model::is_v1_name(node)) return std::nullopt;
  const std::string& field = words[at];
  if (words.size() == at + 2) return peer_part(node, field, words[at + 1]);
  if (words.size() != at + 1) return std::nullopt;
  if (field == "loglevel") return settings_part(node, field);
  if (is_global) return field == "as_num" || field == "node_mesh" ? settings_part("", field) : std::nullopt;
  return is_one_of(field, kNodeFields) ? node_part(node, field) : std::nullopt;
}

// What follows /calico/v1/.
std::optional<Part> v1_part(const Words& words) {
  if (words.size() == 2 && words[0] == "config") {
    if (words[1] == "LogSeverityScreen") return settings_part("", words[1]);
    if (words[1] != "IpInIpEnabled") return std::nullopt;
    return Part{Part::Of::Felix, model::kFelixConfigurationDefaultKey, "", words[1], {}, {}};
  }
  if (words.size() >= 3 && words[0] == "host" && model::is_v1_name(words[1])) {
    if (words.size() == 3 && (words[2] == "metadata" || words[2] == "bird_ip")) return node_part(words[1], words[2]);
    if (words.size() != 4 || words[2] != "config") return std::nullopt;
    if (words[3] == "IpInIpTunnelAddr") return node_part(words[1], words[3]);
    return words[3] == "LogSeverityScreen" ? settings_part(words[1], words[3]) : std::nullopt;
  }
  if (words.size() != 4 || words[0] != "ipam" || words[2] != "pool") return std::nullopt;
  const auto cidr = dashed_prefix(words[3]);
  if (!cidr || words[1] != "v" + version_of(cidr->family())) return std::nullopt;
  return Part{Part::Of::Pool, model::ip_pool_kind().prefix() + model::dashed_cidr(*cidr), "", "", {}, cidr};
}

// What follows /calico/ipam/v2/host/. Today's Calico has the same key.
std::optional<Part> block_part(const Words& words, std::string_view key) {
  if (words.size() != 4 || words[2] != "block" || !model::is_v1_name(words[0])) return std::nullopt;
  const auto cidr = dashed_prefix(words[3]);
  if (!cidr || words[1] != "ipv" + version_of(cidr->family())) return std::nullopt;
  return Part{Part::Of::Block, std::string(key), words[0], "", {}, cidr};
}

}  // namespace

std::optional<Part> parse_key(std::string_view key) {
  const auto after = [&](std::string_view prefix) { return words_of(key.substr(prefix.size() - 1)); };
  for (const std::string_view prefix : {"/calico/bgp/v1/", "/calico/v1/", "/calico/ipam/v2/host/"}) {
    if (!key.starts_with(prefix) || key.size() == prefix.size()) continue;
    const Words words = after(prefix);
    if (prefix == "/calico/bgp/v1/") return bgp_part(words);
    return prefix == "/calico/v1/" ? v1_part(words) : block_part(words, key);
  }
  return std::nullopt;
}

std::string bgp_key(const std::string& node, const std::string& field) {
  return "/calico/bgp/v1/" + (node.empty() ? "global/" : "host/" + node + "/") + field;
}

std::string host_key(const std::string& node, const std::string& field) {
  return node.empty() ? "/calico/v1/config/" + field : "/calico/v1/host/" + node + "/" + field;
}

std::string peer_key(const std::string& node, const bgp::IpAddress& peer) {
  return bgp_key(node, "peer_v" + version_of(peer.family()) + "/" + peer.to_string());
}

std::string pool_key(const bgp::Prefix& cidr) {
  std::string text = cidr.to_string();
  text[text.find('/')] = '-';
  return "/calico/v1/ipam/v" + version_of(cidr.family()) + "/pool/" + text;
}

}  // namespace config::etcd::v2
