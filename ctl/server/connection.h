// One client: lines in, lines out, and the bounds on both. Private to this room.
//
// A request is read only when the one before it has been answered, so a client cannot pile up work; what it pipelines
// waits in its own socket buffer.
#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "config/store/store.h"

namespace ctl::server {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;
  struct Events {
    // One request line. Ends in answer() with this ticket, sooner or later or never.
    std::function<void(const std::shared_ptr<Connection>&, uint64_t ticket, const std::string& line)> request;
    std::function<void(const std::shared_ptr<Connection>&)> closed;
    // What to say about a line that is too long, and about a request that nobody answered in time.
    std::string too_long;
    std::function<std::string(const std::string& line)> unanswered;
  };

  struct Bounds {
    std::chrono::nanoseconds deadline;  // for an answer to be made, and to be taken
    std::chrono::nanoseconds idle;      // for a request to come
    size_t line_bytes_max;
  };

  // `may_write`: the process at the other end may change the store.
  Connection(Socket socket, bool may_write, Bounds bounds, Events events);
  // `greeting`: a line to begin with; none when it is empty.
  void start(const std::string& greeting = {});
  void close();

  bool may_write() const { return may_write_; }
  Socket::executor_type executor() { return socket_.get_executor(); }

  // Answers the request with this ticket; an answer to an earlier one, which has timed out, is dropped.
  void answer(uint64_t ticket, std::string line);
  // The beginning, or more, of the answer to it; empty: it is still being worked on. `then` is called, later, when the
  // client has taken it, and never if it does not in time.
  void answer_in_part(uint64_t ticket, std::string lines, std::function<void()> then);
  // A line that answers nothing.
  void push(std::string line);

  bool is_watching() const { return watch_ != nullptr; }
  // The connection stays open for as long as the client likes, and ends the watch.
  void keep_watch(std::unique_ptr<config::store::Watch> watch);

 private:
  void next();
  void read();
  void take_line(size_t newline);
  void send(std::string line);
  void write();
  void close_when_sent();
  void set_deadline(std::chrono::nanoseconds time, std::function<void()> missed);
  void expect_answer();

  Socket socket_;
  boost::asio::steady_timer deadline_timer_;
  boost::asio::steady_timer write_timer_;
  const bool may_write_;
  const Bounds bounds_;
  Events events_;
  std::string input_;
  size_t searched_ = 0;  // of input_, without a newline
  std::deque<std::string> output_;
  size_t output_bytes_ = 0;
  std::string request_;  // the one in work
  std::function<void()> when_taken_;
  uint64_t ticket_ = 0;
  bool is_answering_ = false;
  bool is_last_ = false;  // close when output_ is empty
  bool is_closed_ = false;
  std::unique_ptr<config::store::Watch> watch_;
};

}  // namespace ctl::server
