#include "config/rocks/rocks_store.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "bgp/base/prng.h"
#include "config/rocks/database.h"
#include "tests/support/store_contract.h"

namespace fs = std::filesystem;
using namespace config::rocks;
using namespace config::store;

namespace {

// A directory of its own for each test, gone afterwards.
struct TempDir {
  std::string path;
  TempDir() {
    char pattern[] = "/tmp/rocks_store_test.XXXXXX";
    path = mkdtemp(pattern);
  }
  ~TempDir() { fs::remove_all(path); }
  std::string store() const { return path + "/store"; }
};

std::unique_ptr<Store> must_open(const std::string& dir, Mode mode = Mode::ReadWrite) {
  auto opened = open(dir, mode);
  REQUIRE_MESSAGE(opened.ok(), (opened ? "" : opened.error().reason));
  return std::move(*opened);
}

StoreError open_error(const std::string& dir, Mode mode = Mode::ReadWrite) {
  auto opened = open(dir, mode);
  REQUIRE_FALSE(opened.ok());
  return opened.error();
}

fs::path largest_file(const std::string& dir, const std::string& extension) {
  fs::path found;
  for (const auto& file : fs::directory_iterator(dir + "/db")) {
    if (file.path().extension() != extension || file.file_size() == 0) continue;
    if (found.empty() || file.file_size() > fs::file_size(found)) found = file.path();
  }
  REQUIRE_FALSE(found.empty());
  return found;
}

std::string read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Every file below, and what is in it.
std::map<std::string, std::string> files_of(const std::string& dir) {
  std::map<std::string, std::string> files;
  for (const auto& file : fs::recursive_directory_iterator(dir))
    if (file.is_regular_file()) files[file.path()] = read_all(file.path());
  return files;
}

void flip_byte(const fs::path& path, size_t at) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(static_cast<std::streamoff>(at));
  const char byte = static_cast<char>(file.get() ^ 0x40);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
}

// While it lives no file may grow beyond `bytes`: the stand-in for a full disk that needs no mount.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit tight = before_;
    tight.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &tight);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

// A commit in two halves that must never part.
std::vector<Write> pair(int n) {
  return {test::put("/left/" + std::to_string(n), "x"), test::put("/right/" + std::to_string(n), "x"),
          test::put("/last", std::to_string(n))};
}

int last_of(Store& store) {
  auto entry = store.get("/last");
  REQUIRE(entry.ok());
  return *entry ? std::stoi((*entry)->value) : 0;
}

// Runs the test case "child: <role>" below in a process of its own, which tells us things through a pipe. A fork
// without exec would inherit RocksDB's threads half dead.
class Child {
 public:
  Child(const std::string& role, const std::string& dir) {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      setenv("ROCKS_TEST_DIR", dir.c_str(), 1);
      const std::string filter = "--test-case=child: " + role;
      execl("/proc/self/exe", "child", filter.c_str(), "--no-skip", "--no-intro", "--out=/dev/null", nullptr);
      _exit(127);
    }
    close(ends[1]);
    from_ = ends[0];
  }
  ~Child() { end(); }

  // Waits for one more byte; false when the child is gone.
  bool hear() const {
    char byte = 0;
    return read(from_, &byte, 1) == 1;
  }
  // Everything that it said until it ended.
  int count_rest() const {
    int heard = 0;
    while (hear()) ++heard;
    return heard;
  }
  void kill_now() const { kill(pid_, SIGKILL); }
  int end() {
    if (pid_ == 0) return 0;
    kill_now();
    int status = 0;
    waitpid(pid_, &status, 0);
    close(from_);
    return std::exchange(pid_, 0);
  }
  int pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
  int from_ = -1;
};

void say() { REQUIRE(write(STDOUT_FILENO, ".", 1) == 1); }

}  // namespace

TEST_CASE("child: commits for ever" * doctest::skip()) {
  auto store = must_open(getenv("ROCKS_TEST_DIR"));
  for (int n = last_of(*store) + 1;; ++n) {
    test::must_commit(*store, pair(n));
    say();
  }
}

TEST_CASE("child: holds the store" * doctest::skip()) {
  auto store = must_open(getenv("ROCKS_TEST_DIR"));
  say();
  pause();
}

TEST_CASE("the RocksDB store keeps the store contract") {
  TempDir dir;
  test::run_store_contract([&] { return must_open(dir.store()); });
}

TEST_CASE("what was committed is there after a re-open, and revisions go on growing") {
  TempDir dir;
  uint64_t before = 0;
  {
    auto store = must_open(dir.store());
    test::must_commit(*store, {test::put("/a", "1"), test::put("/b", "2")});
    before = test::must_commit(*store, {test::erase("/a")});
  }
  auto store = must_open(dir.store());
  CHECK(test::listed(*store, "") == "/b=2");
  CHECK(store->list("")->revision == before);
  CHECK(test::must_commit(*store, {test::put("/c", "3")}) == before + 1);
}

