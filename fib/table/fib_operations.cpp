// FibTable's second half: from the difference between wish and kernel to operations, and back from their answers.
#include <algorithm>
#include <cerrno>

#include "bgp/base/assert.h"
#include "bgp/base/limits.h"
#include "fib/table/fib_table.h"

namespace fib::table {

// ---- operations -------------------------------------------------------------------------------------------------

std::vector<RouteOp> FibTable::ops_due(bgp::Instant now, size_t n) {
  wake_retries(now);
  std::vector<RouteOp> ops;
  while (ops.size() < n && !queue_.empty()) {
    bgp::Prefix prefix = queue_.front();
    queue_.pop_front();
    auto found = entries_.find(prefix);
    if (found == entries_.end() || !found->second.is_queued) continue;
    found->second.is_queued = false;
    if (found->second.in_flight) continue;
    Plan step = plan(prefix, found->second);
    if (step.is_needed) ops.push_back(launch(prefix, found->second, step));
  }
  sweep_leftovers(ops, n);
  return ops;
}

// After what is wanted was written: a prefix is never without a route in between.
void FibTable::sweep_leftovers(std::vector<RouteOp>& ops, size_t n) {
  while (has_leftover_due() && ops.size() < n) {
    Leftover leftover = *leftovers_.begin();
    leftovers_.erase(leftovers_.begin());
    RouteOp op{RouteOp::Kind::Delete, take_id(), {}};
    op.route.prefix = leftover.prefix;
    op.route.protocol = ownership_.protocol;
    op.route.table = ownership_.table;
    op.route.metric = leftover.metric;
    leftovers_in_flight_.insert(op.id);
    ops.push_back(std::move(op));
  }
}

// A refusal is not insisted on: it is tried again in the next life.
bool FibTable::leftover_answered(uint32_t id) { return leftovers_in_flight_.erase(id) > 0; }

void FibTable::acked(uint32_t id) {
  if (leftover_answered(id)) return;
  bgp::Prefix prefix = take_in_flight(id);
  Entry& entry = entries_.find(prefix)->second;
  set_kernel(entry, std::exchange(entry.flying, kNothing));
  land(entry);
  entry.is_stale = false;
  entry.was_seen = true;
  clear_failure(prefix, entry);
  settle(prefix);
}

void FibTable::failed(uint32_t id, int error, std::string_view text, bgp::Instant now) {
  if (leftover_answered(id)) return;
  bgp::Prefix prefix = in_flight_.at(id);
  Entry& entry = entries_.find(prefix)->second;
  bool was_delete = entry.flying == kNothing;
  if (was_delete && error == ESRCH) return acked(id);  // gone already: all we wanted
  take_in_flight(id);
  release_target(std::exchange(entry.flying, kNothing));
  land(entry);
  if (error == EEXIST) wants_resync_ = true;
  schedule_retry(prefix, error, text, now);
  entry.has_failed = true;
  settle(prefix);
}

void FibTable::schedule_retry(const bgp::Prefix& prefix, int error, std::string_view text, bgp::Instant now) {
  auto [at, is_first] = failures_.try_emplace(prefix);
  Failure& failure = at->second;
  if (!is_first) retries_.erase({failure.retry_at, prefix});
  failure.delay = is_first ? bgp::limits::kFibRetryMin : std::min(failure.delay * 2, bgp::limits::kFibRetryMax);
  failure.error = error;
  failure.text = &*texts_.emplace(text).first;
  failure.retry_at = now + failure.delay;
  retries_.emplace(failure.retry_at, prefix);
}

bgp::Instant FibTable::next_due() const {
  if (!queue_.empty() || has_leftover_due()) return bgp::Instant();
  return retries_.empty() ? bgp::kNever : retries_.begin()->first;
}

void FibTable::wake_retries(bgp::Instant now) {
  while (!retries_.empty() && retries_.begin()->first <= now) {
    bgp::Prefix prefix = retries_.begin()->second;
    retries_.erase(retries_.begin());
    entries_.find(prefix)->second.is_queued = true;
    queue_.push_back(prefix);
  }
}

uint32_t FibTable::take_id() {
  uint32_t id = next_id_++;
  if (next_id_ == 0) next_id_ = 1;  // netlink's own notifications carry sequence number 0
  return id;
}

RouteOp FibTable::launch(const bgp::Prefix& prefix, Entry& entry, const Plan& step) {
  RouteOp op{step.kind, take_id(), {}};
  op.route.prefix = prefix;
  op.route.protocol = ownership_.protocol;
  op.route.table = ownership_.table;
  op.route.metric = ownership_.metric_of(prefix.family());
  if (step.target != kNothing) {
    op.route.type = targets_[step.target].type;
    op.route.legs = targets_[step.target].legs;
  }
  targets_.add_reference(step.target);
  entry.flying = step.target;
  entry.in_flight = true;
  in_flight_.emplace(op.id, prefix);
  return op;
}

void FibTable::land(Entry& entry) {
  entry.in_flight = false;
  if (entry.disturbed) set_kernel(entry, kUnknown);
  entry.disturbed = false;
}

bgp::Prefix FibTable::take_in_flight(uint32_t id) {
  auto found = in_flight_.find(id);
  BGP_ASSERT(found != in_flight_.end());
  bgp::Prefix prefix = found->second;
  in_flight_.erase(found);
  return prefix;
}

// ---- what to do about one prefix --------------------------------------------------------------------------------

FibTable::Plan FibTable::plan(const bgp::Prefix& prefix, const Entry& entry) const {
  if (entry.wish != 0) return plan_wanted(prefix, entry);
  if (entry.kernel == kNothing) return {RouteState::Absent};
  if (!may_delete(entry)) return {RouteState::Stale};
  return {RouteState::Pending, is_dumped_, RouteOp::Kind::Delete};
}

FibTable::Plan FibTable::plan_wanted(const bgp::Prefix& prefix, const Entry& entry) const {
  if (!is_dumped_) return {RouteState::Pending};
  TargetId target = resolved_[entry.wish];
  if (target == kNothing)
    return {RouteState::Unresolved, entry.kernel != kNothing && may_delete(entry), RouteOp::Kind::Delete};
  if (entry.kernel == target) return {RouteState::Installed};
  if (foreign_.contains(prefix)) return {RouteState::Conflict};
  return {RouteState::Pending, true, entry.kernel == kNothing ? RouteOp::Kind::Add : RouteOp::Kind::Replace, target};
}

// Brings state and queue in line with what is known of the prefix; forgets it when there is nothing to know.
void FibTable::settle(const bgp::Prefix& prefix) {
  auto found = entries_.find(prefix);
  if (found == entries_.end() || found->second.in_flight) return;
  Entry& entry = found->second;
  Plan step = plan(prefix, entry);
  if (step.state == RouteState::Installed) entry.is_stale = false;
  if (!step.is_needed) clear_failure(prefix, entry);
  enter(entry, entry.has_failed ? RouteState::Failed : step.state);
  if (step.is_needed && !entry.has_failed && !entry.is_queued) {
    entry.is_queued = true;
    queue_.push_back(prefix);
  }
  if (step.state != RouteState::Absent) return;
  --counts_[static_cast<size_t>(RouteState::Absent)];
  entries_.erase(found);
}

void FibTable::settle_sorted(std::vector<bgp::Prefix> prefixes) {
  std::sort(prefixes.begin(), prefixes.end());
  for (const bgp::Prefix& prefix : prefixes) settle(prefix);
}

void FibTable::enter(Entry& entry, RouteState state) {
  --counts_[static_cast<size_t>(entry.state)];
  ++counts_[static_cast<size_t>(state)];
  entry.state = state;
}

void FibTable::clear_failure(const bgp::Prefix& prefix, Entry& entry) {
  if (!entry.has_failed) return;
  entry.has_failed = false;
  auto found = failures_.find(prefix);
  retries_.erase({found->second.retry_at, prefix});
  failures_.erase(found);
}

}  // namespace fib::table
