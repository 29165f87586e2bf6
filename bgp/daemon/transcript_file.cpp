#include "bgp/daemon/transcript_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace bgp::daemon {
namespace {

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() { close(fd_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  std::string write_all(ByteView bytes) {
    while (!bytes.empty()) {
      ssize_t count = ::write(fd_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return std::string("the transcript cannot be written: ") + std::strerror(errno);
      bytes = bytes.subspan(static_cast<size_t>(count));
    }
    return {};
  }

 private:
  int fd_;
};

}  // namespace

Result<std::unique_ptr<speaker::transcript::Recorder>, std::string> open_recorder(
    const std::string& path, const speaker::transcript::Start& start, std::function<void(const LogRecord&)> log) {
  int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return Err("--record: cannot write '" + path + "': " + std::strerror(errno) + "; name a file in a directory that exists");
  auto file = std::make_shared<File>(fd);
  return std::make_unique<speaker::transcript::Recorder>(
      start, [file](ByteView bytes) { return file->write_all(bytes); },
      [log = std::move(log), path](const std::string& reason) {
        log({LogLevel::Warn, "recording_ended", "", {{"file", path}, {"reason", reason}}});
      });
}

}  // namespace bgp::daemon
