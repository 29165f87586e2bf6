#include "kernel_side.h"

#include <algorithm>
#include <utility>

#include "bgp/base/limits.h"

namespace sim {

using namespace std::chrono_literals;

KernelSide::KernelSide(Calendar& calendar, SimKernel& kernel, Duration event_latency, Events events)
    : calendar_(calendar), kernel_(kernel), event_latency_(event_latency), events_(std::move(events)) {
  for (const fib::KernelRoute& route : kernel.own_routes()) inherited_.insert(route.prefix);
  kernel_.monitor = [this](const fib::KernelEvent& event) { heard(event); };
  kernel_.broken = [this](const std::string& what) { events_.broken(what); };
  begin_reading();
}

KernelSide::~KernelSide() {
  kernel_.monitor = nullptr;
  kernel_.heard_all();  // the next life begins with a reading
}

void KernelSide::want(const fib::BestRoute& route) {
  inherited_.erase(route.prefix);
  machine_.routes().want(route);
}

void KernelSide::allow_sweep() {
  is_sweep_allowed_ = true;
  machine_.routes().allow_sweep();
}

Instant KernelSide::next_deadline() const {
  Instant heard_next = monitor_.empty() || reading_ != Reading::None ? kNever : monitor_.front().first;
  Instant read_next = reading_ == Reading::None ? next_reading_ : read_at_;
  return std::min({machine_.routes().next_due(), heard_next, read_next});
}

bool KernelSide::turn() {
  Instant now = calendar_.now();
  if (reading_ != Reading::None && read_at_ <= now) read_on();
  if (reading_ == Reading::None && next_reading_ <= now) begin_reading();
  if (reading_ == Reading::None) {
    while (!monitor_.empty() && monitor_.front().first <= now) {
      machine_.event(monitor_.front().second);
      monitor_.pop_front();
    }
    if (has_lost_) resync();
    else if (monitor_.empty() && !is_behind_) kernel_.heard_all();
    if (machine_.take_resync_wish()) resync();
  }
  events_.news(machine_.take_news());
  write();
  return machine_.routes().next_due() <= now;
}

// ---- reading ------------------------------------------------------------------------------------------------------

void KernelSide::heard(const fib::KernelEvent& event) {
  if (monitor_.size() >= kBufferMax || to_lose_ > 0) {
    if (to_lose_ > 0) --to_lose_;
    has_lost_ = true;  // a socket that overran says so at once
    if (reading_ == Reading::None) resync();
    return;
  }
  Instant arrives = std::max(calendar_.now() + event_latency_, monitor_.empty() ? Instant{} : monitor_.back().first);
  monitor_.emplace_back(arrives, event);
}

void KernelSide::begin_reading() {
  reading_ = Reading::Links;
  is_behind_ = std::exchange(has_lost_, false) || is_behind_;  // what was lost until now, this reading tells
  last_reading_ = calendar_.now();
  next_reading_ = kNever;
  read_at_ = calendar_.now() + 1ms;
  machine_.begin_dump();
}

// Links at one moment, routes at a later one, as netlink gives them: the events in between mend the difference.
void KernelSide::read_on() {
  bool is_first = reading_ == Reading::Links;
  for (const fib::KernelEvent& fact : is_first ? kernel_.dump_links() : kernel_.dump_routes()) machine_.dumped(fact);
  if (is_first) {
    reading_ = Reading::Routes;
    read_at_ = calendar_.now() + 1ms;
    return;
  }
  end_reading();
}

void KernelSide::end_reading() {
  reading_ = Reading::None;
  bool is_consistent = !kernel_.interrupts_dumps;
  machine_.end_dump(is_consistent);
  if (is_consistent) {
    ++dumps_;
    is_behind_ = false;
    interruptions_ = 0;
    next_reading_ = std::min(next_reading_, last_reading_ + 60s);
    return;
  }
  if (++interruptions_ <= limits::kDumpRetriesMax) return begin_reading();
  interruptions_ = 0;
  resync();
}

void KernelSide::resync() { next_reading_ = std::min(next_reading_, std::max(calendar_.now(), last_reading_ + 1s)); }

// ---- writing ------------------------------------------------------------------------------------------------------

void KernelSide::write() {
  Instant now = calendar_.now();
  for (const fib::RouteOp& op : machine_.routes().ops_due(now, limits::kFibOpsPerBatch)) {
    judge(op);
    int error = kernel_.apply(op);
    if (error == 0) machine_.routes().acked(op.id);
    else machine_.routes().failed(op.id, error, "the kernel says no", now);
  }
  if (machine_.take_resync_wish()) resync();
}

// I5: what an earlier life left stays until it is known that nobody wants it.
void KernelSide::judge(const fib::RouteOp& op) {
  if (op.kind == fib::RouteOp::Kind::Delete && !is_sweep_allowed_ && inherited_.contains(op.route.prefix))
    events_.broken("I5: " + op.route.prefix.to_string() + " of an earlier life was deleted before the sweep was allowed");
}

}  // namespace sim
