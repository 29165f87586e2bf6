// calico-sim: many seeds of the simulation. A seed that fails is shrunk, and its trace is left behind.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "../world/scenarios.h"
#include "../world/shrink.h"
#include "../world/world.h"

namespace {

using namespace sim;

constexpr const char* kUsage =
    "usage: calico-sim [--seeds N | --seed N | --forever | --trace FILE] [--from N] [--step N] [--scenario NAME]\n"
    "                  [--shrink DIR] [--print] [--story] [--list]\n";

struct Options {
  uint64_t from = 0, seeds = 100, step = 1;
  bool forever = false, print = false, story = false;
  std::string scenario, trace, shrink_dir;
};

// What a run in a process of its own came to: a crash or an endless loop of ours must not take the others along.
struct Outcome {
  bool has_failed = false;
  std::string what;
  // "I11", or how it crashed: shrinking must not end at another failure.
  std::string kind() const {
    size_t time = what.find(" s: ");
    return time == std::string::npos ? what : what.substr(time + 4, what.find(':', time + 4) - time - 4);
  }
};

std::string run_here(const Plan& plan, bool wants_story) {
  World world(plan);
  std::optional<Failure> failure = world.run();
  if (wants_story) std::cout << world.story();
  if (!failure) return {};
  char at[32];
  std::snprintf(at, sizeof at, "%.3f s: ", std::chrono::duration<double>(failure->at).count());
  return at + failure->what;
}

Outcome run_apart(const Plan& plan) {
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) std::abort();
  std::cout.flush();
  pid_t child = fork();
  if (child == 0) {
    close(pipe_ends[0]);
    dup2(pipe_ends[1], STDERR_FILENO);  // what an assertion says
    rlimit patience{20, 21};
    setrlimit(RLIMIT_CPU, &patience);  // seconds of work, however busy the machine is
    std::string what = run_here(plan, false);
    (void)!write(pipe_ends[1], what.data(), what.size());  // the parent sees the exit code as well
    _exit(what.empty() ? 0 : 1);
  }
  close(pipe_ends[1]);
  Outcome outcome;
  char chunk[4096];
  for (ssize_t n; (n = read(pipe_ends[0], chunk, sizeof chunk)) > 0;) outcome.what.append(chunk, static_cast<size_t>(n));
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  outcome.has_failed = status != 0;
  if (WIFSIGNALED(status)) outcome.what += std::string(" (signal: ") + strsignal(WTERMSIG(status)) + ")";
  return outcome;
}

Plan plan_of(const Options& options, uint64_t seed) {
  if (options.scenario.empty()) return any_plan(seed);
  if (options.scenario == "random") return random_plan(seed);
  for (const Scenario& scenario : kScenarios)
    if (options.scenario == scenario.name) return scenario.make(seed);
  std::cerr << "calico-sim: no scenario " << options.scenario << "; --list shows them\n";
  std::exit(2);
}

void report(const Options& options, const Plan& plan, const Outcome& outcome) {
  std::cout << "FAILED seed " << plan.seed << " commit " << CALICO_BGP_COMMIT << ": " << outcome.what << "\n"
            << "  again: calico-sim --seed " << plan.seed
            << (options.scenario.empty() ? "" : " --scenario " + options.scenario) << "\n";
  if (options.shrink_dir.empty()) return;
  auto fails_alike = [&](const Plan& candidate) {
    Outcome again = run_apart(candidate);
    return again.has_failed && again.kind() == outcome.kind();
  };
  Plan small = shrink(plan, fails_alike, 400);
  std::string path = options.shrink_dir + "/seed-" + std::to_string(plan.seed) + ".trace";
  std::ofstream(path) << to_text(small, run_apart(small).what);
  std::cout << "  " << plan.events.size() << " events shrunk to " << small.events.size() << ": " << path << "\n";
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    auto value = [&] {
      if (++i >= argc) std::cerr << kUsage, std::exit(2);
      return std::string(argv[i]);
    };
    if (word == "--seed") options.from = std::stoull(value()), options.seeds = 1;
    else if (word == "--seeds") options.seeds = std::stoull(value());
    else if (word == "--from") options.from = std::stoull(value());
    else if (word == "--step") options.step = std::stoull(value());
    else if (word == "--scenario") options.scenario = value();
    else if (word == "--trace") options.trace = value();
    else if (word == "--shrink") options.shrink_dir = value();
    else if (word == "--forever") options.forever = true;
    else if (word == "--print") options.print = true;
    else if (word == "--story") options.story = true;
    else if (word == "--list") {
      for (const Scenario& s : kScenarios) std::cout << s.name << ": " << s.what << "\n";
      std::exit(0);
    } else std::cerr << kUsage, std::exit(2);
  }
  return options;
}

int run_trace(const Options& options) {
  std::ifstream file(options.trace);
  auto plan = parse_plan(std::string(std::istreambuf_iterator<char>(file), {}));
  if (!plan) return std::cerr << options.trace << ": " << plan.error() << "\n", 2;
  std::string what = run_here(*plan, options.story);
  std::cout << (what.empty() ? "holds" : "FAILED " + what) << "\n";
  return what.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options = parse(argc, argv);
  if (!options.trace.empty()) return run_trace(options);
  uint64_t failed = 0, run = 0;
  for (uint64_t i = 0; options.forever || i < options.seeds; ++i, ++run) {
    Plan plan = plan_of(options, options.from + i * options.step);
    if (options.print) std::cout << to_text(plan, "seed " + std::to_string(plan.seed));
    if (options.story) run_here(plan, true);
    Outcome outcome = run_apart(plan);
    if (!outcome.has_failed) continue;
    ++failed;
    report(options, plan, outcome);
  }
  std::cout << run - failed << " passed, " << failed << " failed\n";
  return failed == 0 ? 0 : 1;
}
