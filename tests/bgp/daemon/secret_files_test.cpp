#include "bgp/daemon/secret_files.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

using namespace bgp::daemon;

namespace {

struct Dir {
  Dir() {
    char name[] = "/tmp/secrets-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path = name;
  }
  ~Dir() { std::filesystem::remove_all(path); }
  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((path / file).parent_path());
    std::ofstream(path / file, std::ios::binary) << text;
  }
  std::filesystem::path path;
};

}  // namespace

TEST_CASE("a secret is the file NAME/KEY without the newline at its end") {
  Dir dir;
  SecretFiles files(dir.path);
  const std::pair<const char*, const char*> cases[] = {{"plain", "plain"}, {"line\n", "line"}, {"dos\r\n", "dos"}, {"two\n\n", "two\n"}};
  for (const auto& [written, read] : cases) {
    dir.write("bgp/password", written);
    files.forget();
    CHECK(files.read({"bgp", "password"})->reveal() == read);
  }
}

TEST_CASE("a secret that is missing, empty, too long or no file says why, and never its text") {
  Dir dir;
  SecretFiles files(dir.path);
  const std::string at = dir.path.string();
  CHECK(files.read({"bgp", "none"}).error() == "cannot read " + at + "/bgp/none: No such file or directory");
  dir.write("bgp/empty", "\n");
  CHECK(files.read({"bgp", "empty"}).error() == at + "/bgp/empty is empty");
  dir.write("bgp/long", std::string(81, 'x'));
  CHECK(files.read({"bgp", "long"}).error() == at + "/bgp/long is longer than 80 bytes, which is what TCP-MD5 and TCP-AO take");
  dir.write("bgp/full", std::string(80, 'x') + "\r\n");
  CHECK(files.read({"bgp", "full"})->reveal().size() == 80);
  dir.write("bgp/dir/file", "x");
  CHECK(files.read({"bgp", "dir"}).error() == "cannot read " + at + "/bgp/dir: Invalid argument");
}

TEST_CASE("a change is noticed: another text, one that appears, one that goes, and the links of a mounted secret") {
  Dir dir;
  SecretFiles files(dir.path);
  dir.write("a/k", "one");
  CHECK(files.read({"a", "k"}).ok());
  CHECK_FALSE(files.read({"b", "k"}).ok());
  CHECK_FALSE(files.have_changed());
  dir.write("a/k", "two");
  CHECK(files.have_changed());
  CHECK(files.read({"a", "k"})->reveal() == "one");  // until forgotten: one configuration, one text
  files.forget();
  CHECK(files.read({"a", "k"})->reveal() == "two");
  CHECK_FALSE(files.have_changed());
  std::filesystem::remove(dir.path / "a/k");
  CHECK(files.have_changed());

  dir.write("c/..1/k", "old");
  dir.write("c/..2/k", "new");
  std::filesystem::create_symlink("..1", dir.path / "c/..data");
  std::filesystem::create_symlink("..data/k", dir.path / "c/k");
  files.forget();
  CHECK(files.read({"c", "k"})->reveal() == "old");
  std::filesystem::remove(dir.path / "c/..data");
  std::filesystem::create_symlink("..2", dir.path / "c/..data");
  CHECK(files.have_changed());
}
