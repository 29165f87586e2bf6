#include "bgp/daemon/options.h"

#include <doctest/doctest.h>

#include <map>

using namespace bgp;
using namespace bgp::daemon;

namespace {

using Variables = std::map<std::string, std::string>;

Result<Options, Answer> parse(std::vector<const char*> arguments, const Variables& variables = {}) {
  arguments.insert(arguments.begin(), "calico-bgpd");
  auto environment = [&](const char* name) {
    auto it = variables.find(name);
    return it == variables.end() ? nullptr : it->second.c_str();
  };
  auto no_file = [](const std::string&) { return Result<std::string, std::string>(std::string()); };
  return parse_options(static_cast<int>(arguments.size()), arguments.data(), environment, {"Host.Example", no_file});
}

}  // namespace

TEST_CASE("without a word, the defaults of calico/node") {
  Options o = *parse({});
  CHECK(o.node_name == "host.example");
  CHECK(o.datastore == "embedded");
  CHECK(o.data_dir == "/var/lib/calico-bgp");
  CHECK(o.run_dir == "/var/run/calico");
  CHECK(o.secrets_dir == "/etc/calico/secrets");
  CHECK_FALSE(o.listen_port.has_value());
  CHECK(o.stops_gracefully);
  CHECK(o.has_fib);
  CHECK(o.fib_protocol == 12);
  CHECK(o.fib_table == 254);
  CHECK_FALSE(o.log_level.has_value());  // then logSeverityScreen says it
  CHECK(o.endpoint_status_dir == "/var/run/calico/endpoint-status");
}

TEST_CASE("a flag wins over its variable, and NODENAME over HOSTNAME") {
  Variables variables = {{"NODENAME", "n1"}, {"HOSTNAME", "h1"}, {"IP", "10.0.0.1/24"}, {"AS", "64513"}};
  CHECK(parse({}, variables)->node_name == "n1");
  CHECK(parse({"--node-name", "N2"}, variables)->node_name == "N2");
  CHECK(parse({}, {{"HOSTNAME", "h1"}})->node_name == "h1");
  CHECK(parse({}, variables)->ip == "10.0.0.1/24");
  CHECK(parse({"--as=1.10"}, variables)->as == Asn{65546});
}

TEST_CASE("the node's name: NODENAME, the nodename file, HOSTNAME, the host's; the last two in lower case") {
  auto name = [](const Variables& variables, Result<std::string, std::string> file) {
    auto environment = [&](const char* variable) {
      auto it = variables.find(variable);
      return it == variables.end() ? nullptr : it->second.c_str();
    };
    std::string asked;
    const char* arguments[] = {"calico-bgpd"};
    auto options = parse_options(1, arguments, environment, {"Host.Example", [&](const std::string& path) { asked = path; return file; }});
    return options ? options->node_name + " " + asked : options.error().text;
  };
  const std::string none, there = "Stored\n";
  CHECK(name({{"NODENAME", "N1"}, {"HOSTNAME", "H1"}}, there) == "N1 ");
  CHECK(name({{"HOSTNAME", "H1"}}, there) == "Stored /var/lib/calico/nodename");
  CHECK(name({{"HOSTNAME", "H1"}}, none) == "h1 /var/lib/calico/nodename");
  CHECK(name({{"CALICO_NODENAME_FILE", "/x/name"}}, none) == "host.example /x/name");
  CHECK(name({}, Err(std::string("cannot read /x: Permission denied"))) ==
        "calico-bgpd: cannot read /x: Permission denied; give --node-name\n");
  CHECK(name({}, std::string("a b")).starts_with("calico-bgpd: /var/lib/calico/nodename: 'a b' is not allowed"));
}

TEST_CASE("BGP_LOGSEVERITYSCREEN wins over CALICO_STARTUP_LOGLEVEL, the flag over both") {
  const Variables both = {{"CALICO_STARTUP_LOGLEVEL", "error"}, {"BGP_LOGSEVERITYSCREEN", "debug"}};
  CHECK(parse({}, both)->log_level == LogLevel::Debug);
  CHECK(parse({"--log-level", "warning"}, both)->log_level == LogLevel::Warn);
  CHECK(parse({}, {{"CALICO_STARTUP_LOGLEVEL", "error"}})->log_level == LogLevel::Error);
}

