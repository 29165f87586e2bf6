#include "bgp/daemon/options.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <cctype>
#include <sstream>

#include "bgp/base/prefix.h"
#include "bgp/daemon/node_name_file.h"
#include "config/model/duration.h"
#include "ctl/protocol/version.h"

namespace bgp::daemon {
namespace {

namespace po = boost::program_options;

// ---- one setter an option: what it says, or what is wrong with it (empty: nothing) --------------------------------

std::string set_ip(std::string& out, const Given& given, Family family) {
  std::optional<Prefix> prefix = Prefix::parse_loose(given.text);
  bool is_word = given.text == "autodetect" || given.text == "none";
  if (!is_word && (!prefix || prefix->family() != family))
    return bad(given, std::string("give an IPv") + (family == Family::IPv4 ? "4" : "6") +
                          " address, a CIDR, 'autodetect' or 'none'");
  out = given.text;
  return {};
}

// Calico's own pattern; a node of another name could have no node-specific peer.
std::string set_node_name(Options& o, const Given& given) {
  auto is_allowed = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '.' || c == '-'; };
  if (given.text.empty() || given.text.size() > 128 || !std::all_of(given.text.begin(), given.text.end(), is_allowed))
    return bad(given, "give 1 to 128 letters, digits, '.', '_' or '-'");
  o.node_name = given.text;
  return {};
}

std::string set_as(Options& o, const Given& given) {
  o.as = parse_asn(given.text);
  if (o.as && o.as->value != 0) return {};
  return bad(given, "give an AS number from 1 to 4294967295, or HIGH.LOW");
}

std::string set_router_id(Options& o, const Given& given) {
  std::optional<IpAddress> id = IpAddress::parse(given.text);
  if (given.text != "hash" && (!id || !id->is_v4() || id->is_unspecified()))
    return bad(given, "give a dotted quad other than 0.0.0.0, or 'hash'");
  o.router_id = given.text;
  return {};
}

std::string set_datastore(Options& o, const Given& given) {
  const bool is_socket = given.text.starts_with("unix:") && given.text.size() > 5;
  if (given.text != "embedded" && given.text != "etcdv3" && given.text != "etcdv2" && !is_socket)
    return bad(given, "give 'embedded', 'etcdv3', 'etcdv2' or 'unix:PATH'");
  o.datastore = given.text;
  return {};
}

std::string set_listen_port(Options& o, const Given& given) {
  std::optional<uint64_t> port = parse_number(given.text, 1, 65535);
  if (!port) return bad(given, "give a port from 1 to 65535");
  o.listen_port = static_cast<uint16_t>(*port);
  return {};
}

std::string set_on_stop(Options& o, const Given& given) {
  if (given.text != "shutdown" && given.text != "restart") return bad(given, "give 'shutdown' or 'restart'");
  o.stops_gracefully = given.text == "restart";
  return {};
}

std::string set_fib(Options& o, const Given& given) {
  if (given.text != "kernel" && given.text != "none") return bad(given, "give 'kernel' or 'none'");
  o.has_fib = given.text == "kernel";
  return {};
}

std::string set_fib_protocol(Options& o, const Given& given) {
  std::optional<uint64_t> protocol = parse_number(given.text, 5, 255);  // up to 4: the kernel's and the administrator's own
  if (!protocol) return bad(given, "give a route protocol number from 5 to 255");
  o.fib_protocol = static_cast<uint8_t>(*protocol);
  return {};
}

std::string set_fib_table(Options& o, const Given& given) {
  std::optional<uint64_t> table = parse_number(given.text, 1, 0xffffffff);
  if (!table || *table == 255)
    return bad(given, "give a routing table number from 1 to 4294967295, not 255 (local)");
  o.fib_table = static_cast<uint32_t>(*table);
  return {};
}

// From 64: less is used before the first route has come.
std::string set_memory_max(Options& o, const Given& given) {
  std::optional<uint64_t> mebibytes = given.text == "none" ? std::optional<uint64_t>(0) : parse_number(given.text, 64, 1 << 24);
  if (!mebibytes) return bad(given, "give a number of MiB from 64 to 16777216, or 'none'");
  o.memory_max = *mebibytes << 20;
  return {};
}

std::string set_log_level(Options& o, const Given& given) {
  o.log_level = parse_log_level(given.text);
  return o.log_level ? "" : bad(given, "give debug, info, warning or error");
}

std::string set_threshold_time(Options& o, const Given& given) {
  auto time = config::model::parse_duration(given.text);
  if (!time || *time < 0s || *time > 24h) return bad(given, "give a duration from 0s to 24h");
  o.threshold_time = *time;
  return {};
}

std::string set_ready_without(Options& o, const Given& given) {
  std::istringstream words(given.text);
  for (std::string word; std::getline(words, word, ',');) {
    auto address = IpAddress::parse(word);
    if (!address) return bad(given, "give IP addresses, separated by commas");
    o.ready_without.push_back(*address);
  }
  return {};
}

// Of etcd's options, which are read together at the end.
std::string set_nothing(Options&, const Given&) { return {}; }

template <std::string Options::* member>
std::string set_text(Options& o, const Given& given) {
  o.*member = given.text;
  return {};
}

// Felix's variable names the directory above.
std::string set_endpoint_status_dir(Options& o, const Given& given) {
  o.endpoint_status_dir = given.text + (given.where.starts_with('$') ? "/endpoint-status" : "");
  return {};
}

// ---- the list: name, variables in order of precedence, help, setter -----------------------------------------------

struct Row {
  const char* name;
  std::vector<const char*> variables;
  const char* help;
  std::string (*set)(Options&, const Given&);
};

const std::vector<Row>& rows() {
  static const std::vector<Row> rows = {
      {"node-name", {"NODENAME"}, "name of this node (the nodename file's, $HOSTNAME or the host name, lower-cased)", set_node_name},
      {"ip", {"IP"}, "IPv4 address, CIDR, 'autodetect' or 'none' (as stored, else autodetected)",
       [](Options& o, const Given& given) { return set_ip(o.ip, given, Family::IPv4); }},
      {"ip6", {"IP6"}, "IPv6 address, CIDR, 'autodetect' or 'none' (as stored, else none)",
       [](Options& o, const Given& given) { return set_ip(o.ip6, given, Family::IPv6); }},
      {"as", {"AS"}, "AS number of this node (as stored, else the global asNumber)", set_as},
      {"router-id", {"CALICO_ROUTER_ID"}, "BGP identifier, or 'hash' of the node name (the IPv4 address)", set_router_id},
      {"datastore", {"DATASTORE_TYPE"}, "'embedded', 'etcdv3', 'etcdv2' (Calico v2's keys in the same etcd), or 'unix:PATH' of another agent's control socket (embedded)", set_datastore},
      {"etcd-endpoints", {"ETCD_ENDPOINTS"}, "etcd's addresses, https://HOST:PORT,... (http://127.0.0.1:2379); user and password by $ETCD_USERNAME and $ETCD_PASSWORD alone", set_nothing},
      {"etcd-ca-cert-file", {"ETCD_CA_CERT_FILE"}, "whom etcd's certificate must come from, PEM (the system's)", set_nothing},
      {"etcd-cert-file", {"ETCD_CERT_FILE"}, "our certificate to etcd, PEM; re-read for each connection (none)", set_nothing},
      {"etcd-key-file", {"ETCD_KEY_FILE"}, "its key, PEM (none)", set_nothing},
      {"data-dir", {"CALICO_BGP_DATA_DIR"}, "directory of the embedded store, or of what is remembered of etcd (/var/lib/calico-bgp)", set_text<&Options::data_dir>},
      {"run-dir", {"CALICO_BGP_RUN_DIR"}, "directory of the control sockets calico-bgp.ctl, bird.ctl and bird6.ctl (/var/run/calico)", set_text<&Options::run_dir>},
      {"secrets-dir", {"CALICO_BGP_SECRETS_DIR"}, "directory of the secrets, a file NAME/KEY each (/etc/calico/secrets)", set_text<&Options::secrets_dir>},
      {"endpoint-status-dir", {"FELIX_ENDPOINTSTATUSPATHPREFIX"}, "directory in which Felix says which workloads peer with this node; the variable has the one above it (/var/run/calico/endpoint-status)", set_endpoint_status_dir},
      {"listen-port", {}, "TCP port to listen on (the configured listenPort, else 179)", set_listen_port},
      {"on-stop", {"CALICO_BGP_ON_STOP"}, "'restart': peers that know graceful restart are not told, and keep our routes for the restart time; 'shutdown': all are told (Cease 6/2) and drop them (restart)", set_on_stop},
      {"fib", {}, "'kernel', or 'none' to leave the kernel alone (kernel)", set_fib},
      {"fib-protocol", {}, "route protocol number that marks our routes, 5..255 (12)", set_fib_protocol},
      {"fib-table", {}, "routing table (254, main)", set_fib_table},
      {"log-level", {"BGP_LOGSEVERITYSCREEN", "CALICO_STARTUP_LOGLEVEL"}, "debug, info, warning or error (the configured logSeverityScreen, else info)", set_log_level},
      {"memory-max", {"CALICO_BGP_MEMORY_MAX"}, "MiB that the agent may use, or 'none': near it new sessions are refused, then the peer with most routes is told Cease 6/8 (the limit of the control group, else half of the machine's memory)", set_memory_max},
      {"record", {}, "write all that passes through the BGP core to this file, for tools/replay; passwords left out (none)", set_text<&Options::record>},
      {"threshold-time", {}, "with --ready: how long after its start the agent must have every peer; then one is enough (30s)", set_threshold_time},
      {"ready-without", {}, "with --ready: ADDRESS,... of peers that do not count (none)", set_ready_without},
  };
  return rows;
}

po::options_description description() {
  po::options_description all("calico-bgpd: the BGP agent of a Calico node\n\nOptions (default in parentheses)");
  auto add = all.add_options();
  for (const Row& row : rows()) {
    std::string help = row.help;
    for (const char* variable : row.variables)
      help += std::string(variable == row.variables[0] ? "; $" : ", $") + variable;
    add(row.name, po::value<std::string>(), help.c_str());
  }
  add("live", "ask the running agent whether it answers: exit status 0, or 1 and why")(
      "ready", "ask whether its sessions are up, by the rules of calico/node's probes: exit status 0, or 1 and why");
  add("help,h", "show this")("version", "show the version");
  return all;
}

std::optional<Given> find_given(const Row& row, const po::variables_map& flags, const Environment& environment) {
  if (flags.count(row.name)) return Given{flags[row.name].as<std::string>(), std::string("--") + row.name};
  for (const char* variable : row.variables)
    if (auto given = find_variable(environment, variable)) return given;
  return std::nullopt;
}

// By Calico's names: the row that has the variable, else the environment alone ($ETCD_USERNAME, $ETCD_PASSWORD...).
config::etcd::Names etcd_names(const po::variables_map& flags, const Environment& environment) {
  return [&flags, &environment](const std::string& name) -> std::optional<std::string> {
    for (const Row& row : rows()) {
      if (row.variables.empty() || row.variables[0] != name) continue;
      std::optional<Given> given = find_given(row, flags, environment);
      return given ? std::optional<std::string>(given->text) : std::nullopt;
    }
    const char* text = environment(name.c_str());
    return text != nullptr ? std::optional<std::string>(text) : std::nullopt;
  };
}

// What the variables without a flag say.
std::string read_variables(Options& options, const Environment& environment) {
  auto settings = read_node_settings(environment);
  if (!settings) return settings.error();
  options.node = std::move(*settings);
  if (!options.node.speaks_bgp()) options.has_fib = false;
  const auto file = find_variable(environment, "CALICO_NODENAME_FILE");
  options.node_name_file = file ? file->text : kNodeNameFile;
  return {};
}

Result<Given, std::string> find_node_name(const std::string& file, const Environment& environment, const MachineNames& names) {
  auto stored = names.stored(file);
  if (!stored) return Err(stored.error() + "; give --node-name");
  if (std::string name = trimmed(*stored); !name.empty()) return Given{name, file};
  if (auto given = find_variable(environment, "HOSTNAME")) return Given{lower_case(trimmed(given->text)), given->where};
  if (names.host.empty()) return Err(std::string("this machine has no host name; give --node-name"));
  return Given{lower_case(names.host), "the host name"};
}

Answer usage_error(const std::string& reason) { return {"calico-bgpd: " + reason + "\n", 2}; }

}  // namespace

