#include "bgp/daemon/node_settings.h"

#include <map>
#include <vector>

#include "bgp/base/limits.h"
#include "config/model/duration.h"
#include "config/model/selector.h"

namespace bgp::daemon {
namespace {

namespace model = config::model;
using model::Encapsulation;

std::optional<bool> truth(const std::string& text) {
  static const std::map<std::string, bool> kWords = {
      {"true", true},   {"1", true},  {"yes", true}, {"y", true}, {"t", true},
      {"false", false}, {"0", false}, {"no", false}, {"n", false}, {"f", false}};
  auto word = kWords.find(lower_case(text));
  return word == kWords.end() ? std::nullopt : std::optional(word->second);
}

// ---- one setter a kind of value: what is wrong with it, or nothing -------------------------------------------------

std::string set_flag(bool& out, const Given& given) {
  std::optional<bool> is_on = truth(given.text);
  if (!is_on) return bad(given, "give true or false");
  out = *is_on;
  return {};
}

std::string set_not(bool& out, const Given& given) {
  bool is_on = false;
  std::string reason = set_flag(is_on, given);
  if (reason.empty()) out = !is_on;
  return reason;
}

std::string set_method(DetectionMethod& out, const Given& given) {
  auto method = parse_detection_method(given);
  if (!method) return method.error();
  out = std::move(*method);
  return {};
}

std::string set_mode(Encapsulation& out, const Given& given) {
  static const std::map<std::string, Encapsulation> kWords = {
      {"off", Encapsulation::Never},         {"never", Encapsulation::Never},
      {"always", Encapsulation::Always},     {"crosssubnet", Encapsulation::CrossSubnet},
      {"cross-subnet", Encapsulation::CrossSubnet}};
  auto word = kWords.find(lower_case(given.text));
  if (word == kWords.end()) return bad(given, "give Always, CrossSubnet or Never");
  out = word->second;
  return {};
}

std::string set_pool_cidr(PoolSettings& pool, const Given& given, Family family) {
  if (given.text == "none") {
    pool.is_wanted = false;
    return {};
  }
  const bool has_length = given.text.find('/') != std::string::npos;
  const auto cidr = has_length ? Prefix::parse_loose(given.text) : std::nullopt;
  if (!cidr || cidr->family() != family)
    return bad(given, std::string("give an IPv") + (family == Family::IPv4 ? "4" : "6") + " CIDR, or 'none'");
  pool.cidr = cidr;
  return {};
}

std::string set_block_size(uint8_t& out, const Given& given, uint64_t low, uint64_t high) {
  std::optional<uint64_t> size = parse_number(given.text, low, high);
  if (!size) return bad(given, "give a prefix length from " + std::to_string(low) + " to " + std::to_string(high));
  out = static_cast<uint8_t>(*size);
  return {};
}

std::string set_selector(std::string& out, const Given& given) {
  auto selector = model::Selector::parse(given.text);
  if (!selector) return bad(given, "it is no selector: " + selector.error());
  out = given.text;
  return {};
}

std::string set_interval(Duration& out, const Given& given) {
  std::optional<Duration> interval = model::parse_duration(given.text);
  if (!interval || *interval < limits::kAddressPollMin) return bad(given, "give a time from 100ms on, like 60s or 1m30s");
  out = *interval;
  return {};
}

std::string set_backend(std::string& out, const Given& given) {
  const std::string word = lower_case(given.text);
  if (word == "gobgp") return {};  // Calico v2's other BGP daemon
  if (word != "bird" && word != "none" && word != "vxlan") return bad(given, "give bird, none or vxlan");
  out = word;
  return {};
}

std::string set_cluster_ips(std::optional<Prefix>& out, const Given& given) {
  out = Prefix::parse(given.text);
  return out ? "" : bad(given, "give one CIDR, like 10.96.0.0/12");
}

// ---- the list, in the order of README.md ---------------------------------------------------------------------------

struct Row {
  std::string name;
  std::string help;
  std::function<std::string(NodeSettings&, const Given&)> set;  // null: accepted, without effect
};

std::vector<Row> pool_rows(Family family) {
  const bool v4 = family == Family::IPv4;
  const std::string prefix = v4 ? "CALICO_IPV4POOL_" : "CALICO_IPV6POOL_";
  auto pool = v4 ? &NodeSettings::pool4 : &NodeSettings::pool6;
  std::vector<Row> rows = {
      {prefix + "CIDR", std::string("of the default pool, or 'none' (") +
           (v4 ? "192.168.0.0/16, or 172.16.0.0/16 and on where this machine is in it" : "a /48 of fd00::/8 by chance") + ")",
       [=](NodeSettings& s, const Given& given) { return set_pool_cidr(s.*pool, given, family); }},
      {prefix + "VXLAN", "Always, CrossSubnet or Never (Never)",
       [=](NodeSettings& s, const Given& given) { return set_mode((s.*pool).vxlan, given); }},
      {prefix + "BLOCK_SIZE", v4 ? "20..32 (26)" : "116..128 (122)",
       [=](NodeSettings& s, const Given& given) {
         return set_block_size((s.*pool).block_size, given, v4 ? 20 : 116, v4 ? 32 : 128);
       }},
      {prefix + "NAT_OUTGOING", v4 ? "(true)" : "(false)",
       [=](NodeSettings& s, const Given& given) { return set_flag((s.*pool).nat_outgoing, given); }},
      {prefix + "NODE_SELECTOR", "(all())",
       [=](NodeSettings& s, const Given& given) { return set_selector((s.*pool).node_selector, given); }},
      {prefix + "DISABLE_BGP_EXPORT", "(false)",
       [=](NodeSettings& s, const Given& given) { return set_flag((s.*pool).disable_bgp_export, given); }}};
  if (v4) rows.push_back({prefix + "IPIP", "Always, CrossSubnet or Never (Never)",
                          [](NodeSettings& s, const Given& given) { return set_mode(s.pool4.ipip, given); }});
  return rows;
}

std::vector<Row> make_rows() {
  std::vector<Row> rows = {
      {"IP_AUTODETECTION_METHOD", "first-found, can-reach=DESTINATION, interface=REGEX,..., skip-interface=REGEX,..., cidr=CIDR,... or kubernetes-internal-ip (first-found)",
       [](NodeSettings& s, const Given& given) { return set_method(s.ip_method, given); }},
      {"IP6_AUTODETECTION_METHOD", "the same",
       [](NodeSettings& s, const Given& given) { return set_method(s.ip6_method, given); }},
      {"AUTODETECT_POLL_INTERVAL", "between two looks with --ip autodetect (60s)",
       [](NodeSettings& s, const Given& given) { return set_interval(s.poll_interval, given); }},
      {"DISABLE_NODE_IP_CHECK", "true: start with an address that another node has (false)",
       [](NodeSettings& s, const Given& given) { return set_not(s.checks_address_conflicts, given); }},
      {"CALICO_NETWORKING_BACKEND", "bird; none and vxlan: speak no BGP, touch no route (bird)",
       [](NodeSettings& s, const Given& given) { return set_backend(s.backend, given); }},
      {"CALICO_NETWORKING", "old; false is the backend none, true bird, whatever the other says",
       [](NodeSettings& s, const Given& given) {
         bool is_on = true;
         std::string reason = set_flag(is_on, given);
         if (reason.empty()) s.backend = is_on ? "bird" : "none";
         return reason;
       }},
      {"WAIT_FOR_DATASTORE", "true: try again each second until it answers (false)",
       [](NodeSettings& s, const Given& given) { return set_flag(s.waits_for_datastore, given); }},
      {"CALICO_K8S_NODE_REF", "this node's name in Kubernetes, for the node resource",
       [](NodeSettings& s, const Given& given) { s.kubernetes_node = given.text; return std::string(); }},
      {"CALICO_ADVERTISE_CLUSTER_IPS", "a CIDR, instead of the configured serviceClusterIPs",
       [](NodeSettings& s, const Given& given) { return set_cluster_ips(s.cluster_ips, given); }},
      {"CALICO_MANAGE_CNI", "accepted, without effect: we have no CNI plugin", nullptr},
      {"CALICO_DISABLE_FILE_LOGGING", "accepted, without effect: the log is on stderr", nullptr},
      {"NO_DEFAULT_POOLS", "true: make no default pools (false)",
       [](NodeSettings& s, const Given& given) {
         bool is_on = false;
         std::string reason = set_flag(is_on, given);
         if (reason.empty() && is_on) s.pool4.is_wanted = s.pool6.is_wanted = false;
         return reason;
       }}};
  for (Family family : {Family::IPv4, Family::IPv6})
    for (Row& row : pool_rows(family)) rows.push_back(std::move(row));
  return rows;
}

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows = make_rows();
  return kRows;
}

// As upstream: a CIDR for a pool that is not to be is a mistake.
std::string contradiction(const NodeSettings& settings, const Environment& environment) {
  const auto no_pools = find_variable(environment, "NO_DEFAULT_POOLS");
  const bool is_set = no_pools && truth(no_pools->text).value_or(false);
  for (const char* cidr : {"CALICO_IPV4POOL_CIDR", "CALICO_IPV6POOL_CIDR"})
    if (is_set && find_variable(environment, cidr))
      return std::string("$NO_DEFAULT_POOLS and $") + cidr + " contradict each other; give one";
  if (settings.pool4.ipip != Encapsulation::Never && settings.pool4.vxlan != Encapsulation::Never)
    return "$CALICO_IPV4POOL_IPIP and $CALICO_IPV4POOL_VXLAN cannot both be in use; give one";
  for (const PoolSettings* pool : {&settings.pool4, &settings.pool6})
    if (pool->cidr && pool->cidr->length() > pool->block_size)
      return "the default pool " + pool->cidr->to_string() + " is smaller than a block of /" +
             std::to_string(pool->block_size) + "; give a wider CIDR or a longer block size";
  return {};
}

}  // namespace