TEST_CASE("a backend that is not BGP's leaves the kernel alone") {
  CHECK_FALSE(parse({}, {{"CALICO_NETWORKING_BACKEND", "vxlan"}})->has_fib);
  CHECK(parse({}, {{"CALICO_NETWORKING_BACKEND", "bird"}})->has_fib);
}

TEST_CASE("--on-stop says what peers are told at the end") {
  CHECK(parse({"--on-stop", "restart"})->stops_gracefully);
  CHECK_FALSE(parse({"--on-stop", "shutdown"})->stops_gracefully);
  CHECK_FALSE(parse({}, {{"CALICO_BGP_ON_STOP", "shutdown"}})->stops_gracefully);
}

TEST_CASE("--memory-max is in MiB; without it the machine is asked") {
  CHECK_FALSE(parse({})->memory_max.has_value());
  CHECK(parse({"--memory-max", "64"})->memory_max == uint64_t{64} << 20);
  CHECK(parse({"--memory-max", "none"})->memory_max == 0);
  CHECK(parse({}, {{"CALICO_BGP_MEMORY_MAX", "128"}})->memory_max == uint64_t{128} << 20);
  CHECK(parse({"--memory-max", "63"}).error().text.find("'63' is not allowed; give a number of MiB from 64") != std::string::npos);
}

TEST_CASE("etcd is found by Calico's own names, a flag wins, and the password has none") {
  Variables variables = {{"DATASTORE_TYPE", "etcdv3"}, {"ETCD_ENDPOINTS", "https://a:1,https://b:2"},
                         {"ETCD_CA_CERT_FILE", "ca.pem"}, {"ETCD_USERNAME", "calico"}, {"ETCD_PASSWORD", "CANARY"}};
  Options o = *parse({}, variables);
  CHECK(o.datastore == "etcdv3");
  CHECK(o.etcd.endpoints.at(1).to_string() == "https://b:2");
  CHECK(o.etcd.ca_cert_file == "ca.pem");
  CHECK(o.etcd.user == "calico");
  CHECK(o.etcd.password.reveal() == "CANARY");
  CHECK(parse({"--etcd-endpoints", "http://c:3"}, variables)->etcd.endpoints.at(0).to_string() == "http://c:3");
  auto half = parse({"--etcd-key-file", "k.pem"}, variables);
  REQUIRE_FALSE(half.ok());
  CHECK(half.error().text == "calico-bgpd: ETCD_CERT_FILE and ETCD_KEY_FILE belong together; give both or neither\n");
}

TEST_CASE("an empty variable is one that is not set") { CHECK(parse({}, {{"NODENAME", ""}})->node_name == "host.example"); }

