// calico-bgpd. Exit codes: 0 stopped cleanly, 1 failed, 2 bad usage, 75 another agent holds the store or the socket; of a
// probe: 0 it is so, 1 it is not.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <random>

#include "bgp/base/hash.h"
#include "bgp/daemon/node_name_file.h"
#include "bgp/daemon/options.h"
#include "bgp/daemon/probe.h"
#include "bgp/daemon/wiring.h"

namespace {

// A session is a descriptor, and the usual soft limit of 1024 is less than limits::kPeersMax.
void allow_all_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);  // fewer descriptors are fewer sessions, no reason not to start
}

// Who starts us may have closed stdin, stdout or stderr. The next file opened would stand there, and get the log: a
// table of the store, or a session.
void occupy_standard_descriptors() {
  int fd = open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO) fd = open("/dev/null", O_RDWR);
  if (fd >= 0) close(fd);
}

int run(int argc, char** argv) {
  occupy_standard_descriptors();
  char host[256] = {};
  if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  auto options = bgp::daemon::parse_options(argc, argv, [](const char* name) { return std::getenv(name); },
                                            {host, bgp::daemon::read_node_name_file});
  if (!options) {
    std::fputs(options.error().text.c_str(), options.error().exit_code == 0 ? stdout : stderr);
    return options.error().exit_code;
  }
  if (options->command != bgp::daemon::Options::Command::Run) return bgp::daemon::run_probe(*options);
  allow_all_descriptors();
  std::signal(SIGPIPE, SIG_IGN);  // a peer or a log reader that goes away is an error code, not the end
  auto agent = bgp::daemon::Agent::start(*options);
  if (!agent) {
    if (agent.error().exit_code != 0) std::fprintf(stderr, "calico-bgpd: %s\n", agent.error().reason.c_str());
    return agent.error().exit_code;
  }
  (*agent)->run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::random_device chance;
    bgp::hash_seed = static_cast<uint64_t>(chance()) << 32 | chance();
    return run(argc, argv);
  } catch (const std::exception& e) {  // out of memory, out of threads: nothing that a room could answer
    std::fprintf(stderr, "calico-bgpd: cannot go on: %s\n", e.what());
    return 1;
  }
}
