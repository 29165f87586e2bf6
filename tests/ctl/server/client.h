// A plain client of a unix socket, and a folder for that.
#pragma once

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "ctl/protocol/frame.h"

struct TempDir {
  TempDir() {
    char name[] = "/tmp/calico-ctl-XXXXXX";
    path = mkdtemp(name);
  }
  ~TempDir() { std::filesystem::remove_all(path); }
  std::string path;
};

class Client {
 public:
  explicit Client(const std::string& path) : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    REQUIRE(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  ~Client() { close(fd_); }
  // False: the server closed.
  bool say(std::string text) {
    text += '\n';
    for (size_t at = 0; at < text.size();) {
      ssize_t n = send(fd_, text.data() + at, text.size() - at, MSG_NOSIGNAL);
      if (n <= 0) return false;
      at += static_cast<size_t>(n);
    }
    return true;
  }
  void say_no_more() { shutdown(fd_, SHUT_WR); }
  // Empty: the server closed.
  std::string hear() {
    for (;;) {
      if (size_t newline = heard_.find('\n'); newline != std::string::npos) {
        std::string line = heard_.substr(0, newline);
        heard_.erase(0, newline + 1);
        return line;
      }
      char chunk[65536];
      ssize_t n = recv(fd_, chunk, sizeof chunk, 0);
      if (n <= 0) return "";
      heard_.append(chunk, static_cast<size_t>(n));
    }
  }
  std::string ask(const std::string& method, const std::string& params = "{}") {
    say(to_line(ctl::protocol::Request{"1", method, params}));
    return hear();
  }

 private:
  int fd_;
  std::string heard_;
};
