#include "tests/ctl/cli/scene.h"

using namespace ctl::cli::testing;

TEST_CASE("every command has help, on stdout and with exit 0") {
  Scene calicoctl;
  for (const ctl::cli::Command* command : ctl::cli::all_commands())
    for (const char* flag : {" -h", " --help"}) {
      auto help = calicoctl(command->name + flag);
      CHECK(help.exit == 0);
      CHECK(help.err.empty());
      CHECK(help.out.starts_with("Usage:\n  calicoctl " + command->name));
    }
  auto overview = calicoctl("--help");
  CHECK(overview.exit == 0);
  for (const ctl::cli::Command* command : ctl::cli::all_commands())
    CHECK(overview.out.find(command->name) != std::string::npos);
  CHECK(calicoctl("node --help").exit == 0);
}

TEST_CASE("a bad command line: usage on stderr, one sentence on stdout, exit 1") {
  Scene calicoctl;
  for (const char* line : {"create", "create -f", "create x", "create -f - --nonsense", "delete", "delete bgpPeer x y",
                           "get", "get bgpPeer -f -", "config", "config get", "config set asNumber", "config put a b",
                           "config get a b", "config get a --raw=x", "node status x", "node status -o x", "node peer",
                           "version now", "node"}) {
    auto result = calicoctl(line);
    CAPTURE(line);
    CHECK(result.exit == 1);
    CHECK(result.err.starts_with("Usage:\n"));
    CHECK(result.out == std::string("Invalid option: 'calicoctl ") + line +
                            "'. Use flag '--help' to read about a specific subcommand.\n");
  }
}

TEST_CASE("an unknown command is named, and the help follows") {
  Scene calicoctl;
  auto result = calicoctl("frobnicate now");
  CHECK(result.err == "Unknown command: \"frobnicate\"\n");
  CHECK(result.out.starts_with("Usage:\n"));
  CHECK(result.exit == 1);
}

TEST_CASE("log levels are checked") {
  Scene calicoctl;
  CHECK(calicoctl("-l debug get bgpPeer").exit == 0);
  CHECK(calicoctl("--log-level=info get bgpPeer").exit == 0);
  auto bad = calicoctl("--log-level loud get bgpPeer");
  CHECK(bad.out == "Unknown log level: loud, expected one of: \npanic, fatal, error, warn, info, debug.\n");
  CHECK(bad.exit == 1);
}

TEST_CASE("the version is told twice") {
  Scene calicoctl;
  CHECK(calicoctl("--version").out.starts_with("calicoctl version v"));
  auto version = calicoctl("version").out;
  CHECK(version.starts_with("Version:      v"));
  CHECK(version.find("\nBuild date:   ") != std::string::npos);
  CHECK(version.find("\nGit commit:   ") != std::string::npos);
}
