#include "config/rocks/store_dir.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace config::rocks {
namespace {

namespace fs = std::filesystem;
using store::StoreError;

bool write_and_sync(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return false;
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  const int saved = errno;
  ::close(fd);
  errno = saved;
  return written;
}

void sync_directory(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

StoreError system_error(const std::string& path, const std::string& what, int error_number) {
  StoreError error;
  error.reason = path + ": " + what + ": " + std::strerror(error_number);
  if (error_number == EACCES || error_number == EPERM) {
    error.kind = StoreError::Kind::NotPermitted;
    error.reason += " (as uid " + std::to_string(::geteuid()) + "); run as its owner or root, or choose --data-dir";
  } else if (error_number == ENOSPC || error_number == EDQUOT || error_number == EROFS || error_number == EIO) {
    error.kind = StoreError::Kind::ReadOnly;
  }
  return error;
}

bgp::Result<StoreDir::State, StoreError> StoreDir::state() const {
  std::error_code failed;
  const bool exists = fs::exists(path_, failed);
  if (failed) return bgp::Err(system_error(path_, "cannot look", failed.value()));
  if (!exists) return State::Missing;
  const std::string word = read_file("store.state");
  if (word == "ready\n") return State::Ready;
  if (word == "creating\n") return State::Creating;
  // What an agent with another datastore remembers is kept beside, and belongs to no store. A creation that was cut off
  // at its first step has left no more than begin()'s half-written file.
  auto is_no_obstacle = [](const fs::path& name) { return name == "etcd-cache" || name == "etcd-cache-v2" || name == "store.state.new"; };
  bool empty = true;
  for (fs::directory_iterator file(path_, failed); !failed && file != fs::directory_iterator(); file.increment(failed))
    empty = empty && is_no_obstacle(file->path().filename());
  if (failed) return bgp::Err(system_error(path_, "cannot look inside", failed.value()));
  if (empty) return State::Missing;
  StoreError error;
  error.reason = path_ + ": not empty and no calico-bgp store; choose another --data-dir or empty it";
  return bgp::Err(error);
}

bgp::Status<StoreError> StoreDir::begin() const {
  std::error_code failed;
  fs::create_directories(path_, failed);
  if (failed) return bgp::Err(system_error(path_, "cannot make the directory", failed.value()));
  return write_file("store.state", "creating\n");
}

bgp::Status<StoreError> StoreDir::write_file(const std::string& name, const std::string& text) const {
  const std::string target = path_ + "/" + name;
  const std::string beside = target + ".new";
  if (!write_and_sync(beside, text) || std::rename(beside.c_str(), target.c_str()) != 0) {
    return bgp::Err(system_error(target, "cannot write", errno));
  }
  sync_directory(path_);
  return bgp::Done{};
}

std::string StoreDir::read_file(const std::string& name) const {
  std::ifstream file(path_ + "/" + name);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void StoreDir::write_pid() const {
  // Only for the message to a second process: RocksDB's lock is what keeps it out, so a failure here changes nothing.
  (void)write_file("store.pid", std::to_string(::getpid()) + "\n");
}

void StoreDir::remove_pid() const { ::unlink((path_ + "/store.pid").c_str()); }

int StoreDir::read_pid() const {
  const std::string text = read_file("store.pid");
  int pid = 0;
  std::from_chars(text.data(), text.data() + text.size(), pid);
  return pid;
}

}  // namespace config::rocks
