// Which workloads of this node Felix wants peered with: the files of its directory `endpoint-status`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bgp/base/log.h"
#include "config/desired/resolve.h"

namespace bgp::daemon {

class EndpointFiles {
 public:
  explicit EndpointFiles(std::string dir) : dir_(std::move(dir)) {}

  // Has a file come, gone or changed since the last look? Then they are read again. (Blocking; by asking, not by inotify: the
  // directory may come later than we, and what is said of a file on a shared mount depends on the mount.)
  bool look();
  // Those with a BGPPeer, by file name.
  const config::desired::LocalWorkloads& workloads() const { return workloads_; }
  // What of the last look could not be read, a warning each.
  const std::vector<LogRecord>& warnings() const { return warnings_; }

 private:
  // What differs when somebody writes a file anew.
  struct Stamp {
    int64_t changed_ns = 0;
    int64_t bytes = 0;
    uint64_t inode = 0;
    bool operator==(const Stamp&) const = default;
  };
  using Stamps = std::map<std::string, Stamp>;
  Stamps list();
  void read(const std::string& file);
  void warn(const std::string& file, std::string reason);

  std::string dir_;
  Stamps stamps_;
  config::desired::LocalWorkloads workloads_;
  std::vector<LogRecord> warnings_;
};

}  // namespace bgp::daemon
