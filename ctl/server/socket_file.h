// The listening socket's file: made so that two agents never share it and a dead one's leftover is replaced.
#pragma once

#include <string>

#include "bgp/base/result.h"
#include "ctl/server/unix_server.h"

namespace ctl::server {

// A listening unix socket (mode 0660) at `path` and the lock beside it that says a live agent serves it. The lock is
// the kernel's (flock), so it ends with the process, however that ends; "connect and see" would race with a second
// start.
class SocketFile {
 public:
  static bgp::Result<SocketFile, ServerError> listen(const std::string& path);
  ~SocketFile();
  SocketFile(SocketFile&& other) noexcept;
  SocketFile& operator=(SocketFile&&) = delete;

  // The listening descriptor, which the caller now owns.
  int take_descriptor();

 private:
  SocketFile(std::string path, int lock, int descriptor)
      : path_(std::move(path)), lock_(lock), descriptor_(descriptor) {}
  std::string path_;
  int lock_ = -1;
  int descriptor_ = -1;
};

}  // namespace ctl::server
