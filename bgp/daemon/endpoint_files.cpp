#include "bgp/daemon/endpoint_files.h"

#include <dirent.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include "bgp/base/document_limits.h"

namespace bgp::daemon {
namespace {

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

// One octet more than is allowed, so that what is too long shows.
std::string content_of(const std::string& path) {
  std::string text(limits::kEndpointFileBytesMax + 1, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

}  // namespace

// A directory that is not there has no files: no workload is to be peered with, or Felix comes later.
EndpointFiles::Stamps EndpointFiles::list() {
  Stamps stamps;
  Directory directory(opendir(dir_.c_str()), closedir);
  while (directory != nullptr) {
    const dirent* entry = readdir(directory.get());
    if (entry == nullptr || stamps.size() > limits::kEndpointFilesMax) break;
    struct stat status {};
    if (stat((dir_ + "/" + entry->d_name).c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    stamps[entry->d_name] = {status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec, status.st_size, status.st_ino};
  }
  return stamps;
}

bool EndpointFiles::look() {
  Stamps now = list();
  if (now == stamps_) return false;
  stamps_ = std::move(now);
  workloads_.clear();
  warnings_.clear();
  for (const auto& [file, stamp] : stamps_) {
    if (workloads_.size() < limits::kEndpointFilesMax) read(file);
  }
  if (stamps_.size() > limits::kEndpointFilesMax)
    warn("", "there are more than " + std::to_string(limits::kEndpointFilesMax) + " files; not all are read");
  return true;
}

// One that is being written is read again when it is whole: its time and size change then.
void EndpointFiles::read(const std::string& file) {
  const std::string text = content_of(dir_ + "/" + file);
  if (text.size() > limits::kEndpointFileBytesMax) return warn(file, "it is longer than 64 KiB");
  auto status = config::model::parse_endpoint_status(file, text);
  if (!status) return warn(file, status.error().reason);
  if (status->bgp_peer.empty()) return;
  if (!status->ipv4 && !status->ipv6) return warn(file, "the workload has no address yet");
  workloads_.push_back(std::move(*status));
}

void EndpointFiles::warn(const std::string& file, std::string reason) {
  warnings_.push_back({LogLevel::Warn, "endpoint_status_ignored", "",
                       {{"subject", file.empty() ? dir_ : dir_ + "/" + file}, {"reason", std::move(reason)}}});
}

}  // namespace bgp::daemon
