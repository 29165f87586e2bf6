// LogRecords -> lines on stderr: "2026-11-22T21:30:00.123Z info event=session_up peer=192.0.2.1 ...".
//
// Any thread may log; the store thread writes, so that a stalled journal never stops the routing thread. At most
// kPendingMax lines wait; beyond that they are counted and dropped, and the count is a line of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <string_view>

#include "bgp/base/log.h"

namespace boost::asio {
class io_context;
}

namespace bgp::daemon {

class LogWriter {
 public:
  LogWriter(boost::asio::io_context& writer, LogLevel level) : writer_(writer), level_(level) {}
  void set_level(LogLevel level) { level_ = level; }
  void log(const LogRecord& record);

 private:
  static constexpr int kPendingMax = 10000;
  void write(std::chrono::system_clock::time_point at, const LogRecord& record);

  boost::asio::io_context& writer_;
  std::atomic<LogLevel> level_;
  std::atomic<int> pending_ = 0;
  std::atomic<uint64_t> dropped_ = 0;
};

// Of logSeverityScreen; empty: Info. "None", which only v1 can say, still lets errors through.
LogLevel level_of(std::string_view severity);

// One line, newline included.
std::string log_line(std::chrono::system_clock::time_point at, const LogRecord& record);

}  // namespace bgp::daemon
