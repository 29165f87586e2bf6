#include "ctl/server/connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "bgp/base/limits.h"

namespace ctl::server {

namespace asio = boost::asio;
using boost::system::error_code;

Connection::Connection(Socket socket, bool may_write, Bounds bounds, Events events)
    : socket_(std::move(socket)),
      deadline_timer_(socket_.get_executor()),
      write_timer_(socket_.get_executor()),
      may_write_(may_write),
      bounds_(bounds),
      events_(std::move(events)) {}

void Connection::start(const std::string& greeting) {
  if (!greeting.empty()) send(greeting);
  next();
}

void Connection::close() {
  if (is_closed_) return;
  is_closed_ = true;
  watch_.reset();
  when_taken_ = nullptr;
  deadline_timer_.cancel();
  write_timer_.cancel();
  error_code ignored;  // a socket that cannot be closed is gone already
  socket_.close(ignored);
  events_.closed(shared_from_this());
}

void Connection::set_deadline(std::chrono::nanoseconds time, std::function<void()> missed) {
  deadline_timer_.expires_after(std::chrono::duration_cast<std::chrono::steady_clock::duration>(time));
  deadline_timer_.async_wait([self = shared_from_this(), missed = std::move(missed)](error_code error) {
    if (!error && !self->is_closed_) missed();
  });
}

// Waits for the next request: its whole line within the deadline, unless the client watches. A line that came along with
// the last one waits for its turn in the queue: thousands of them answered from within each other would end the stack.
void Connection::next() {
  is_answering_ = false;
  if (is_watching()) deadline_timer_.cancel();
  else set_deadline(bounds_.idle, [this] { close(); });
  if (size_t newline = input_.find('\n'); newline != std::string::npos)
    return asio::post(socket_.get_executor(), [self = shared_from_this(), newline] {
      if (!self->is_closed_) self->take_line(newline);
    });
  searched_ = input_.size();
  read();
}

void Connection::read() {
  if (is_closed_) return;
  if (input_.size() > bounds_.line_bytes_max) {
    send(events_.too_long);
    return close_when_sent();
  }
  size_t had = input_.size();
  input_.resize(had + 16 * 1024);
  socket_.async_read_some(asio::buffer(input_.data() + had, input_.size() - had),
                          [self = shared_from_this(), had](error_code error, size_t size) {
                            self->input_.resize(had + size);
                            if (error) return self->close_when_sent();
                            size_t newline = self->input_.find('\n', self->searched_);
                            if (newline != std::string::npos) return self->take_line(newline);
                            self->searched_ = self->input_.size();
                            self->read();
                          });
}

void Connection::take_line(size_t newline) {
  request_ = input_.substr(0, newline);
  input_.erase(0, newline + 1);
  is_answering_ = true;
  ++ticket_;
  expect_answer();
  events_.request(shared_from_this(), ticket_, request_);
}

void Connection::expect_answer() {
  set_deadline(bounds_.deadline, [this, ticket = ticket_] { answer(ticket, events_.unanswered(request_)); });
}

void Connection::answer_in_part(uint64_t ticket, std::string lines, std::function<void()> then) {
  if (is_closed_ || !is_answering_ || ticket != ticket_) return;
  if (lines.empty()) {
    expect_answer();
    return asio::post(socket_.get_executor(), std::move(then));
  }
  deadline_timer_.cancel();  // the write timer runs now
  when_taken_ = std::move(then);
  send(std::move(lines));
}

void Connection::answer(uint64_t ticket, std::string line) {
  if (is_closed_ || !is_answering_ || ticket != ticket_) return;
  send(std::move(line));
  if (!is_closed_) next();
}

void Connection::push(std::string line) {
  if (!is_closed_) send(std::move(line));
}

void Connection::keep_watch(std::unique_ptr<config::store::Watch> watch) { watch_ = std::move(watch); }

void Connection::send(std::string line) {
  line += '\n';
  output_bytes_ += line.size();
  if (output_bytes_ > bgp::limits::kControlQueueBytesMax) return close();
  output_.push_back(std::move(line));
  if (output_.size() == 1) write();
}

void Connection::write() {
  write_timer_.expires_after(std::chrono::duration_cast<std::chrono::steady_clock::duration>(bounds_.deadline));
  write_timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->close();
  });
  asio::async_write(socket_, asio::buffer(output_.front()), [self = shared_from_this()](error_code error, size_t) {
    if (self->is_closed_) return;
    if (error) return self->close();
    self->write_timer_.cancel();
    self->output_bytes_ -= self->output_.front().size();
    self->output_.pop_front();
    if (!self->output_.empty()) return self->write();
    if (self->is_last_) return self->close();
    if (auto then = std::exchange(self->when_taken_, nullptr)) {
      self->expect_answer();
      then();
    }
  });
}

// A client that says nothing more may still read its last answer.
void Connection::close_when_sent() {
  if (output_.empty()) return close();
  is_last_ = true;
  deadline_timer_.cancel();  // the write timer still runs
}

}  // namespace ctl::server
