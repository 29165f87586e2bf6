// BFD, plugged into UDP sockets and time, on a thread of its own: three packets in 300 ms must not wait for a slice of
// decisions, nor for a full table that is being written.
//
// Who calls: bgp/daemon. start(), stop() and status() come from one other thread and are posted; `events` are called on
// the BFD thread, and whoever gets them posts them on. Only values cross.
// Sockets: one to hear for each port and family, opened when the first session wants it, so that an agent without BFD
// leaves the ports to others; one to speak for each session, since RFC 5881 §4 wants a source port that stays.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "bgp/bfd/sessions.h"

namespace bgp::io {

// Called on the BFD thread. All must be set.
struct BfdEvents {
  std::function<void(const bfd::Changed&)> changed;
  std::function<void(const LogRecord&)> log;
};

class BfdDriver {
 public:
  // The thread begins with the first start(): who has no BFD has no thread for it.
  BfdDriver(uint64_t seed, BfdEvents events);
  // Says AdminDown to everybody, and ends the thread.
  ~BfdDriver();
  BfdDriver(const BfdDriver&) = delete;
  BfdDriver& operator=(const BfdDriver&) = delete;

  void start(const bfd::Wish& wish);
  void stop(const IpAddress& remote);
  // Calls `then`, on the BFD thread if there is one; nullopt when there is no such session.
  void status(const IpAddress& remote, std::function<void(std::optional<bfd::Status>)> then);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bgp::io
