#include "bgp/daemon/log_writer.h"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "ctl/protocol/timestamp.h"

namespace bgp::daemon {

LogLevel level_of(std::string_view severity) {
  if (severity == "Debug" || severity == "Trace") return LogLevel::Debug;
  if (severity == "Warning") return LogLevel::Warn;
  const bool is_quiet = severity == "Error" || severity == "Fatal" || severity == "None";
  return is_quiet ? LogLevel::Error : LogLevel::Info;
}

std::string log_line(std::chrono::system_clock::time_point at, const LogRecord& record) {
  auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(at);
  return ctl::protocol::to_rfc3339(milliseconds) + " " + to_string(record.level) + " " + to_text(record) + "\n";
}

void LogWriter::log(const LogRecord& record) {
  if (record.level < level_) return;
  if (pending_.fetch_add(1) >= kPendingMax) {
    --pending_;
    ++dropped_;
    return;
  }
  boost::asio::post(writer_, [this, at = std::chrono::system_clock::now(), record] {
    --pending_;
    write(at, record);
  });
}

void LogWriter::write(std::chrono::system_clock::time_point at, const LogRecord& record) {
  std::string text = log_line(at, record);
  if (uint64_t dropped = dropped_.exchange(0))
    text += log_line(at, {LogLevel::Warn, "log_lines_dropped", "", {{"count", std::to_string(dropped)}}});
  // A log that cannot be written is nobody's problem but the reader's: routing goes on.
  if (::write(STDERR_FILENO, text.data(), text.size()) < 0) return;
}

}  // namespace bgp::daemon
