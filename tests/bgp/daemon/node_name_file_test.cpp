#include "bgp/daemon/node_name_file.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace bgp::daemon;

namespace {

struct Directory {
  std::filesystem::path path = std::filesystem::temp_directory_path() / "node-name-file-test";
  Directory() {
    std::filesystem::remove_all(path);
    std::filesystem::create_directory(path);
  }
  ~Directory() { std::filesystem::remove_all(path); }
  std::string file() const { return path / "nodename"; }
};

}  // namespace

TEST_CASE("a name that was written is read again, and replaced") {
  Directory directory;
  CHECK(*read_node_name_file(directory.file()) == "");
  CHECK(write_node_name_file(directory.file(), "node1").ok());
  CHECK(*read_node_name_file(directory.file()) == "node1");
  CHECK(write_node_name_file(directory.file(), "node2").ok());
  CHECK(*read_node_name_file(directory.file()) == "node2");
  CHECK_FALSE(std::filesystem::exists(directory.file() + ".new"));
}

TEST_CASE("an empty file has no name, and a directory that is not there gets none") {
  Directory directory;
  std::ofstream(directory.file()).flush();
  CHECK(*read_node_name_file(directory.file()) == "");
  const std::string elsewhere = directory.path / "absent" / "nodename";
  CHECK(write_node_name_file(elsewhere, "node1").ok());
  CHECK_FALSE(std::filesystem::exists(elsewhere));
}

TEST_CASE("what cannot be written says where and why") {
  Directory directory;
  std::filesystem::create_directory(directory.file());
  auto written = write_node_name_file(directory.file(), "node1");
  REQUIRE_FALSE(written.ok());
  CHECK(written.error() == "cannot write " + directory.file() + ": Is a directory");
}