TEST_CASE("kill -9 at 100 points: every acknowledged commit is there, and none half") {
  TempDir dir;
  bgp::Prng chance(20161201);
  int acknowledged = 0;
  for (int round = 0; round < 100; ++round) {
    Child child("commits for ever", dir.store());
    const uint64_t until = chance.below(30);
    for (uint64_t n = 0; n < until && child.hear(); ++n) ++acknowledged;
    child.kill_now();
    acknowledged += child.count_rest();
    child.end();
    // The very first kill may come before there is a store.
    auto store = must_open(dir.store());
    const int last = last_of(*store);
    // One commit may be on disk whose acknowledgement the kill cut off.
    REQUIRE(last >= acknowledged);
    REQUIRE(last <= acknowledged + 1);
    REQUIRE(store->list("/left/")->entries.size() == static_cast<size_t>(last));
    REQUIRE(store->list("/right/")->entries.size() == static_cast<size_t>(last));
    acknowledged = last;
  }
  CHECK(acknowledged > 100);
}

TEST_CASE("a torn last record costs the commit that was never acknowledged, nothing else") {
  TempDir dir;
  {
    Child child("commits for ever", dir.store());
    for (int n = 0; n < 20; ++n) REQUIRE(child.hear());
  }
  const fs::path log = largest_file(dir.store(), ".log");
  std::string bytes = read_all(log);
  bytes.resize(bytes.find_last_not_of('\0') + 1);
  fs::resize_file(log, bytes.size() - 5);
  auto store = must_open(dir.store());
  const int last = last_of(*store);
  CHECK(last >= 19);
  CHECK(store->list("/left/")->entries.size() == static_cast<size_t>(last));
}

TEST_CASE("a flipped byte in the middle of the log is refused, not taken for its end") {
  TempDir dir;
  {
    Child child("commits for ever", dir.store());
    for (int n = 0; n < 20; ++n) REQUIRE(child.hear());
  }
  const fs::path log = largest_file(dir.store(), ".log");
  const size_t used = read_all(log).find_last_not_of('\0');
  flip_byte(log, used / 2);
  const StoreError error = open_error(dir.store());
  CHECK(error.kind == StoreError::Kind::Corrupt);
  CHECK(error.reason.find(dir.store()) == 0);
}

TEST_CASE("a flipped byte in a table file is an error, not an empty store") {
  TempDir dir;
  {
    auto store = must_open(dir.store());
    for (int n = 1; n < 100; ++n) test::must_commit(*store, pair(n));
  }
  must_open(dir.store()).reset();  // a re-open moves the log into a table file
  const fs::path table = largest_file(dir.store(), ".sst");
  const size_t at = 200;  // inside the first block of rows
  REQUIRE(fs::file_size(table) > 2000);

  SUBCASE("found at open") {
    flip_byte(table, at);
    CHECK(open_error(dir.store()).kind == StoreError::Kind::Corrupt);
    CHECK(open_error(dir.store(), Mode::ReadOnly).kind == StoreError::Kind::Corrupt);
  }
  SUBCASE("found while running") {
    auto store = must_open(dir.store());
    flip_byte(table, at);
    auto listing = store->list("/left/");
    REQUIRE_FALSE(listing.ok());
    CHECK(listing.error().kind == StoreError::Kind::Corrupt);
  }
}

TEST_CASE("files that are gone are damage, not a reason for a new empty store") {
  TempDir dir;
  must_open(dir.store()).reset();
  SUBCASE("CURRENT") { fs::remove(dir.store() + "/db/CURRENT"); }
  SUBCASE("MANIFEST") {
    for (const auto& file : fs::directory_iterator(dir.store() + "/db"))
      if (file.path().filename().string().starts_with("MANIFEST")) fs::remove(file.path());
  }
  SUBCASE("everything") { fs::remove_all(dir.store() + "/db"); }
  CHECK(open_error(dir.store()).kind == StoreError::Kind::Corrupt);
}

TEST_CASE("a second process is told who holds the store") {
  TempDir dir;
  Child child("holds the store", dir.store());
  REQUIRE(child.hear());
  const StoreError error = open_error(dir.store());
  CHECK(error.kind == StoreError::Kind::Busy);
  CHECK(error.holder_pid == child.pid());
  CHECK(error.reason == dir.store() + ": another daemon (pid " + std::to_string(child.pid()) +
                            ") holds the store; talk to it, or stop it first");
  CHECK(test::listed(*must_open(dir.store(), Mode::ReadOnly), "") == "");
  child.end();
  CHECK(must_open(dir.store()) != nullptr);
}

