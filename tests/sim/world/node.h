// One of our nodes: the Speaker and the FIB machine wired together as in bgp/daemon, over a simulated kernel that outlives
// them. The process can end, stand still and come again; the power can go.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bgp/speaker/transcript/recorder.h"
#include "calendar.h"
#include "internet.h"
#include "kernel_side.h"

namespace sim {

inline IpAddress address_of(HostId host) { return IpAddress::v4(0x0a000001U + static_cast<uint32_t>(host)); }

class Node : public Host {
 public:
  struct World {
    Calendar& calendar;
    Internet& internet;
    std::function<void(const std::string&)> broken;  // a broken invariant
  };
  struct Options {
    bool has_fib = true;
    Duration event_latency = std::chrono::milliseconds(1);
  };
  Node(HostId id, uint64_t seed, World world, Options options);

  // ---- life
  void start(speaker::SpeakerConfigPtr config);
  void kill();       // the process alone
  void power_off();  // with all that the kernel had
  void freeze();
  void thaw();
  bool is_running() const { return speaker_ != nullptr; }
  bool is_frozen() const { return is_frozen_; }
  bool is_powered() const { return is_powered_; }

  // ---- time: call expire() when next_deadline() has come
  Instant next_deadline() const;
  void expire();
  void handle(const speaker::Input& input);
  void configure(speaker::SpeakerConfigPtr config);

  // ---- as a Host
  void connected(ConnId conn) override;
  void connect_failed(ConnId conn, const std::string& reason) override;
  void accepted(ConnId conn, HostId from) override;
  void received(ConnId conn, ByteView bytes) override;
  void closed(ConnId conn, const std::string& reason) override;
  void writable(ConnId conn) override;

  HostId id() const { return id_; }
  speaker::Speaker& speaker() { return *speaker_; }
  const speaker::Speaker& speaker() const { return *speaker_; }
  KernelSide* fib() { return fib_.get(); }
  SimKernel& kernel() { return kernel_; }
  const SimKernel& kernel() const { return kernel_; }
  const std::vector<LogRecord>& logs() const { return logs_; }
  int converged() const { return converged_; }
  int lives() const { return lives_; }

 private:
  void turn();
  void drain();
  void carry_out(const speaker::Output& output);
  void pull(ConnId conn);
  void take_news(const fib::table::FibMachine::News& news);

  HostId id_;
  Prng chance_;
  World world_;
  Options options_;
  SimKernel kernel_;
  std::unique_ptr<speaker::Speaker> speaker_;
  std::unique_ptr<speaker::transcript::Recorder> recorder_;
  std::unique_ptr<speaker::transcript::Tap> tap_;
  std::unique_ptr<KernelSide> fib_;
  speaker::SpeakerConfigPtr config_when_thawed_;
  std::vector<std::pair<ConnId, HostId>> accepted_when_thawed_;
  std::vector<LogRecord> logs_;
  size_t write_max_ = 65536;
  int converged_ = 0;
  int lives_ = 0;
  bool has_more_ = false;
  bool is_frozen_ = false;
  bool is_powered_ = true;
};

}  // namespace sim
