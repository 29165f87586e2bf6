#include "bgp/daemon/options.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <sstream>

#include "bgp/base/prefix.h"
#include "ctl/protocol/version.h"

namespace bgp::daemon {
namespace {

namespace po = boost::program_options;
using Values = std::map<std::string, std::string>;  // option name -> text

// Option name, environment variables in order of precedence, help.
struct Row {
  const char* name;
  std::vector<const char*> variables;
  const char* help;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> rows = {
      {"node-name", {"NODENAME", "HOSTNAME"}, "name of this node (the host name, lower-cased)"},
      {"ip", {"IP"}, "IPv4 address, CIDR, 'autodetect' or 'none' (as stored, else autodetected)"},
      {"ip6", {"IP6"}, "IPv6 address, CIDR, 'autodetect' or 'none' (as stored, else none)"},
      {"as", {"AS"}, "AS number of this node (as stored, else the global asNumber)"},
      {"router-id", {"CALICO_ROUTER_ID"}, "BGP identifier, or 'hash' of the node name (the IPv4 address)"},
      {"datastore", {"DATASTORE_TYPE"}, "'embedded', or 'unix:PATH' of another agent's control socket (embedded)"},
      {"data-dir", {"CALICO_BGP_DATA_DIR"}, "directory of the embedded store (/var/lib/calico-bgp)"},
      {"run-dir", {"CALICO_BGP_RUN_DIR"}, "directory of the control socket (/var/run/calico)"},
      {"listen-port", {}, "TCP port to listen on (the configured listenPort, else 179)"},
      {"fib", {}, "'kernel', or 'none' to leave the kernel alone (kernel)"},
      {"fib-protocol", {}, "route protocol number that marks our routes, 1..255 (12)"},
      {"fib-table", {}, "routing table (254, main)"},
      {"log-level", {"CALICO_STARTUP_LOGLEVEL"}, "debug, info, warning or error (info)"},
  };
  return rows;
}

po::options_description description() {
  po::options_description all("calico-bgpd: the BGP agent of a Calico node\n\nOptions (default in parentheses)");
  auto add = all.add_options();
  for (const Row& row : rows()) {
    std::string help = row.help;
    for (const char* variable : row.variables) help += std::string(variable == row.variables[0] ? "; $" : ", $") + variable;
    add(row.name, po::value<std::string>(), help.c_str());
  }
  add("help,h", "show this")("version", "show the version");
  return all;
}

struct BadValue {
  std::string reason;
};

// Where a value came from, as messages name it.
struct Given {
  std::string text;
  std::string where;
};

class Reader {
 public:
  Reader(const po::variables_map& flags, const Environment& environment) : flags_(flags), environment_(environment) {}

  std::optional<Given> find(const Row& row) const {
    if (flags_.count(row.name)) return Given{flags_[row.name].as<std::string>(), std::string("--") + row.name};
    for (const char* variable : row.variables)
      if (const char* text = environment_(variable); text && *text) return Given{text, std::string("$") + variable};
    return std::nullopt;
  }

