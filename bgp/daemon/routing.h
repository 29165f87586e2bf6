// The routing thread's half of the agent: speaker, sockets, kernel and BFD, and the edges between them, each commented
// "from -> to: what".
//
// Who calls: wiring makes one, starts it, and hands it each configuration, all on the routing thread (start() before it
// runs). Answers reads speaker, kernel and BFD there, too. All that it is given must outlive it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bgp/daemon/log_writer.h"
#include "bgp/daemon/options.h"
#include "bgp/daemon/start_error.h"
#include "bgp/io/bfd_driver.h"
#include "bgp/io/memory_meter.h"
#include "bgp/io/speaker_driver.h"
#include "bgp/speaker/speaker.h"
#include "bgp/speaker/transcript/recorder.h"
#include "config/desired/resolve.h"
#include "fib/io/kernel_driver.h"

namespace bgp::daemon {

class Routing {
 public:
  Routing(boost::asio::io_context& io, const Options& options, LogWriter& log)
      : io_(io), options_(options), log_(log), memory_(options.memory_max) {}

  // Binds, and reads the kernel; with a backend that speaks no BGP neither.
  Status<StartError> start(const config::desired::Resolved& first);
  // What the configuration says beside the speaker first, then the speaker.
  void reconfigure(const config::desired::Surroundings& around, const speaker::SpeakerConfigPtr& config);
  // Says Cease to everybody, or nothing to whom keeps our routes. Kernel routes stay.
  void stop();

  speaker::Speaker& speaker() { return *speaker_; }
  fib::io::KernelDriver* kernel() { return kernel_.get(); }  // null with --fib none
  io::BfdDriver& bfd() { return *bfd_; }
  std::string memory() const { return memory_.to_string(); }

 private:
  Status<StartError> make_speaker(const config::desired::Resolved& first);
  Status<StartError> make_recorder(const speaker::Speaker::Options& options, const speaker::SpeakerConfigPtr& config,
                                   Instant now);
  void make_driver();
  void make_bfd();
  void make_kernel();
  void take(const config::desired::Surroundings& around);
  void tell_kernel(const config::desired::Surroundings& around);
  io::Listening listening(const config::desired::Surroundings& around) const;
  fib::io::KernelOptions kernel_options() const;

  boost::asio::io_context& io_;
  const Options& options_;
  LogWriter& log_;
  io::MemoryMeter memory_;
  std::unique_ptr<speaker::transcript::Recorder> recorder_;  // null without --record
  std::unique_ptr<speaker::Speaker> speaker_;
  std::unique_ptr<fib::io::KernelDriver> kernel_;
  std::vector<std::string> ignored_interfaces_;  // as the kernel driver was told
  std::unique_ptr<io::SpeakerDriver> driver_;
  std::unique_ptr<io::BfdDriver> bfd_;
};

}  // namespace bgp::daemon
