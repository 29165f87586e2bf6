// Why a document, a stored entry or a setting was refused.
#pragma once

#include <string>

#include "bgp/base/result.h"

namespace config::model {

struct ConfigError {
  std::string path;    // the file, "-" for standard input, or the store key; empty where neither makes sense
  int line = 0;        // 1-based; 0: unknown
  std::string reason;  // one line for a person

  // "peers.yaml:7: reason", "peers.yaml: reason" without a line, "reason" without a path.
  std::string to_string() const {
    if (path.empty()) return reason;
    return path + (line > 0 ? ":" + std::to_string(line) : "") + ": " + reason;
  }
  bool operator==(const ConfigError&) const = default;
};

template <class T>
using Outcome = bgp::Result<T, ConfigError>;

}  // namespace config::model
