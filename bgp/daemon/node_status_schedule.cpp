#include "bgp/daemon/node_status_schedule.h"

#include <algorithm>

#include "bgp/base/limits.h"

namespace bgp::daemon {

using config::model::CalicoNodeStatus;

void NodeStatusSchedule::take(const config::store::Change& change, Instant now) {
  std::optional<CalicoNodeStatus> spec;
  if (change.value)
    if (auto resource = config::model::calico_node_status_kind().decode(change.key, *change.value); resource)
      spec = config::model::read_calico_node_status(*resource);
  if (!spec || spec->node != node_ || !spec->update_period_s) {
    wanted_.erase(change.key);
    return;
  }
  auto [at, is_new] = wanted_.try_emplace(change.key, Wanted{*spec, {}, now});
  Wanted& wanted = at->second;
  if (wanted.spec != *spec) wanted.due = now;
  wanted.spec = *spec;
  wanted.stored = {change.key, *change.value, change.revision};
}

Instant NodeStatusSchedule::next() const {
  Instant next = kNever;
  for (const auto& [key, wanted] : wanted_) next = std::min(next, wanted.due);
  return next;
}

std::optional<std::string> NodeStatusSchedule::take_due(Instant now) {
  for (auto& [key, wanted] : wanted_) {
    if (wanted.due > now) continue;
    wanted.due = kNever;
    return key;
  }
  return std::nullopt;
}

const NodeStatusSchedule::Wanted* NodeStatusSchedule::find(const std::string& key) const {
  auto at = wanted_.find(key);
  return at == wanted_.end() ? nullptr : &at->second;
}

void NodeStatusSchedule::reported(const std::string& key, Instant now) {
  auto at = wanted_.find(key);
  if (at == wanted_.end()) return;
  uint32_t period = *at->second.spec.update_period_s;
  at->second.due = period == 0 ? kNever : now + std::chrono::seconds(period);
}

void NodeStatusSchedule::failed(const std::string& key, Instant now) {
  auto at = wanted_.find(key);
  if (at != wanted_.end()) at->second.due = now + limits::kNodeStatusRetry;
}

}  // namespace bgp::daemon