Result<NodeSettings, std::string> read_node_settings(const Environment& environment) {
  NodeSettings settings;
  for (const Row& row : rows()) {
    std::optional<Given> given = find_variable(environment, row.name);
    if (!given || !row.set) continue;
    if (std::string reason = row.set(settings, *given); !reason.empty()) return Err(std::move(reason));
  }
  if (std::string reason = contradiction(settings, environment); !reason.empty()) return Err(std::move(reason));
  return settings;
}

std::string node_settings_help() {
  std::string text = "\nVariables of calico/node that have no option:\n";
  for (const Row& row : rows()) text += "  $" + row.name + ": " + row.help + "\n";
  return text;
}

std::optional<LogLevel> parse_log_level(const std::string& text) {
  static const std::map<std::string, LogLevel> kWords = {
      {"trace", LogLevel::Debug}, {"debug", LogLevel::Debug}, {"info", LogLevel::Info},
      {"warning", LogLevel::Warn}, {"warn", LogLevel::Warn},  {"error", LogLevel::Error},
      {"fatal", LogLevel::Error}, {"critical", LogLevel::Error}, {"panic", LogLevel::Error}};
  auto word = kWords.find(lower_case(text));
  return word == kWords.end() ? std::nullopt : std::optional(word->second);
}

}  // namespace bgp::daemon
