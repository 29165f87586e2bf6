#include "ctl/server/socket_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "bgp/base/limits.h"

namespace ctl::server {
namespace {

using Kind = ServerError::Kind;

bgp::Err<ServerError> failed(const std::string& path, const std::string& what) {
  return bgp::Err(ServerError{Kind::Failed, "control socket " + path + ": " + what});
}

bgp::Err<ServerError> failed_errno(const std::string& path, const std::string& what) {
  return failed(path, what + ": " + std::strerror(errno));
}

std::string holder(int lock) {
  char text[16] = {};
  ssize_t size = pread(lock, text, sizeof text - 1, 0);
  std::string pid(text, size > 0 ? static_cast<size_t>(size) : 0);
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  return pid.empty() ? "" : " (pid " + pid + ")";
}

bgp::Result<int, ServerError> take_lock(const std::string& path) {
  int lock = open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock < 0) return failed_errno(path, "cannot open its lock file");
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    ServerError busy{Kind::Busy, "control socket " + path + ": another agent" + holder(lock) +
                                     " serves it; stop that one, or choose another --run-dir"};
    close(lock);
    return bgp::Err(std::move(busy));
  }
  std::string pid = std::to_string(getpid()) + "\n";
  // The pid is for people; that it cannot be written hurts nobody.
  if (ftruncate(lock, 0) == 0) (void)!pwrite(lock, pid.data(), pid.size(), 0);
  return lock;
}

// Removes what a dead agent left. Anything but a socket is somebody's file, and stays.
bgp::Status<ServerError> remove_leftover(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return bgp::Done{};
  if (!S_ISSOCK(info.st_mode)) return failed(path, "a file that is no socket is in the way; remove it");
  if (unlink(path.c_str()) != 0) return failed_errno(path, "cannot remove the socket of an agent that is gone");
  return bgp::Done{};
}

bgp::Result<int, ServerError> bind_and_listen(const std::string& path, const sockaddr_un& address) {
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return failed_errno(path, "cannot make a socket");
  // Nobody can connect before listen(), so the mode is right before anybody comes.
  bool ok = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
            chmod(path.c_str(), 0660) == 0 && listen(fd, static_cast<int>(bgp::limits::kControlClientsMax)) == 0;
  if (ok) return fd;
  auto error = failed_errno(path, "cannot listen");
  close(fd);
  return error;
}

}  // namespace

bgp::Result<SocketFile, ServerError> SocketFile::listen(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return failed(path, "the path is too long for a unix socket (at most " +
                            std::to_string(sizeof address.sun_path - 1) + " characters); choose a shorter --run-dir");
  path.copy(address.sun_path, path.size());

  std::error_code error;
  std::filesystem::path directory = std::filesystem::path(path).parent_path();
  if (!directory.empty()) std::filesystem::create_directories(directory, error);
  if (error) return failed(path, "cannot make its directory: " + error.message());

  auto lock = take_lock(path);
  if (!lock) return bgp::Err(lock.error());
  SocketFile file(path, *lock, -1);
  if (auto removed = remove_leftover(path); !removed) return bgp::Err(removed.error());
  auto descriptor = bind_and_listen(path, address);
  if (!descriptor) return bgp::Err(descriptor.error());
  file.descriptor_ = *descriptor;
  return file;
}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      lock_(std::exchange(other.lock_, -1)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

SocketFile::~SocketFile() {
  if (lock_ < 0) return;
  struct stat info {};
  if (lstat(path_.c_str(), &info) == 0 && S_ISSOCK(info.st_mode)) unlink(path_.c_str());
  if (descriptor_ >= 0) close(descriptor_);
  close(lock_);
}

int SocketFile::take_descriptor() { return std::exchange(descriptor_, -1); }

}  // namespace ctl::server