Result<Options, Answer> parse_options(int argc, const char* const* argv, const Environment& environment,
                                      const MachineNames& names) {
  po::variables_map flags;
  try {  // Boost.Program_options reports by exception; it ends here
    po::store(po::command_line_parser(argc, argv).options(description()).positional({}).run(), flags);
  } catch (const po::too_many_positional_options_error&) {
    return Err(usage_error("an unexpected word; options begin with --; see calico-bgpd --help"));
  } catch (const po::error& e) {
    return Err(usage_error(std::string(e.what()) + "; see calico-bgpd --help"));
  }
  if (flags.count("help")) {
    std::ostringstream text;
    text << description() << node_settings_help();
    return Err(Answer{text.str(), 0});
  }
  if (flags.count("version")) return Err(Answer{"calico-bgpd version " + ctl::protocol::this_build().version + "\n", 0});

  Options options;
  for (const Row& row : rows()) {
    std::optional<Given> given = find_given(row, flags, environment);
    if (!given) continue;
    if (std::string reason = row.set(options, *given); !reason.empty()) return Err(usage_error(reason));
  }
  if (flags.count("live")) options.command = Options::Command::Live;
  if (flags.count("ready")) options.command = Options::Command::Ready;  // who answers that is live
  if (options.command != Options::Command::Run) return options;
  if (options.is_etcd()) {
    auto settings = config::etcd::read_settings(etcd_names(flags, environment));
    if (!settings) return Err(usage_error(settings.error()));
    options.etcd = std::move(*settings);
  }
  if (std::string reason = read_variables(options, environment); !reason.empty()) return Err(usage_error(reason));
  if (options.node_name.empty()) {
    auto given = find_node_name(options.node_name_file, environment, names);
    std::string reason = given ? set_node_name(options, *given) : given.error();
    if (!reason.empty()) return Err(usage_error(reason));
  }
  return options;
}

}  // namespace bgp::daemon
