#include "bgp/daemon/endpoint_files.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "bgp/base/document_limits.h"

using namespace bgp::daemon;

namespace {

const std::string kPod = R"({"ifaceName":"cali1","ipv4Nets":["10.65.0.2/32"],"bgpPeerName":"pods"})";

struct Dir {
  Dir() {
    char name[] = "/tmp/endpoints-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path = name;
  }
  ~Dir() { std::filesystem::remove_all(path); }
  void write(const std::string& file, const std::string& text) const {
    std::ofstream(path / file, std::ios::binary) << text;
  }
  std::filesystem::path path;
};

std::string names(const EndpointFiles& files) {
  std::string text;
  for (const auto& workload : files.workloads()) text += workload.file + " " + workload.bgp_peer + "\n";
  return text;
}

std::string reason(const EndpointFiles& files) {
  return files.warnings().size() == 1 ? files.warnings()[0].fields[1].second : std::to_string(files.warnings().size());
}

}  // namespace

TEST_CASE("endpoint-status: files come, change and go; those without a BGPPeer do not count") {
  Dir dir;
  EndpointFiles files(dir.path / "endpoint-status");
  CHECK_FALSE_MESSAGE(files.look(), "a directory that is not there is no news");
  std::filesystem::create_directory(dir.path / "endpoint-status");
  dir.write("endpoint-status/pod1", kPod);
  dir.write("endpoint-status/pod2", R"({"ipv4Nets":["10.65.0.3/32"]})");
  CHECK(files.look());
  CHECK(names(files) == "pod1 pods\n");
  CHECK_FALSE_MESSAGE(files.look(), "nothing changed");
  dir.write("endpoint-status/pod2", R"({"ipv6Nets":["fd00::3/128"],"bgpPeerName":"more"})");
  CHECK(files.look());
  CHECK(names(files) == "pod1 pods\npod2 more\n");
  std::filesystem::remove(dir.path / "endpoint-status/pod1");
  CHECK(files.look());
  CHECK(names(files) == "pod2 more\n");
  CHECK(files.warnings().empty());
}

TEST_CASE("endpoint-status: one that cannot be read is warned about and harms no other") {
  Dir dir;
  dir.write("good", kPod);
  EndpointFiles files(dir.path);
  const std::pair<std::string, std::string> rows[] = {
      {R"({"bgpPeerName":"p")", "value is no JSON"},
      {R"({"bgpPeerName":"p"})", "the workload has no address yet"},
      {R"({"bgpPeerName":"p","ipv4Nets":["fd00::1/128"]})", "error with field ipv4Nets = 'fd00::1/128' (must be an IPv4 CIDR)"},
      {std::string(bgp::limits::kEndpointFileBytesMax + 1, ' '), "it is longer than 64 KiB"}};
  for (const auto& [text, why] : rows) {
    CAPTURE(why);
    dir.write("bad", text);
    CHECK(files.look());
    CHECK(names(files) == "good pods\n");
    CHECK(reason(files).starts_with(why));
  }
}

TEST_CASE("endpoint-status: more files than the bound are not read") {
  Dir dir;
  for (size_t i = 0; i < bgp::limits::kEndpointFilesMax + 5; ++i) dir.write(std::to_string(i), kPod);
  EndpointFiles files(dir.path);
  CHECK(files.look());
  CHECK(files.workloads().size() == bgp::limits::kEndpointFilesMax);
  CHECK(reason(files) == "there are more than 4096 files; not all are read");
}