TEST_CASE("a store that was opened for reading takes no commit, and does not make one") {
  TempDir dir;
  CHECK(open_error(dir.store(), Mode::ReadOnly).kind == StoreError::Kind::Unreachable);
  test::must_commit(*must_open(dir.store()), {test::put("/a", "1")});
  auto store = must_open(dir.store(), Mode::ReadOnly);
  CHECK(test::listed(*store, "") == "/a=1");
  auto refused = store->commit({test::put("/a", "2")});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == StoreError::Kind::ReadOnly);
}

TEST_CASE("fault 42: a store of a newer version is refused with both versions named, and no file of it is touched") {
  TempDir dir;
  test::must_commit(*must_open(dir.store()), {test::put("/a", "1")});
  {
    auto db = Database::open(StoreDir(dir.store()), true, false);
    REQUIRE(db.ok());
    REQUIRE((*db)->write_own_row("schema", "2").ok());
  }
  const auto before = files_of(dir.store());
  for (const Mode mode : {Mode::ReadWrite, Mode::ReadOnly}) {
    CHECK(open_error(dir.store(), mode).reason ==
          dir.store() + ": the store has schema version '2', this program knows version 1; run the version that wrote it, "
                        "or a newer one");
  }
  CHECK(files_of(dir.store()) == before);
}

TEST_CASE("a count that does not agree with the rows is damage") {
  TempDir dir;
  test::must_commit(*must_open(dir.store()), {test::put("/a", "1")});
  {
    auto db = Database::open(StoreDir(dir.store()), true, false);
    REQUIRE(db.ok());
    REQUIRE((*db)->write_own_row("state", to_row({1, 2})).ok());
  }
  CHECK(open_error(dir.store()).kind == StoreError::Kind::Corrupt);
}

TEST_CASE("no store is made in a directory that holds something else") {
  TempDir dir;
  std::ofstream(dir.path + "/precious") << "x";
  CHECK(open_error(dir.path).reason == dir.path + ": not empty and no calico-bgp store; choose another --data-dir or empty it");
  CHECK(fs::exists(dir.path + "/precious"));
  CHECK_FALSE(fs::exists(dir.path + "/db"));
}

TEST_CASE("a creation that was cut off is taken up again") {
  TempDir dir;
  fs::create_directory(dir.store());
  std::ofstream(dir.store() + "/store.state.new") << "crea";
  must_open(dir.store()).reset();
  fs::remove_all(dir.store());
  REQUIRE(StoreDir(dir.store()).begin().ok());
  test::must_commit(*must_open(dir.store()), {test::put("/a", "1")});
  // As a second process leaves it that lost the race for a new directory.
  REQUIRE(StoreDir(dir.store()).begin().ok());
  CHECK(test::listed(*must_open(dir.store()), "") == "/a=1");
}

TEST_CASE("a disk that takes no more makes the store read-only; with room again it goes on") {
  TempDir dir;
  auto store = must_open(dir.store());
  test::must_commit(*store, {test::put("/a", "1")});
  auto full = std::make_unique<FullDisk>(16 << 10);
  auto refused = store->commit({test::put("/big", std::string(64 << 10, 'x'))});
  const std::string while_full = test::listed(*store, "");
  full.reset();

  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == StoreError::Kind::ReadOnly);
  CHECK(refused.error().reason.find(dir.store() + ": the store takes no more changes") == 0);
  CHECK(while_full == "/a=1");
  test::must_commit(*store, {test::put("/b", "2")});
  CHECK(test::listed(*store, "") == "/a=1 /b=2");
}

TEST_CASE("a store on a disk that takes nothing is opened for reading, and says so; with room again it takes commits") {
  TempDir dir;
  test::must_commit(*must_open(dir.store()), {test::put("/a", "1")});
  std::optional<StoreError> weakness;
  auto full = std::make_unique<FullDisk>(0);
  auto store = open(dir.store(), Mode::ReadWrite, &weakness);
  REQUIRE(store.ok());
  CHECK(test::listed(**store, "") == "/a=1");
  auto refused = (*store)->commit({test::put("/b", "2")});
  full.reset();

  REQUIRE(weakness.has_value());
  CHECK(weakness->kind == StoreError::Kind::ReadOnly);
  CHECK(weakness->reason.find(dir.store() + ": the store cannot be opened for writing") == 0);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == StoreError::Kind::ReadOnly);
  test::must_commit(**store, {test::put("/b", "2")});
  CHECK(test::listed(**store, "") == "/a=1 /b=2");
}
