// What the core has to say, as a value. Floors below 5 return LogRecords; the rim adds the wall clock, escapes and
// writes them. One record per fact; `peer` is always set where a peer is concerned.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bgp {

// info = a session or the configuration changed; warn = somebody should look; debug = per message. Never per prefix
// above debug.
enum class LogLevel : uint8_t { Debug, Info, Warn, Error };

struct LogRecord {
  LogLevel level = LogLevel::Info;
  std::string event;  // a stable word for grep: "session_up", "notification_sent", ...
  std::string peer;   // the peer's address, or empty
  std::vector<std::pair<std::string, std::string>> fields;

  bool operator==(const LogRecord&) const = default;
};

const char* to_string(LogLevel level);

// "event=session_up peer=192.0.2.1 as=64512 text=\"with blanks\"", without time and level. Values are escaped
// (escape.h): what a peer sent cannot forge a line or steer a terminal.
std::string to_text(const LogRecord& record);

}  // namespace bgp
