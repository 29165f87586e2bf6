// How the agent stands with a datastore that is not on its machine: part of `calicoctl node status -o json`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ctl/protocol/timestamp.h"

namespace ctl::protocol {

struct SkippedKey {
  std::string key;
  std::string reason;
  bool operator==(const SkippedKey&) const = default;
};

struct DatastoreStatus {
  std::string type;                   // "etcdv3"
  std::string state;                  // "connected", "starting", "away", "refused"
  bool degraded = false;              // the node runs on what it knew before
  std::optional<std::string> reason;  // why
  Timestamp since;                    // of `state`
  uint64_t revision = 0;              // of what the node runs on
  std::vector<SkippedKey> skipped;    // unusable values; the previous ones stay in force
  bool operator==(const DatastoreStatus&) const = default;
};

}  // namespace ctl::protocol
