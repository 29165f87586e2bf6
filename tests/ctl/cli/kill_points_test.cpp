// Fault 34: calicoctl is killed between any two system calls of a configuration write. Old or new, never mixed.
#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>

#include "ctl/cli/store_choice.h"
#include "tests/ctl/cli/scene.h"

namespace fs = std::filesystem;
using namespace ctl::cli;
using namespace ctl::cli::testing;

namespace {

constexpr long kNever = std::numeric_limits<long>::max();

struct TempDir {
  std::string path;
  TempDir() {
    char pattern[] = "/tmp/kill_points_test.XXXXXX";
    path = mkdtemp(pattern);
  }
  ~TempDir() { fs::remove_all(path); }
  std::string store() const { return path + "/store"; }
};

// As main.cpp does it, on the store in `dir`.
int apply(const std::string& dir, const std::string& file, std::ostream& out) {
  Environment nothing = [](const std::string&) -> std::optional<std::string> { return std::nullopt; };
  Context context{.out = out,
                  .err = std::cerr,
                  .in = std::cin,
                  .environment = nothing,
                  .open_store = [&](const Whereabouts& where, Access access) { return open_store(where, access, nothing); },
                  .find_agent = [](const Whereabouts&) { return std::make_unique<ScriptedAgent>(); },
                  .now = [] { return ctl::protocol::Timestamp(); },
                  .pause = [] { return false; },
                  .whereabouts = {},
                  .command_line = {}};
  return run({"--data-dir", dir, "apply", "-f", file}, context);
}

// Eight peers of one AS, in one file.
std::string peers_of(const std::string& asn) {
  std::vector<std::string> all;
  for (int i = 1; i <= 8; ++i) all.push_back(global_peer("192.0.2." + std::to_string(i), asn));
  return documents(all);
}

// The AS numbers that are stored, each once: "1", "2"; "1 2" would be a mixture.
std::string stored(const std::string& dir) {
  auto store = open_store({.socket = "", .data_dir = dir, .config_file = "/nonexistent"}, Access::Write,
                          [](const std::string&) -> std::optional<std::string> { return std::nullopt; });
  REQUIRE_MESSAGE(store.ok(), (store ? "" : store.error()));
  auto listing = (*store)->list("/calico/");
  REQUIRE(listing.ok());
  std::map<std::string, int> found;
  for (const auto& entry : listing->entries) {
    const size_t at = entry.value.find("\"asNumber\":") + 11;
    ++found[entry.value.substr(at, entry.value.find_first_of(",}", at) - at)];
  }
  std::string text;
  for (const auto& [asn, count] : found)
    text += (text.empty() ? "" : " ") + asn + (count == 8 ? "" : " (" + std::to_string(count) + " peers)");
  return text;
}

// Runs the test case "child: applies a file" below in a process of its own, and stops it before each system call of any
// of its threads.
class Victim {
 public:
  Victim(const std::string& dir, const std::string& file) {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      setenv("KILL_POINTS_DIR", dir.c_str(), 1);
      setenv("KILL_POINTS_FILE", file.c_str(), 1);
      setenv("ASAN_OPTIONS", "detect_leaks=0", 1);  // it could not look for leaks while it is traced
      ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
      execl("/proc/self/exe", "child", "--test-case=child: applies a file", "--no-skip", "--no-intro", "--out=/dev/null",
            nullptr);
      _exit(127);
    }
    close(ends[1]);
    from_ = ends[0];
    run_up_to_its_stop();
  }
  ~Victim() { close(from_); }

