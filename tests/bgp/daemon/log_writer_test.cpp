#include "bgp/daemon/log_writer.h"

#include <doctest/doctest.h>

using namespace bgp;
using namespace bgp::daemon;

TEST_CASE("logSeverityScreen: which lines are written") {
  const std::pair<const char*, LogLevel> rows[] = {
      {"", LogLevel::Info},         {"Trace", LogLevel::Debug}, {"Debug", LogLevel::Debug}, {"Info", LogLevel::Info},
      {"Warning", LogLevel::Warn}, {"Error", LogLevel::Error}, {"Fatal", LogLevel::Error}, {"None", LogLevel::Error}};
  for (const auto& [severity, level] : rows) {
    CAPTURE(severity);
    CHECK(level_of(severity) == level);
  }
}
