// The command line and environment of calico-bgpd; a flag wins over its variable, a variable over the default.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/log.h"
#include "bgp/base/numbers.h"
#include "bgp/base/result.h"
#include "bgp/base/time.h"
#include "bgp/daemon/environment.h"
#include "bgp/daemon/node_settings.h"
#include "config/etcd/settings.h"

namespace bgp::daemon {

struct Options {
  enum class Command : uint8_t { Run, Live, Ready };
  Command command = Command::Run;        // the others ask the agent that runs (probe.h)
  Duration threshold_time = 30s;         // of Ready: since the agent's start
  std::vector<IpAddress> ready_without;  // of Ready: peers that do not count
  std::string node_name;
  std::string ip;                        // address, CIDR, "autodetect", "none"; empty: as stored, else autodetected
  std::string ip6;                       // the same; empty: as stored
  std::optional<Asn> as;
  std::string router_id;                 // dotted quad, "hash", or empty: the node's IPv4 address
  std::string datastore = "embedded";    // "etcdv3", "etcdv2", or "unix:PATH"
  config::etcd::Settings etcd;           // of the two; never on the command line: the password
  std::string data_dir = "/var/lib/calico-bgp";
  std::string run_dir = "/var/run/calico";
  std::string secrets_dir = "/etc/calico/secrets";
  std::string endpoint_status_dir = "/var/run/calico/endpoint-status";  // Felix's
  std::optional<uint16_t> listen_port;   // flag; else configured, else 179
  bool stops_gracefully = true;          // peers are told nothing and keep our routes for the restart time (RFC 4724)
  bool has_fib = true;
  uint8_t fib_protocol = 12;
  uint32_t fib_table = 254;
  std::optional<LogLevel> log_level;     // else logSeverityScreen, else info
  std::optional<uint64_t> memory_max;    // octets, 0 none; else the control group's limit, or half of the machine's
  std::string record;                    // a transcript's file; empty: none
  std::string node_name_file;            // where the name is remembered
  NodeSettings node;                     // what has no flag

  bool is_etcd() const { return datastore == "etcdv3" || datastore == "etcdv2"; }
};

// What the command line asks for instead of running.
struct Answer {
  std::string text;
  int exit_code;  // 0 for --help and --version, 2 for a bad command line
};

// What the machine calls itself.
struct MachineNames {
  std::string host;                                                // the OS's
  std::function<Result<std::string, std::string>(const std::string& path)> stored;  // reads the nodename file
};

// The node's name: --node-name, $NODENAME, the nodename file ($CALICO_NODENAME_FILE), $HOSTNAME, the host's; the last two
// lower-cased. As calico/node, with the flag before all.
Result<Options, Answer> parse_options(int argc, const char* const* argv, const Environment& environment,
                                      const MachineNames& names);

}  // namespace bgp::daemon
