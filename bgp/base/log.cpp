#include "bgp/base/log.h"

#include "bgp/base/escape.h"

namespace bgp {

const char* to_string(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return "debug";
    case LogLevel::Info: return "info";
    case LogLevel::Warn: return "warn";
    case LogLevel::Error: return "error";
  }
  return "?";
}

std::string to_text(const LogRecord& record) {
  std::string text = "event=" + record.event;
  if (!record.peer.empty()) text += " peer=" + record.peer;
  for (const auto& [key, value] : record.fields) text += " " + key + "=" + quote_if_needed(value);
  return text;
}

}  // namespace bgp
