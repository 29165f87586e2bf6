#include "bgp/daemon/node_name_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

namespace bgp::daemon {
namespace {

std::string reason(const char* verb, const std::string& path) {
  return std::string("cannot ") + verb + " " + path + ": " + std::strerror(errno);
}

}  // namespace

Result<std::string, std::string> read_node_name_file(const std::string& path) {
  std::ifstream file(path);
  if (!file.is_open()) return errno == ENOENT || errno == ENOTDIR ? Result<std::string, std::string>(std::string()) : Err(reason("read", path));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Status<std::string> write_node_name_file(const std::string& path, const std::string& name) {
  if (auto there = read_node_name_file(path); there.ok() && *there == name) return Done{};
  struct stat status {};
  const std::string directory = path.substr(0, path.find_last_of('/') + 1);
  if (!directory.empty() && stat(directory.c_str(), &status) != 0) return Done{};
  const std::string fresh = path + ".new";
  {
    std::ofstream file(fresh, std::ios::trunc);
    file << name;
    if (!file.flush()) return Err(reason("write", fresh));
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return Err(reason("write", path));
  return Done{};
}

}  // namespace bgp::daemon
