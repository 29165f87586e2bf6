// A member of etcd that answers from a script: for what a real one does only now and then. One connection at a time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "config/etcd/settings.h"

namespace test {

// What it does with one request (after the last one: nothing): sends `bytes`, in pieces of `piece` octets, then closes or keeps the connection.
struct Step {
  std::string bytes;
  size_t piece = 1 << 20;
  bool closes = false;
};

inline Step answer(const std::string& body, int status = 200) {
  return {"HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body};
}
inline Step hangs_up() { return {"", 1, true}; }
inline Step says_nothing() { return {""}; }

class FakeGateway {
 public:
  explicit FakeGateway(std::vector<Step> script)
      : script_(std::move(script)), acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}), thread_([this] { run(); }) {}
  ~FakeGateway() {
    boost::system::error_code ignored;
    (void)::shutdown(acceptor_.native_handle(), SHUT_RDWR);  // ends accept(); close() would not
    {
      const std::lock_guard lock(mutex_);
      if (socket_.is_open()) (void)socket_.shutdown(boost::asio::socket_base::shutdown_both, ignored);
    }
    thread_.join();
  }

  config::etcd::Endpoint endpoint() const {
    return {false, "127.0.0.1", std::to_string(acceptor_.local_endpoint().port())};
  }
  config::etcd::Settings settings() const {
    config::etcd::Settings settings;
    settings.endpoints = {endpoint()};
    return settings;
  }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void run() {
    for (size_t next = 0;;) {
      boost::system::error_code error;
      boost::asio::ip::tcp::socket accepted(io_);
      if (acceptor_.accept(accepted, error)) return;
      {
        const std::lock_guard lock(mutex_);
        socket_ = std::move(accepted);
      }
      std::string buffer;
      while (read_request(buffer)) {
        if (next == script_.size()) continue;  // silent from now on
        const Step& step = script_[next++];
        for (size_t i = 0; i < step.bytes.size(); i += step.piece)
          boost::asio::write(socket_, boost::asio::buffer(step.bytes.substr(i, step.piece)), error);
        if (step.closes) break;
      }
      const std::lock_guard lock(mutex_);
      socket_.close(error);
    }
  }
  bool read_request(std::string& buffer) {
    boost::system::error_code error;
    const size_t head = boost::asio::read_until(socket_, boost::asio::dynamic_buffer(buffer), "\r\n\r\n", error);
    if (error) return false;
    const size_t length = std::stoul(buffer.substr(buffer.find("Content-Length: ") + 16));
    while (buffer.size() < head + length) {
      char chunk[4096];
      const size_t n = socket_.read_some(boost::asio::buffer(chunk), error);
      if (error) return false;
      buffer.append(chunk, n);
    }
    const std::lock_guard lock(mutex_);
    requests_.push_back(buffer.substr(0, head + length));
    buffer.erase(0, head + length);
    return true;
  }

  std::vector<Step> script_;
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::mutex mutex_;  // guards requests_, and socket_'s opening and closing
  boost::asio::ip::tcp::socket socket_{io_};
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace test