  // Kills it before its `last`-th system call. Returns how many there were.
  long run_until(long last) {
    long calls = 0;
    resume(pid_, PTRACE_SYSCALL, 0);
    for (int status = 0;;) {
      const pid_t thread = waitpid(-1, &status, __WALL);
      REQUIRE(thread > 0);
      if (!WIFSTOPPED(status)) {
        if (thread == pid_) return calls;  // all of it is gone
        continue;
      }
      const bool is_call = WSTOPSIG(status) == (SIGTRAP | 0x80);
      if (is_call && is_entry(thread) && ++calls == last) kill(pid_, SIGKILL);
      // What is no signal of its own is not delivered: calls, and the births of threads.
      const bool is_own = is_call || WSTOPSIG(status) == SIGTRAP || WSTOPSIG(status) == SIGSTOP;
      resume(thread, PTRACE_SYSCALL, is_own ? 0 : WSTOPSIG(status));
    }
  }

  // What it printed.
  std::string said() const {
    std::string text(4096, '\0');
    const ssize_t size = read(from_, text.data(), text.size());
    text.resize(size > 0 ? static_cast<size_t>(size) : 0);
    return text;
  }

 private:
  // A thread that is dying already cannot be resumed; its end is what comes next.
  static void resume(pid_t thread, __ptrace_request how, long signal) { (void)ptrace(how, thread, nullptr, signal); }

  static bool is_entry(pid_t thread) {
    __ptrace_syscall_info info{};
    return ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) > 0 && info.op == PTRACE_SYSCALL_INFO_ENTRY;
  }

  void run_up_to_its_stop() {
    int status = 0;
    REQUIRE(waitpid(pid_, &status, 0) == pid_);  // the exec
    REQUIRE(ptrace(PTRACE_SETOPTIONS, pid_, nullptr,
                   PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL) == 0);
    do {
      resume(pid_, PTRACE_CONT, 0);
      REQUIRE(waitpid(pid_, &status, 0) == pid_);
    } while (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGSTOP);
  }

  pid_t pid_ = 0;
  int from_ = -1;
};

}  // namespace

TEST_CASE("child: applies a file" * doctest::skip()) {
  raise(SIGSTOP);  // from here on every system call counts
  const int exit = apply(getenv("KILL_POINTS_DIR"), getenv("KILL_POINTS_FILE"), std::cout);
  std::cout.flush();
  _exit(exit);
}

TEST_CASE("fault 34: killed before any system call of an apply, the old configuration is there or the new one, never a mixture") {
  TempDir dir;
  const std::string before = dir.path + "/before";
  std::string old = "1";
  std::ofstream(dir.path + "/1.yaml") << peers_of("1");
  std::ofstream(dir.path + "/2.yaml") << peers_of("2");
  std::ostringstream said;
  long spread = 100;  // points in the opening of the store
  long last = 100;    // each of the last calls: the commit, its answer, the closing
  SUBCASE("over an older one") { REQUIRE(apply(before, dir.path + "/1.yaml", said) == 0); }
  SUBCASE("where there was no store") {
    old = "";
    spread = 60;
    last = 40;
  }

  auto killed_at = [&](long point) {
    fs::remove_all(dir.store());
    if (fs::exists(before)) fs::copy(before, dir.store(), fs::copy_options::recursive);
    Victim victim(dir.store(), dir.path + "/2.yaml");
    const long calls = victim.run_until(point);
    const bool is_acknowledged = victim.said().find("Successfully applied 8") != std::string::npos;
    const std::string found = stored(dir.store());
    CAPTURE(point);
    if (is_acknowledged) CHECK(found == "2");
    else CHECK((found == old || found == "2"));
    return std::pair(calls, found);
  };
  const auto [calls, whole] = killed_at(kNever);
  REQUIRE(whole == "2");
  REQUIRE(calls > spread + last);
  const long opening = calls - last;
  std::map<std::string, int> seen;
  for (long i = 0; i < spread; ++i) ++seen[killed_at(1 + opening * i / spread).second];
  for (long point = opening + 1; point <= calls; ++point) ++seen[killed_at(point).second];
  CHECK(seen[old] >= spread);  // more: the commit itself was among the points; a sanitizer's end is longer than `last`
  CHECK(seen["2"] > 0);
  MESSAGE(calls << " system calls: " << seen[old] << " times old, " << seen["2"] << " times new");
}
