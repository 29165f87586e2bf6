#include "bgp/daemon/secret_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "bgp/base/document_limits.h"

namespace bgp::daemon {
namespace {

std::string without_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

// -1 and errno; a directory or a pipe would block or make no sense.
int open_file(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status {};
  if (fd < 0 || (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))) return fd;
  close(fd);
  errno = EINVAL;
  return -1;
}

}  // namespace

SecretFiles::Content SecretFiles::load(const std::string& path) const {
  const int fd = open_file(path);
  if (fd < 0) return Err("cannot read " + path + ": " + std::strerror(errno));
  std::array<char, limits::kPasswordBytesMax + 3> buffer{};  // and its newline, and one more that is too long
  const ssize_t count = ::read(fd, buffer.data(), buffer.size());
  const int error = errno;
  close(fd);
  if (count < 0) return Err("cannot read " + path + ": " + std::strerror(error));
  std::string text = without_newline(std::string(buffer.data(), static_cast<size_t>(count)));
  std::fill(buffer.begin(), buffer.end(), '\0');
  if (text.empty()) return Err(path + " is empty");
  if (text.size() > limits::kPasswordBytesMax) return Err(path + " is longer than 80 bytes, which is what TCP-MD5 and TCP-AO take");
  return Secret(std::move(text));
}

SecretFiles::Content SecretFiles::read(const config::model::SecretRef& ref) {
  const std::string path = dir_ + "/" + ref.name + "/" + ref.key;
  const auto [entry, is_new] = seen_.try_emplace(path, Err(std::string()));
  if (is_new) entry->second = load(path);
  return entry->second;
}

bool SecretFiles::have_changed() const {
  return std::any_of(seen_.begin(), seen_.end(), [this](const auto& entry) {
    const auto& [path, before] = entry;
    const Content now = load(path);
    if (now.ok() != before.ok()) return true;
    return now.ok() ? *now != *before : now.error() != before.error();
  });
}

}  // namespace bgp::daemon
