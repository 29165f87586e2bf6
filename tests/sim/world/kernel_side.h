// Plays fib/io in virtual time: reads the simulated kernel as a whole and hears of its changes, hands both to the
// FibMachine, and carries out what that wants. The same rules: nothing is heard during a reading, a lost message asks for
// a reading, at most one a second, and one a minute in any case.
#pragma once

#include <deque>
#include <functional>
#include <set>

#include "calendar.h"
#include "fib/table/fib_machine.h"
#include "sim_kernel.h"

namespace sim {

class KernelSide {
 public:
  struct Events {
    std::function<void(const fib::table::FibMachine::News&)> news;
    std::function<void(const std::string&)> broken;
  };
  KernelSide(Calendar& calendar, SimKernel& kernel, Duration event_latency, Events events);
  ~KernelSide();
  KernelSide(const KernelSide&) = delete;
  KernelSide& operator=(const KernelSide&) = delete;

  fib::table::FibMachine& machine() { return machine_; }
  void want(const fib::BestRoute& route);
  void unwant(const Prefix& prefix) { machine_.routes().unwant(prefix); }
  void allow_sweep();

  // As often as something is due. True if there is more to do at once.
  bool turn();
  Instant next_deadline() const;
  // The monitor's buffer is too small for `lost` messages from now on.
  void lose_events(unsigned lost) { to_lose_ += lost; }

  int interrupted_in_a_row() const { return interruptions_; }
  uint64_t dumps() const { return dumps_; }

 private:
  static constexpr size_t kBufferMax = 256;  // messages: the kernel's default buffer
  enum class Reading : uint8_t { None, Links, Routes };

  void heard(const fib::KernelEvent& event);
  void begin_reading();
  void read_on();
  void end_reading();
  void resync();
  void write();
  void judge(const fib::RouteOp& op);

  Calendar& calendar_;
  SimKernel& kernel_;
  Duration event_latency_;
  Events events_;
  fib::table::FibMachine machine_{fib::table::Ownership{}};
  std::deque<std::pair<Instant, fib::KernelEvent>> monitor_;
  unsigned to_lose_ = 0;
  bool has_lost_ = false;    // messages, since the last reading began
  bool is_behind_ = false;   // and before it: only a consistent reading makes that good
  Reading reading_ = Reading::None;
  Instant read_at_ = kNever;      // the next step of a reading
  Instant last_reading_;
  Instant next_reading_ = kNever;
  int interruptions_ = 0;
  uint64_t dumps_ = 0;
  std::set<Prefix> inherited_;    // own routes found at the beginning that nobody wanted since
  bool is_sweep_allowed_ = false;
};

}  // namespace sim