 private:
  const po::variables_map& flags_;
  const Environment& environment_;
};

std::string bad(const Given& given, const std::string& allowed) {
  return given.where + ": '" + given.text + "' is not allowed; " + allowed;
}

std::optional<uint64_t> number(const std::string& text, uint64_t low, uint64_t high) {
  uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high) return std::nullopt;
  return value;
}

bool is_address_or_word(const std::string& text, Family family) {
  if (text == "autodetect" || text == "none") return true;
  std::optional<Prefix> prefix = Prefix::parse_loose(text);
  return prefix && prefix->family() == family;
}

std::optional<LogLevel> log_level(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  if (text == "debug") return LogLevel::Debug;
  if (text == "info") return LogLevel::Info;
  if (text == "warning" || text == "warn") return LogLevel::Warn;
  if (text == "error" || text == "fatal" || text == "critical") return LogLevel::Error;
  return std::nullopt;
}

// Sets one option; the returned text says what is wrong with it, empty if nothing.
std::string set(Options& o, const std::string& name, const Given& given) {
  const std::string& text = given.text;
  if (name == "node-name") o.node_name = text;
  if (name == "data-dir") o.data_dir = text;
  if (name == "run-dir") o.run_dir = text;
  if (name == "ip") {
    if (!is_address_or_word(text, Family::IPv4))
      return bad(given, "give an IPv4 address, a CIDR, 'autodetect' or 'none'");
    o.ip = text;
  }
  if (name == "ip6") {
    if (!is_address_or_word(text, Family::IPv6))
      return bad(given, "give an IPv6 address, a CIDR, 'autodetect' or 'none'");
    o.ip6 = text;
  }
  if (name == "as") {
    o.as = parse_asn(text);
    if (!o.as || o.as->value == 0) return bad(given, "give an AS number from 1 to 4294967295, or HIGH.LOW");
  }
  if (name == "router-id") {
    std::optional<IpAddress> id = IpAddress::parse(text);
    if (text != "hash" && (!id || !id->is_v4() || id->is_unspecified()))
      return bad(given, "give a dotted quad other than 0.0.0.0, or 'hash'");
    o.router_id = text;
  }
  if (name == "datastore") {
    if (text != "embedded" && (!text.starts_with("unix:") || text.size() == 5))
      return bad(given, "give 'embedded' or 'unix:PATH'");
    o.datastore = text;
  }
  if (name == "listen-port") {
    std::optional<uint64_t> port = number(text, 1, 65535);
    if (!port) return bad(given, "give a port from 1 to 65535");
    o.listen_port = static_cast<uint16_t>(*port);
  }
  if (name == "fib") {
    if (text != "kernel" && text != "none") return bad(given, "give 'kernel' or 'none'");
    o.has_fib = text == "kernel";
  }
  if (name == "fib-protocol") {
    std::optional<uint64_t> protocol = number(text, 5, 255);  // 1..4 are the kernel's and the administrator's own
    if (!protocol) return bad(given, "give a route protocol number from 5 to 255");
    o.fib_protocol = static_cast<uint8_t>(*protocol);
  }
  if (name == "fib-table") {
    std::optional<uint64_t> table = number(text, 1, 0xffffffff);
    if (!table || *table == 255) return bad(given, "give a routing table number from 1 to 4294967295, not 255 (local)");
    o.fib_table = static_cast<uint32_t>(*table);
  }
  if (name == "log-level") {
    std::optional<LogLevel> level = log_level(text);
    if (!level) return bad(given, "give debug, info, warning or error");
    o.log_level = *level;
  }
  return {};
}

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

Answer usage_error(const std::string& reason) { return {"calico-bgpd: " + reason + "\n", 2}; }

}  // namespace

Result<Options, Answer> parse_options(int argc, const char* const* argv, const Environment& environment,
                                      const std::string& host_name) {
  po::variables_map flags;
  try {  // Boost.Program_options reports by exception; it ends here
    po::store(po::command_line_parser(argc, argv).options(description()).positional({}).run(), flags);
  } catch (const po::error& e) {
    return Err(usage_error(std::string(e.what()) + "; see calico-bgpd --help"));
  }
  if (flags.count("help")) {
    std::ostringstream text;
    text << description();
    return Err(Answer{text.str(), 0});
  }
  if (flags.count("version")) return Err(Answer{"calico-bgpd version " + ctl::protocol::this_build().version + "\n", 0});

  Options options;
  Reader reader(flags, environment);
  for (const Row& row : rows()) {
    std::optional<Given> given = reader.find(row);
    if (!given) continue;
    if (std::string reason = set(options, row.name, *given); !reason.empty()) return Err(usage_error(reason));
  }
  if (options.node_name.empty()) options.node_name = lower_case(host_name);
  if (options.node_name.empty()) return Err(usage_error("this machine has no host name; give --node-name"));
  return options;
}

}  // namespace bgp::daemon