TEST_CASE("a bad option is one line that names the place and what is allowed, and exit code 2") {
  struct Row {
    std::vector<const char*> arguments;
    Variables variables;
    const char* text;
  };
  const std::vector<Row> rows = {
      {{"--on-stop", "sleep"}, {}, "calico-bgpd: --on-stop: 'sleep' is not allowed; give 'shutdown' or 'restart'\n"},
      {{"--node-name", "a b"}, {}, "calico-bgpd: --node-name: 'a b' is not allowed; give 1 to 128 letters, digits, '.', '_' or '-'\n"},
      {{"--node-name", ""}, {}, "calico-bgpd: --node-name: '' is not allowed; give 1 to 128 letters, digits, '.', '_' or '-'\n"},
      {{"--ip", "300.1.1.1"}, {}, "calico-bgpd: --ip: '300.1.1.1' is not allowed; give an IPv4 address, a CIDR, 'autodetect' or 'none'\n"},
      {{}, {{"IP6", "10.0.0.1"}}, "calico-bgpd: $IP6: '10.0.0.1' is not allowed; give an IPv6 address, a CIDR, 'autodetect' or 'none'\n"},
      {{"--as", "0"}, {}, "calico-bgpd: --as: '0' is not allowed; give an AS number from 1 to 4294967295, or HIGH.LOW\n"},
      {{"--router-id", "0.0.0.0"}, {}, "calico-bgpd: --router-id: '0.0.0.0' is not allowed; give a dotted quad other than 0.0.0.0, or 'hash'\n"},
      {{"--datastore", "unix:"}, {}, "calico-bgpd: --datastore: 'unix:' is not allowed; give 'embedded', 'etcdv3', 'etcdv2' or 'unix:PATH'\n"},
      {{"--listen-port", "65536"}, {}, "calico-bgpd: --listen-port: '65536' is not allowed; give a port from 1 to 65535\n"},
      {{"--fib", "maybe"}, {}, "calico-bgpd: --fib: 'maybe' is not allowed; give 'kernel' or 'none'\n"},
      {{"--fib-protocol", "2"}, {}, "calico-bgpd: --fib-protocol: '2' is not allowed; give a route protocol number from 5 to 255\n"},
      {{"--fib-table", "255"}, {}, "calico-bgpd: --fib-table: '255' is not allowed; give a routing table number from 1 to 4294967295, not 255 (local)\n"},
      {{}, {{"IP_AUTODETECTION_METHOD", "can-reach="}}, "calico-bgpd: $IP_AUTODETECTION_METHOD: 'can-reach=' is not allowed; give one address or host name after can-reach=\n"},
      {{"--log-level", "loud"}, {}, "calico-bgpd: --log-level: 'loud' is not allowed; give debug, info, warning or error\n"},
  };
  for (const Row& row : rows) {
    auto options = parse(row.arguments, row.variables);
    REQUIRE_FALSE(options.ok());
    CHECK(options.error().text == row.text);
    CHECK(options.error().exit_code == 2);
  }
}

TEST_CASE("an unknown option and a stray word are refused, not ignored") {
  for (std::vector<const char*> arguments : {std::vector<const char*>{"--no-such"}, {"stray"}}) {
    auto options = parse(arguments);
    REQUIRE_FALSE(options.ok());
    CHECK(options.error().exit_code == 2);
    CHECK(options.error().text.find("see calico-bgpd --help") != std::string::npos);
  }
}

TEST_CASE("--help and --version answer and succeed") {
  CHECK(parse({"--help"}).error().exit_code == 0);
  CHECK(parse({"--help"}).error().text.find("--fib-protocol") != std::string::npos);
  CHECK(parse({"--version"}).error().text.starts_with("calico-bgpd version "));
}

TEST_CASE("Felix's variable names the directory above that of the endpoints' status") {
  CHECK(parse({}, {{"FELIX_ENDPOINTSTATUSPATHPREFIX", "/run/felix"}})->endpoint_status_dir == "/run/felix/endpoint-status");
  CHECK(parse({"--endpoint-status-dir", "/run/other"})->endpoint_status_dir == "/run/other");
}

TEST_CASE("--live and --ready ask instead of running, and want nothing that only the agent needs") {
  using Command = Options::Command;
  CHECK(parse({})->command == Command::Run);
  CHECK(parse({"--live"})->command == Command::Live);
  CHECK(parse({"--ready"})->command == Command::Ready);
  CHECK(parse({"--live", "--ready"})->command == Command::Ready);
  CHECK(parse({"--ready"})->threshold_time == 30s);
  CHECK(parse({"--ready", "--threshold-time", "1m30s", "--run-dir", "/r"})->threshold_time == 90s);
  CHECK(parse({"--ready", "--threshold-time", "soon"}).error().text.find("give a duration from 0s to 24h") !=
        std::string::npos);
  CHECK(parse({"--ready", "--ready-without", "10.0.0.2,fd00::2"})->ready_without ==
        std::vector<IpAddress>{*IpAddress::parse("10.0.0.2"), *IpAddress::parse("fd00::2")});
  CHECK(parse({"--ready-without", "tor"}).error().exit_code == 2);
  CHECK(parse({"--live"}, {{"DATASTORE_TYPE", "etcdv3"}, {"ETCD_CERT_FILE", "/there/is/none"}})->command == Command::Live);
}
