#include "shrink.h"

#include <algorithm>

namespace sim {
namespace {

Plan without(const Plan& plan, size_t from, size_t count) {
  Plan rest = plan;
  auto first = rest.events.begin() + static_cast<ptrdiff_t>(from);
  rest.events.erase(first, first + static_cast<ptrdiff_t>(std::min(count, rest.events.size() - from)));
  return rest;
}

}  // namespace

Plan shrink(Plan plan, const std::function<bool(const Plan&)>& fails, int tries_max) {
  int tries = 0;
  auto is_failing = [&](const Plan& candidate) { return tries++ < tries_max && fails(candidate); };
  for (size_t size = std::max<size_t>(1, plan.events.size() / 2);;) {
    bool has_shrunk = false;
    for (size_t at = 0; at < plan.events.size();) {
      Plan candidate = without(plan, at, size);
      if (is_failing(candidate)) plan = std::move(candidate), has_shrunk = true;
      else at += size;
    }
    if (size == 1 && !has_shrunk) break;
    if (tries >= tries_max) break;
    size = std::max<size_t>(1, size / 2);
  }
  // Fewer peers and a shorter run are easier to read, too.
  for (const char* setting : {"hostiles", "blocks", "add_path", "graceful", "latency_ms", "event_latency_ms"}) {
    Plan candidate = plan;
    candidate.set(setting, 0);
    if (plan.get(setting) != 0 && is_failing(candidate)) plan = std::move(candidate);
  }
  for (int64_t nodes = 2; nodes < plan.get("nodes"); ++nodes) {
    Plan candidate = plan;
    candidate.set("nodes", nodes);
    if (is_failing(candidate)) plan = std::move(candidate);
  }
  return plan;
}

}  // namespace sim
