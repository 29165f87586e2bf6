// The speaker, plugged into sockets and time. Makes no decision: it reads what arrives, tells the speaker, carries out
// what the speaker asks, and writes what the speaker has when a socket takes it.
//
// Who calls: bgp/daemon, on the routing thread's io_context; everything here runs on that thread.
// A turn: inputs are handled as they come; then one slice of decisions, the outputs, the writes; sockets are polled
// before the next slice, so a full table never starves a keepalive. Nothing waits for a timer: after a pause the first
// input has its turn at once, in a burst a turn comes when the input that was ready is drained.
// Buffers: one read buffer for all connections; outgoing bytes are pulled from the speaker, never queued here.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bgp/base/log.h"
#include "bgp/base/result.h"
#include "bgp/speaker/speaker.h"
#include "bgp/speaker/transcript/recorder.h"

namespace boost::asio {
class io_context;
}

namespace bgp::io {

// Called on the io_context's thread. All must be set.
struct SpeakerEvents {
  std::function<void(std::vector<rib::RouteChange>)> routes;
  std::function<void(const ScopedAddress&)> watch_next_hop;
  std::function<void(const ScopedAddress&)> unwatch_next_hop;
  std::function<void()> converged;
  std::function<void(const bfd::Wish&)> bfd_start;
  std::function<void(const IpAddress&)> bfd_stop;
  std::function<void(const LogRecord&)> log;
  std::function<speaker::input::MemoryUse()> measure_memory;
  std::function<void()> free_memory;  // what is free goes back to the system
};

// The steady clock, read once per wake-up; the only clock of the routing thread.
Instant now();

struct Listening {
  uint16_t port = 179;
  std::vector<IpAddress> addresses = {};  // empty: every address of both families
  bool operator==(const Listening&) const = default;
};

class SpeakerDriver {
 public:
  // `io`, `speaker` and `recorder` must outlive the driver. A recorder writes down all that passes.
  SpeakerDriver(boost::asio::io_context& io, speaker::Speaker& speaker, SpeakerEvents events,
                speaker::transcript::Recorder* recorder = nullptr);
  ~SpeakerDriver();
  SpeakerDriver(const SpeakerDriver&) = delete;
  SpeakerDriver& operator=(const SpeakerDriver&) = delete;

  // Listens there and nowhere else from now on; sessions that are up stay. The error says what failed and what to do; it is
  // tried again every 5 s. A machine without IPv6 is no error.
  Status<std::string> listen(const Listening& wanted);
  // Something happened outside the sockets: kernel routes, a new configuration, the end.
  void handle(const speaker::Input& input);
  // Writes what can be written at once and closes every socket.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bgp::io
